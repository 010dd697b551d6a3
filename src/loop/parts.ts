import type { Behaviour } from '../core/behaviour.ts';
import type { Event, Json } from '../core/event.ts';
import type { TrustJudgement } from '../core/judge/trust.ts';
import type { LoopFacts } from '../core/loop/facts.ts';
import type { Addressee, OwnerView } from '../core/loop/position.ts';
import type { RolloutRule } from '../core/loop/rollout.ts';
import type { SnoozeLimits } from '../core/loop/snooze.ts';
import type { Meaning, RuleCredit } from '../core/meaning.ts';
import type { Moment, RenderedMessage } from '../core/message.ts';
import type { Template } from '../core/message-template.ts';
import type { Evidence } from '../core/owner.ts';
import type { OwnerWeights } from '../core/owner-weights.ts';
import type { Correlated } from '../core/rules/correlated.ts';
import type { Remap, TaxonomyStamp } from '../core/taxonomy/remap.ts';
import type { WorkingHours } from '../core/working-time.ts';
import type { Channel, Recipient } from '../ports/channel.ts';
import type { Clock } from '../ports/clock.ts';
import type { OwnerDirectory, People } from '../ports/owner-directory.ts';
import type { Principal } from '../ports/principal.ts';
import type { LedgerRow, LoopRow, PrivateRow, Store, SuppressionRow } from '../ports/store.ts';
import type { Verifier } from '../ports/verifier.ts';
import type { ControlParts } from './controls/parts.ts';
import type { Leaves } from './leaves.ts';
import type { ReviewParts } from './reviews/parts.ts';
import type { Rollout } from './rollout.ts';

/** Everything the loop works with, handed in by `app.ts`: the loop itself has no clock, randomness or I/O. */
export type LoopParts = {
  readonly store: Store;
  readonly clock: Clock;
  readonly behaviours: ReadonlyMap<string, Behaviour>;
  /** What an event means to the behaviours, compiled once. */
  readonly classify: (event: Event) => readonly Meaning[];
  /** Whether it was the identity itself, by the rules of the packs. */
  readonly trust: (event: Event, behaviour: string) => TrustJudgement;
  /** A correlation that a behaviour names, by its id, name or title, with who wrote it. */
  readonly correlated: (
    behaviour: string,
    name: string,
  ) => (Correlated & { readonly credit: RuleCredit }) | undefined;
  /** Adds what the installation can find out about events by itself, such as the content at an exact place. */
  readonly enrich: (events: readonly Event[]) => Promise<readonly Event[]>;
  readonly people: People;
  readonly directories: readonly OwnerDirectory[];
  readonly verifiers: readonly Verifier[];
  readonly ownerWeights: OwnerWeights;
  readonly resolveOwner: (evidence: readonly Evidence[]) => ResolvedOwner;
  readonly teamOfRepository: (repository: string) => string | undefined;
  /** Keyed hash of parts: 32 hex, never rotated. For ids that must come out the same for the same thing. */
  readonly idOf: (parts: readonly string[]) => string;
  /**
   * Another name for an id in what is measured, under a key of its own: 32 hex, never rotated. Whoever holds only one of
   * the two keys can say of nobody what was counted.
   */
  readonly pseudonymOf: (id: string) => string;
  /** Fresh randomness: 32 hex. For salts and ids of what happens once. */
  readonly randomId: () => string;
  readonly experiments: ExperimentParts;
  readonly appendLedger: (loop: LedgerHead, facts: readonly LedgerFact[]) => LedgerAppend;
  readonly channel: (id: string) => Channel | undefined;
  /** The channel to which a text of this media type comes back. */
  readonly receiver: (mediaType: string) => Channel | undefined;
  /** Channels that tell programs what becomes of cases, by id. */
  readonly announcers: readonly string[];
  readonly render: (request: RenderRequest) => RenderedMessage;
  /** The recipient's link of a message and the hash under which it is found again. */
  readonly replyLink: (
    message: string,
    recipient: string,
  ) => { readonly url?: string; readonly tokenHash: string };
  readonly recipient: (to: Addressee) => Recipient | undefined;
  /** Whether the login of whoever was written to can be asked for: `ownAnswers` are taken with it alone. */
  readonly recipientsSignIn: boolean;
  readonly isSuppressing: (rule: SuppressionRow, event: Pick<Event, 'where' | 'secret'>) => boolean;
  /** What is proposed when a mistake keeps coming back. */
  readonly controls: ControlParts;
  /** The content as it stands, for what a review of it proposes. */
  readonly reviews: ReviewParts;
  /** Which version of each behaviour judges now, and what became of earlier ones. */
  readonly taxonomy: {
    readonly stamps: ReadonlyMap<string, TaxonomyStamp>;
    readonly remaps: readonly Remap[];
  };
  /** Rules that stand in the settings, beside those in the store; some may have ended. */
  readonly fixedSuppressions: readonly SuppressionRow[];
  readonly delivery: DeliverySettings;
  /** Of which behaviours and teams people are told, and what is shown only. */
  readonly rollout: Rollout;
  /** Who is away, as operators noted it. */
  readonly leaves: Leaves;
  /** Older than this when received is history (invariant 3), in milliseconds. */
  readonly backlogAfterMs: number;
  /** Called after something became due, so that a worker in this process need not wait for its next look. */
  readonly wake: () => void;
};

/** What experiments need of the world. */
export type ExperimentParts = {
  /** A number in [0, 1) by a key that serves nothing else. */
  readonly draw: (experiment: string, unit: string) => number;
  /** Id of the current key of pseudonyms, where there is one. */
  readonly pseudonymKey?: string;
  /** Names of units under a key and the salt of an experiment; undefined when the key is not at hand. */
  readonly pseudonyms: (key: string, salt: string) => ((kind: string, id: string) => string) | undefined;
  /** Sources in which people report themselves or others. */
  readonly selfReporting: readonly string[];
  readonly languages: readonly string[];
  /** Words in every language and variant. */
  readonly words: (behaviour: string, moment: Moment) => readonly Template[];
  /** Canonical JSON and its hash. */
  readonly seal: (document: { readonly [key: string]: Json }) => {
    readonly text: string;
    readonly hash: string;
  };
};

export type ResolvedOwner = {
  readonly kind: 'person' | 'team' | 'unknown';
  readonly id?: string;
  readonly confidence: number;
};

export type LedgerHead = { readonly id: string; readonly seq: number; readonly head: string };

/** One thing for the story. `personal` names members of `body` (JSON pointers) that enter as commitments. */
export type LedgerFact = {
  readonly kind: string;
  readonly at: number;
  readonly body: { readonly [key: string]: Json };
  readonly personal?: readonly string[];
};

export type LedgerAppend = {
  readonly entries: readonly LedgerRow[];
  readonly personal: readonly PrivateRow[];
  readonly seq: number;
  readonly head: string;
};

export type RenderRequest = {
  readonly message: string;
  readonly moment: RenderedMessage['moment'];
  readonly behaviour: string;
  /** Other words for the same moment. */
  readonly variant?: 'mail';
  /** Words that an experiment gives where the usual ones would stand. */
  readonly trial?: string;
  readonly recipient: Recipient;
  readonly loops: readonly LoopRow[];
  readonly replyUrl?: string;
  /** Person id of whoever is away and would have heard it. */
  readonly standInFor?: string;
  readonly at: number;
};

export type DeliverySettings = {
  readonly mode: 'shadow' | 'live';
  /** Switches by behaviour and team; `mode` for the rest. */
  readonly rollout?: readonly RolloutRule[];
  /** Channel id of a live installation. In shadow everything goes to `shadowChannel`. */
  readonly channel: string;
  readonly shadowChannel: string;
  /** What follows when a channel does not reach somebody; whole ladders of teams and people. */
  readonly ladder?: {
    readonly after: readonly string[];
    readonly teams: Readonly<Record<string, readonly string[]>>;
    readonly people: Readonly<Record<string, readonly string[]>>;
  };
  readonly quietHours: { readonly from: number; readonly to: number };
  readonly workingHours: WorkingHours;
  /** Further holidays, by country or its part. */
  readonly holidays?: Readonly<Record<string, readonly string[]>>;
  readonly timeZone: string;
  readonly perPersonPerDayMax: number;
  /** To the channel or mailbox of one team; without it a team works through a queue. */
  readonly perTeamPerDayMax?: number;
  readonly releasedPerPersonPerDayMax: number;
  readonly urgentSeverity: 'low' | 'medium' | 'high' | 'critical';
  readonly attemptsMax: number;
  readonly digestLoopsMax: number;
  readonly linkDays: number;
  /** How far words may be put off by whoever was asked, and from which severity on not at all; not at all unless given. */
  readonly snooze?: SnoozeLimits & { readonly below: 'low' | 'medium' | 'high' | 'critical' };
  /** At most one coaching message to a person in this time; no cap unless given. */
  readonly coachingEveryMs?: number;
  /** Words wait for somebody's return no longer than this; three weeks unless given. */
  readonly leaveWaitDaysMax?: number;
  /** How long a process may take over messages that it claimed; a minute unless given. */
  readonly leaseMs?: number;
};

/** The loop's own reads see everything; what leaves through a door is filtered there. */
export const loopPrincipal: Principal = {
  id: 'foldback',
  kind: 'system',
  name: 'Foldback',
  scopes: new Set(),
  teams: 'all',
};

/** The owner as the state machine sees it. */
export function ownerView(parts: LoopParts, owner: ResolvedOwner, repository: string | undefined): OwnerView {
  const person =
    owner.kind === 'person' && owner.id !== undefined ? parts.people.person(owner.id) : undefined;
  const teamId = owner.kind === 'team' ? owner.id : (person?.team ?? fallbackTeam(parts, repository));
  const team: Addressee | undefined = teamId === undefined ? undefined : { kind: 'team', id: teamId };
  const manager = person?.manager === undefined ? undefined : parts.people.person(person.manager);
  const addressee: Addressee | undefined =
    owner.kind === 'unknown' || owner.id === undefined ? team : { kind: owner.kind, id: owner.id };
  return {
    confidence: owner.confidence,
    ...(addressee === undefined ? {} : { addressee }),
    ...(team === undefined ? {} : { team }),
    ...(manager?.isActive === true ? { manager: { kind: 'person', id: manager.id } } : {}),
  };
}

function fallbackTeam(parts: LoopParts, repository: string | undefined): string | undefined {
  return repository === undefined ? undefined : parts.teamOfRepository(repository);
}

/**
 * The evidence that decides the owner: that of the earliest sighting which has any, and of the others in the same
 * commit. Later copies were made by others, who need not own the secret.
 */
export function decidingEvidence(facts: LoopFacts): readonly Evidence[] {
  const first = facts.kept.find((sighting) => sighting.evidence.length > 0);
  if (first === undefined) return facts.kept.length === 0 ? (facts.wanted?.evidence ?? []) : [];
  const { commit } = first.where;
  return facts.kept
    .filter((sighting) => sighting === first || (commit !== undefined && sighting.where.commit === commit))
    .flatMap((sighting) => sighting.evidence);
}
