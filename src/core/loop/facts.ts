import type { OpenControlState } from '../control/states.ts';
import type { Actor, Event, EventKind, Identity, SecretFacts, Validity, Where } from '../event.ts';
import type { Unusual } from '../judge/baseline.ts';
import type { BrokenStep } from '../judge/path.ts';
import { type Trust, trustRank } from '../judge/trust.ts';
import type { RuleCredit } from '../meaning.ts';
import type { Answer, Moment } from '../message.ts';
import type { Evidence } from '../owner.ts';
import type { TaxonomyStamp } from '../taxonomy/remap.ts';
import { isSameExchange, keepLatestMails, type MailFact } from './mail-facts.ts';
import { mergeSnoozes, type SnoozeFact } from './snooze.ts';
import { mergeValidity } from './validity.ts';
import { waiting } from './waiting.ts';

/**
 * Everything known of a loop, from which its state follows. Events enter by operations that do not depend on order
 * or repetition (smallest, largest, any), so that the same set of events gives the same facts (invariant 13).
 * Messages and replies are facts with a time of their own.
 */
export type LoopFacts = {
  readonly behaviour: string;
  /** Failing events, each counted once. What is not trusted is kept, but never counted. */
  readonly sightings: number;
  /**
   * The earliest sightings, at most `keptSightingsMax`, by trust, time and then id: the first commit is always kept.
   */
  readonly kept: readonly Sighting[];
  readonly lastOccurredAt: number;
  /** Whether any failing event was live, not history. */
  readonly isLive: boolean;
  readonly identity?: Identity;
  readonly secret?: SecretFacts;
  /** What each source last said about whether it still works; the latest wins. */
  readonly validity: Readonly<Record<string, ValiditySeen>>;
  /** What each verifier or report last saw; the latest wins. */
  readonly seen: Readonly<Record<string, Seen>>;
  /** Sources that reported it. */
  readonly sources: readonly string[];
  /** The earliest of what was hoped for. It is thanked for as long as nothing failed. */
  readonly wanted?: Wanted;
  readonly suppression?: { readonly until: number; readonly reason: string };
  /** A sighting that no suppression covers. */
  readonly isUnsuppressed: boolean;
  readonly releasedAt?: number;
  /** Keyed hash of what makes this case, where it is not fingerprints. */
  readonly caseKey?: string;
  /** Keys of the marks that may move this case. */
  readonly watches?: readonly string[];
  /** Sightings that turned out to be none: the step that seemed skipped was seen after all. */
  readonly refuted?: readonly string[];
  /** Words wait until then: news of a step may still be on its way. */
  readonly waitUntil?: number;
  readonly messages: readonly MessageFact[];
  readonly replies: readonly ReplyFact[];
  /** Answers by mail: each is answered with the link, and says nothing else. */
  readonly mails?: readonly MailFact[];
  /** How often, and until when, whoever was asked put the words off. */
  readonly snoozes?: readonly SnoozeFact[];
  readonly decisions: readonly Decision[];
  readonly relapseOf?: string;
  /** 0 for a first case, 1 for the first relapse, … */
  readonly relapseNumber: number;
  readonly holdChecks: readonly HoldCheck[];
  readonly mergedInto?: string;
  /** The open control about cases like this one, and where it stands. */
  readonly control?: { readonly id: string; readonly state: OpenControlState };
};

export type Sighting = {
  readonly event: string;
  readonly source: string;
  readonly at: number;
  readonly where: Where;
  readonly actor: Actor;
  readonly evidence: readonly Evidence[];
  /** Left out of secrets, of which it says nothing. */
  readonly kind?: EventKind;
  /** Left out where it is trusted. */
  readonly trust?: Exclude<Trust, 'trusted'>;
  /** Why it is not trusted: ids of the rules that spoke. */
  readonly doubts?: readonly string[];
  /** The step of the approved path that does not stand. */
  readonly broken?: BrokenStep;
  readonly unusual?: Unusual;
  /** The named rules and correlations behind it. */
  readonly rules?: readonly RuleCredit[];
  /** By which version of the behaviour it was judged. */
  readonly judged?: TaxonomyStamp;
} & Pick<Event, 'resource' | 'action' | 'outcome' | 'network' | 'joins'>;

export type Wanted = {
  readonly event: string;
  readonly at: number;
  readonly evidence: readonly Evidence[];
};

export type ValiditySeen = {
  readonly status: Validity;
  readonly at: number;
  readonly reason: string;
  /** When this source last proved that it works: a later failure to prove is then a flip. */
  readonly activeAt?: number;
  /** When it said since then that it does not, earliest first, at most `deadAtsMax`: the first starts the window. */
  readonly deadAts?: readonly number[];
};

export type Seen = {
  readonly signal: string;
  readonly at: number;
  readonly reason: string;
  /** A second person's word, shown as attested and counted apart. */
  readonly isAttested?: boolean;
};

export type MessageFact = {
  readonly message: string;
  readonly moment: Moment;
  readonly occasion: string;
  readonly recipient: { readonly kind: 'person' | 'team' | 'duty'; readonly id: string };
  /** When a channel accepted it. */
  readonly at: number;
  readonly outcome: 'accepted' | 'uncertain' | 'refused';
  /** Shown in the product only: nobody was told. */
  readonly isShadow?: boolean;
  /** Person id of whoever was away and would have heard it. */
  readonly standInFor?: string;
};

export type ReplyFact = {
  readonly id: string;
  readonly at: number;
  readonly answer: Answer;
  /** An agent's own word moves nothing but the rung `claimed`: whoever answers for it is still asked. */
  readonly by: { readonly kind: 'person' | 'team' | 'duty' | 'operator' | 'agent'; readonly id: string };
  /** A reply through a bare link proposes; it does not decide (invariant 7). */
  readonly isWeak: boolean;
  /** Person id proposed by "not mine". */
  readonly proposedOwner?: string;
  readonly until?: number;
  readonly reason?: string;
  /** Person id of whoever was away: the answer counts as theirs. */
  readonly standInFor?: string;
};

export type Decision =
  | {
      readonly kind: 'dismiss' | 'uphold' | 'reject-dispute' | 'hand-back';
      readonly at: number;
      readonly by: string;
    }
  | { readonly kind: 'accept-risk'; readonly at: number; readonly by: string; readonly until: number }
  | {
      readonly kind: 'hand-over';
      readonly at: number;
      readonly by: string;
      readonly to: { readonly kind: 'person' | 'team' | 'duty'; readonly id: string };
    };

export type HoldCheck = {
  readonly at: number;
  /** Share of the window's days on which the sources were alive, 0 to 1. */
  readonly aliveShare: number;
  readonly opportunities: number;
};

export const keptSightingsMax = 12;

export function emptyFacts(behaviour: string): LoopFacts {
  return {
    behaviour,
    sightings: 0,
    kept: [],
    lastOccurredAt: 0,
    isLive: false,
    validity: {},
    seen: {},
    sources: [],
    isUnsuppressed: false,
    messages: [],
    replies: [],
    decisions: [],
    relapseNumber: 0,
    holdChecks: [],
  };
}

/** One failing event, with what the directories said of its owner. */
export type FailedEvent = {
  readonly event: Event;
  readonly evidence: readonly Evidence[];
  readonly isLive: boolean;
  readonly suppression?: { readonly until: number; readonly reason: string };
  readonly trust?: { readonly outcome: Trust; readonly reasons: readonly string[] };
  readonly broken?: BrokenStep;
  readonly unusual?: Unusual;
  readonly rules?: readonly RuleCredit[];
  readonly stamp?: TaxonomyStamp;
  /** Keys of the marks that may move it. */
  readonly watches?: readonly string[];
  readonly caseKey?: string;
  /** Words wait until then. */
  readonly waitUntil?: number;
};

/** Adds a failing event that was not known before. */
export function addSighting(facts: LoopFacts, failed: FailedEvent): LoopFacts {
  const { event, broken, unusual, rules, stamp } = failed;
  const trust = failed.trust?.outcome ?? 'trusted';
  const isCounted = trust === 'trusted';
  const { resource, action, outcome, network, joins } = event;
  const sighting: Sighting = {
    event: event.id,
    source: event.source,
    at: event.occurredAt,
    where: event.where,
    actor: event.actor,
    evidence: failed.evidence,
    ...(event.secret === undefined ? { kind: event.kind } : {}),
    ...(resource === undefined ? {} : { resource }),
    ...(action === undefined ? {} : { action }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(network === undefined ? {} : { network }),
    ...(joins === undefined ? {} : { joins }),
    ...(trust === 'trusted' ? {} : { trust, doubts: failed.trust?.reasons ?? [] }),
    ...(broken === undefined ? {} : { broken }),
    ...(unusual === undefined ? {} : { unusual }),
    ...(rules === undefined ? {} : { rules }),
    ...(stamp === undefined ? {} : { judged: stamp }),
  };
  const isUnsuppressed = facts.isUnsuppressed || failed.suppression === undefined;
  const suppression = soonerEnd(facts.suppression, failed.suppression);
  return {
    ...facts,
    sightings: facts.sightings + (isCounted ? 1 : 0),
    kept: keepEarliest([...facts.kept, sighting]),
    // What never counts disproves no fix.
    lastOccurredAt:
      trust === 'untrusted' ? facts.lastOccurredAt : Math.max(facts.lastOccurredAt, event.occurredAt),
    ...waiting(facts, failed),
    isLive: facts.isLive || failed.isLive,
    ...pickIdentity(facts.identity, event.identity),
    ...pickSecret(facts.secret, event.secret),
    sources: addSource(facts.sources, event.source),
    isUnsuppressed,
    ...(suppression === undefined ? {} : { suppression }),
  };
}

/** Notes what was hoped for; the earliest stays. */
export function addWanted(facts: LoopFacts, wanted: Wanted): LoopFacts {
  const known = facts.wanted;
  const isEarlier =
    known === undefined || wanted.at < known.at || (wanted.at === known.at && wanted.event < known.event);
  return isEarlier ? { ...facts, wanted } : facts;
}

/** What a verifier, a report or a person saw; the latest of one origin and signal family wins. */
export function addSeen(facts: LoopFacts, origin: string, seen: Seen): LoopFacts {
  const before = facts.seen[origin];
  if (
    before !== undefined &&
    (before.at > seen.at || (before.at === seen.at && before.signal <= seen.signal))
  ) {
    return facts;
  }
  return { ...facts, seen: { ...facts.seen, [origin]: seen } };
}

/** Adds a mail; the same facts when this exchange had one on that day. */
export function addMail(facts: LoopFacts, mail: MailFact): LoopFacts {
  const { mails = [] } = facts;
  const isKnown = mails.some((known) => isSameExchange(known, mail));
  return isKnown ? facts : { ...facts, mails: keepLatestMails([...mails, mail]) };
}

/** Two loops later proven to be one. Commutative; replies, messages and proofs follow. */
export function mergeFacts(a: LoopFacts, b: LoopFacts): LoopFacts {
  let merged: LoopFacts = {
    ...a,
    sightings: a.sightings + b.sightings,
    kept: keepEarliest([...a.kept, ...b.kept]),
    lastOccurredAt: Math.max(a.lastOccurredAt, b.lastOccurredAt),
    isLive: a.isLive || b.isLive,
    ...waiting(a, b),
    ...pickIdentity(a.identity, b.identity),
    ...pickSecret(a.secret, b.secret),
    sources: b.sources.reduce(addSource, a.sources),
    isUnsuppressed: a.isUnsuppressed || b.isUnsuppressed,
    messages: byTime([...a.messages, ...b.messages], (message) => message.message),
    replies: byTime([...a.replies, ...b.replies], (reply) => reply.id),
    decisions: byTime([...a.decisions, ...b.decisions], (decision) => decision.kind),
    relapseNumber: Math.max(a.relapseNumber, b.relapseNumber),
    holdChecks: [],
  };
  if (a.mails !== undefined || b.mails !== undefined)
    merged = { ...merged, mails: keepLatestMails([...(a.mails ?? []), ...(b.mails ?? [])]) };
  if (a.snoozes !== undefined || b.snoozes !== undefined)
    merged = { ...merged, snoozes: mergeSnoozes(a.snoozes, b.snoozes) };
  if (b.wanted !== undefined) merged = addWanted(merged, b.wanted);
  const suppression = soonerEnd(a.suppression, b.suppression);
  if (suppression !== undefined) merged = { ...merged, suppression };
  const releasedAt = Math.max(a.releasedAt ?? 0, b.releasedAt ?? 0);
  if (releasedAt > 0) merged = { ...merged, releasedAt };
  for (const [source, seen] of Object.entries(b.validity)) merged = mergeValidity(merged, source, seen);
  for (const [origin, seen] of Object.entries(b.seen)) merged = addSeen(merged, origin, seen);
  return merged;
}

function keepEarliest(sightings: readonly Sighting[]): readonly Sighting[] {
  if (sightings.length < 2) return sightings;
  const rank = (sighting: Sighting) => trustRank(sighting.trust ?? 'trusted');
  const sorted = sightings.toSorted(
    (a, b) => rank(b) - rank(a) || a.at - b.at || (a.event < b.event ? -1 : a.event > b.event ? 1 : 0),
  );
  return sorted
    .filter((sighting, index) => sighting.event !== sorted[index - 1]?.event)
    .slice(0, keptSightingsMax);
}

function byTime<T extends { readonly at: number }>(
  items: readonly T[],
  id: (item: T) => string,
): readonly T[] {
  return items.toSorted((a, b) => a.at - b.at || (id(a) < id(b) ? -1 : id(a) > id(b) ? 1 : 0));
}

export function addSource(sources: readonly string[], source: string): readonly string[] {
  return sources.includes(source) ? sources : [...sources, source].sort();
}

/** A case is suppressed while all of its sightings are: it comes back when the first of them no longer is. */
export function soonerEnd(
  a: LoopFacts['suppression'],
  b: LoopFacts['suppression'],
): LoopFacts['suppression'] | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  return b.until < a.until || (b.until === a.until && b.reason < a.reason) ? b : a;
}

/** The smallest text wins where sources name the identity differently. */
function pickIdentity(a: Identity | undefined, b: Identity | undefined): { readonly identity?: Identity } {
  const picked = smaller(a, b);
  return picked === undefined ? {} : { identity: picked };
}

/** The most specific description wins: a named provider before `generic`, with a length before without. */
function pickSecret(
  a: SecretFacts | undefined,
  b: SecretFacts | undefined,
): { readonly secret?: SecretFacts } {
  if (a === undefined || b === undefined) {
    const only = a ?? b;
    return only === undefined ? {} : { secret: only };
  }
  const score = (secret: SecretFacts) =>
    (secret.length === undefined ? 0 : 2) +
    (secret.provider === 'generic' ? 0 : 4) +
    (secret.lastFour === undefined ? 0 : 1);
  const difference = score(b) - score(a);
  if (difference !== 0) return { secret: difference > 0 ? b : a };
  return { secret: smaller(a, b) ?? a };
}

function smaller<T>(a: T | undefined, b: T | undefined): T | undefined {
  if (a === undefined) return b;
  if (b === undefined || a === b) return a;
  return JSON.stringify(a) <= JSON.stringify(b) ? a : b;
}
