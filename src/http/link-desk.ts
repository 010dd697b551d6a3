import type { Principal } from '../access/principal.ts';
import type { Person } from '../core/owner.ts';
import type { IdentityDecisionRow, StoreWrite } from '../ports/store.ts';

/** An address or account of somebody, and which entries of which directories say so. */
export type PersonLink = {
  /** `email` for an address. */
  readonly system: string;
  readonly name: string;
  /** Whether it counts as theirs by what is known now. */
  readonly isTheirs: boolean;
  readonly sources: readonly {
    readonly directory: string;
    readonly entry: string;
    readonly isRefused: boolean;
  }[];
};

/** One entry of one directory that is this person. */
export type PersonEntry = {
  readonly directory: string;
  readonly id: string;
  readonly name: string;
  readonly isActive: boolean;
};

export type LinkAsk = {
  readonly directory: string;
  readonly entry: string;
  readonly system: string;
  readonly name: string;
  readonly isTheirs: boolean;
  readonly reason: string;
};

export type LinkDecided =
  | { readonly kind: 'decided' }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'refused'; readonly reason: string };

/** Where each address and account of somebody comes from, and the correction of what is wrong. */
export type LinkDesk = {
  linksOf(person: Person): readonly PersonLink[];
  entriesOf(person: Person): readonly PersonEntry[];
  /** It counts for what is reported from now on, until it is taken back. */
  decide(
    principal: Principal,
    person: Person,
    ask: LinkAsk,
    noted: (tx: StoreWrite, row: IdentityDecisionRow) => Promise<void>,
  ): Promise<LinkDecided>;
};
