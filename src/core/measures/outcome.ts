import type { Actor } from '../event.ts';
import type { LoopFacts } from '../loop/facts.ts';
import type { LoopState, Rung } from '../loop/states.ts';
import { ownerThresholdDefault } from '../resolve-owner.ts';
import { type Features, featuresOf } from '../taxonomy/features.ts';

/** What measures know of a loop: when what happened, to which unit, and no name. Times are epoch milliseconds. */
export type Outcome = {
  readonly loop: string;
  readonly behaviour: string;
  /** Empty where there is none. */
  readonly team: string;
  readonly kind: Actor['type'];
  /** Whose habit it is, as a keyed hash. */
  readonly unit?: string;
  /** Of its first sighting. */
  readonly source: string;
  readonly campaign: string;
  readonly state: LoopState;
  /** A failure that stands: not dismissed, not part of another case, not in doubt. */
  readonly isCounted: boolean;
  /** Known by what a person wrote down only: good feedback raises such reports, so they are no recurrences. */
  readonly isReported: boolean;
  /** UTC month of its first occurrence, `YYYY-MM`. */
  readonly month: string;
  readonly occurredAt: number;
  /** Since when somebody was to be told; undefined of history that was not released. The earliest stays. */
  readonly openedAt?: number;
  readonly sentAt?: number;
  readonly toldAt?: number;
  /** When a message reached whoever owns it by now: after "not mine" and hand-overs, the right owner. */
  readonly ownerAt?: number;
  readonly answeredAt?: number;
  readonly claimedAt?: number;
  /** Of a proof that stands. An unknown proof is none. */
  readonly verifiedAt?: number;
  /** When it left by a side door after which no fix is looked for. The earliest stays while it is out. */
  readonly endedAt?: number;
  readonly isHeld: boolean;
  /** Whether the owner is known surely enough to be spoken to. */
  readonly isOwned: boolean;
  readonly relapseOf?: string;
  /** How often it went to somebody else. */
  readonly reroutes: number;
  readonly messages: number;
  /** How often words were put off. */
  readonly snoozes: number;
  /** What operators decided or answered. */
  readonly decisions: number;
  readonly changedAt: number;
  /** The version of the behaviour that judged its first sighting, and the hash of what judged in it. */
  readonly version?: number;
  readonly pack?: string;
  readonly features: Features;
};

/** A loop as its row has it, as far as measures read it. */
export type MeasuredLoop = {
  readonly id: string;
  readonly behaviour: string;
  readonly state: LoopState;
  readonly rung: Rung;
  readonly isLive: boolean;
  readonly owner: { readonly kind: string; readonly id?: string; readonly confidence: number };
  readonly team?: string;
  readonly habit?: string;
  readonly firstOccurredAt: number;
  readonly verifiedAt?: number;
  readonly relapseOf?: string;
  readonly mergedInto?: string;
  readonly updatedAt: number;
  readonly facts: LoopFacts;
};

const uncounted: ReadonlySet<LoopState> = new Set(['dismissed', 'merged']);
const ended: ReadonlySet<LoopState> = new Set(['accepted', 'unprovable', 'orphaned']);
/** The source of what a person reported by a form. */
const writtenDown = 'by-hand';
const human: ReadonlySet<string> = new Set(['person', 'team', 'duty']);

/** Follows from the row alone, so that the same facts give the same outcome in whatever order they came. */
export function outcomeOf(row: MeasuredLoop): Outcome {
  const { facts, owner, state } = row;
  const [first] = facts.kept;
  const sent = facts.messages.filter(({ isShadow }) => isShadow !== true);
  const accepted = sent.filter(({ outcome }) => outcome === 'accepted');
  const answers = facts.replies.filter(({ by }) => human.has(by.kind));
  const isFixed = row.rung === 'verified' || row.rung === 'held';
  const toOwner =
    owner.kind === 'unknown' || state === 'reassigned'
      ? []
      : accepted.filter(({ recipient: { kind, id } }) => kind === owner.kind && id === owner.id);
  return {
    loop: row.id,
    behaviour: row.behaviour,
    team: row.team ?? '',
    kind: first?.actor.type ?? 'unknown',
    ...given('unit', row.habit),
    source: first?.source ?? '',
    campaign: first?.joins?.campaign ?? '',
    state,
    isCounted: row.mergedInto === undefined && !uncounted.has(state) && facts.sightings > 0,
    isReported: facts.sources.length === 1 && facts.sources[0] === writtenDown,
    month: monthOf(row.firstOccurredAt),
    occurredAt: row.firstOccurredAt,
    ...given('openedAt', row.isLive ? row.updatedAt : undefined),
    ...given('sentAt', earliest(sent)),
    ...given('toldAt', earliest(accepted)),
    ...given('ownerAt', earliest(toOwner)),
    ...given('answeredAt', earliest(answers)),
    ...given('claimedAt', earliest(answers.filter(({ answer }) => answer === 'done'))),
    ...given('verifiedAt', isFixed ? row.verifiedAt : undefined),
    ...given('endedAt', ended.has(state) ? row.updatedAt : undefined),
    isHeld: state === 'held',
    isOwned: owner.kind !== 'unknown' && owner.confidence >= ownerThresholdDefault,
    ...given('relapseOf', row.relapseOf),
    reroutes:
      facts.replies.filter(({ answer }) => answer === 'not-mine').length +
      facts.decisions.filter(({ kind }) => kind === 'hand-over').length,
    messages: sent.filter(({ outcome }) => outcome !== 'refused').length,
    snoozes: facts.snoozes?.length ?? 0,
    decisions: facts.decisions.length + facts.replies.filter(({ by }) => by.kind === 'operator').length,
    changedAt: row.updatedAt,
    ...given('version', first?.judged?.version),
    ...given('pack', first?.judged?.pack),
    features: featuresOf(facts),
  };
}

/** UTC, `YYYY-MM`. */
export function monthOf(at: number): string {
  return new Date(at).toISOString().slice(0, 7);
}

function earliest(items: readonly { readonly at: number }[]): number | undefined {
  return items.length === 0 ? undefined : items.reduce((least, { at }) => Math.min(least, at), Infinity);
}

function given<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  const made: { [P in K]?: V } = {};
  if (value !== undefined) made[key] = value;
  return made;
}
