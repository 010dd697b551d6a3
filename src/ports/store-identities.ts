import type { Standing } from '../core/owner-standing.ts';
import type { Principal } from './principal.ts';
import type { LoopRow } from './store-loops.ts';
import type { Page } from './store-page.ts';

/** An account or credential as lists show it: what its latest loop, else the directories, say of its owner. */
export type IdentityRow = {
  readonly id: string;
  /** `identityKey`: one row for each. */
  readonly key: string;
  readonly type: string;
  /** The vendor's own id of it: text from outside. */
  readonly name: string;
  readonly provider?: string;
  readonly standing: Standing;
  readonly owner: LoopRow['owner'];
  /** The team that answers, whose members see it. */
  readonly team?: string;
  /** `programKey` of what used it last. */
  readonly program?: string;
  /** The latest loop about it, and when that last occurred. */
  readonly loop?: string;
  readonly lastAt?: number;
  /** Whether a directory lists it. */
  readonly isListed: boolean;
  /** When an operator said whose it is. */
  readonly namedAt?: number;
};

export type IdentityFilter = {
  readonly type?: string;
  readonly standing?: Standing;
  /** Id of a person or team. */
  readonly owner?: string;
  readonly team?: string;
  /** Beginnings of words of its name or provider, all of which it has. */
  readonly words?: readonly string[];
  readonly limit: number;
  /** Opaque, from the previous page. */
  readonly after?: string;
};

export type IdentityCount = {
  readonly type: string;
  readonly team?: string;
  readonly standing: Standing;
  readonly n: number;
};

/** What an operator said of an identity or of somebody's accounts, with why. */
export type IdentityDecisionRow = {
  readonly id: string;
  /** The identity, or the person whose account it is about. */
  readonly subject: string;
  readonly kind: 'named' | 'taken-back' | 'link-refused' | 'link-restored';
  /** Who was named. */
  readonly to?: { readonly kind: 'person' | 'team'; readonly id: string };
  /** The account that is not, or is after all, theirs: `system name`. */
  readonly account?: string;
  readonly reason: string;
  readonly by: string;
  readonly at: number;
};

/** Part of `StoreRead`. */
export interface IdentityRead {
  identities(principal: Principal, filter: IdentityFilter): Promise<Page<IdentityRow>>;
  identity(principal: Principal, id: string): Promise<IdentityRow | undefined>;
  /** Those of the keys that are known and may be seen. */
  identitiesByKeys(principal: Principal, keys: readonly string[]): Promise<readonly IdentityRow[]>;
  /** Others that the same program used, the latest first. */
  identitiesOfProgram(principal: Principal, program: string, limit: number): Promise<readonly IdentityRow[]>;
  identityCounts(principal: Principal): Promise<readonly IdentityCount[]>;
  /** The latest loops about it. */
  loopsOfIdentity(principal: Principal, id: string, limit: number): Promise<readonly LoopRow[]>;
  /** Whom operators named, by `identityKey`. */
  namedOwners(
    principal: Principal,
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, { readonly kind: 'person' | 'team'; readonly id: string }>>;
  /** The latest first. */
  identityDecisions(
    principal: Principal,
    subject: string,
    limit: number,
  ): Promise<readonly IdentityDecisionRow[]>;
}

/** Part of `StoreWrite`. */
export interface IdentityWrite {
  /** Notes that what follows from these loops for their identities may be another thing by now. */
  noteIdentityNews(loops: readonly string[]): Promise<void>;
  /** Takes notes, the earliest first, and the loops that they are about as they are now. */
  takeIdentityNews(limit: number): Promise<{ readonly taken: number; readonly loops: readonly LoopRow[] }>;
  /** By loops: a later one wins, and whom an operator named stays. */
  saveSeenIdentities(
    rows: readonly (IdentityRow & { readonly loop: string; readonly lastAt: number })[],
    cases: readonly { readonly key: string; readonly loop: string }[],
  ): Promise<void>;
  /** By directories: they speak for what no loop is about. */
  saveListedIdentities(rows: readonly IdentityRow[]): Promise<void>;
  /** Keys of what is listed, by id, after one of them. */
  listedIdentities(
    limit: number,
    after?: string,
  ): Promise<readonly { readonly id: string; readonly key: string }[]>;
  /** No directory lists them any more. */
  unlistIdentities(ids: readonly string[]): Promise<void>;
  /** Those whose owner has left are orphaned, and those whose owner is back are not. Returns how many changed. */
  followLeftOwners(left: readonly string[]): Promise<number>;
  lockIdentity(id: string): Promise<IdentityRow | undefined>;
  /** What an operator said. Without `namedAt` it goes by its loops and the directories again. */
  nameIdentity(row: Pick<IdentityRow, 'id' | 'owner' | 'standing' | 'team' | 'namedAt'>): Promise<void>;
  /** Open loops about it in id order, locked. */
  lockOpenLoopsOfIdentity(id: string, limit: number, after?: string): Promise<readonly LoopRow[]>;
  addIdentityDecision(row: IdentityDecisionRow): Promise<void>;
}
