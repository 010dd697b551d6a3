import type { Behaviour } from '../behaviour.ts';
import { durationMs } from '../duration.ts';
import type { LoopFacts } from './facts.ts';
import type { Rung } from './states.ts';
import { trustOf } from './waiting.ts';

/** The part of a behaviour that proof needs. */
export type ProofRules = Pick<Behaviour, 'proof' | 'hold'>;

export type Proof = {
  readonly rung: Rung;
  /** When the rung was reached; 0 for `none`. */
  readonly at: number;
  /** Only a person's word, counted apart. */
  readonly isAttested: boolean;
  readonly reason: string;
  /** When the world showed the whole fix, for `verified` and `held`. */
  readonly verifiedAt?: number;
  /** When the hold window ends, for `verified`. */
  readonly holdEndsAt?: number;
  /** The window ended without enough to judge by: extended once, then unknown. */
  readonly isHoldUnknown?: boolean;
  /** A claim that the world disproved afterwards. */
  readonly disprovedAt?: number;
};

type Signal = {
  readonly signal: string;
  readonly at: number;
  readonly reason: string;
  readonly isAttested: boolean;
};

/** Every sign of the world with the name that behaviours use for it. */
export function signals(facts: LoopFacts): readonly Signal[] {
  const found: Signal[] = [];
  for (const [source, seen] of Object.entries(facts.validity)) {
    const isFlip = seen.status === 'unknown' && seen.activeAt !== undefined && seen.at > seen.activeAt;
    if (seen.status !== 'unknown' || isFlip) {
      const signal = isFlip ? 'validity-flipped' : seen.status;
      // The earliest word of it counts: a report that says so every day must not start the window anew.
      const at = seen.status === 'active' ? seen.at : (seen.deadAts?.[0] ?? seen.at);
      found.push({
        signal,
        at,
        reason: `${source} ${isFlip ? 'found it working before and no longer does' : seen.reason}`,
        isAttested: false,
      });
    }
  }
  for (const seen of Object.values(facts.seen)) {
    found.push({
      signal: seen.signal,
      at: seen.at,
      reason: seen.reason,
      isAttested: seen.isAttested === true,
    });
  }
  return found.toSorted((a, b) => a.at - b.at || (a.signal < b.signal ? -1 : 1));
}

/** The latest moment at which the world showed that the failure is still there. */
function failingAt(
  facts: LoopFacts,
  all: readonly Signal[],
): { readonly active: number; readonly present: number } {
  let active = 0;
  let present = facts.lastOccurredAt;
  for (const { signal, at } of all) {
    if (signal === 'active' || signal === 'alert-reopened') active = Math.max(active, at);
    if (signal === 'still-in-head') present = Math.max(present, at);
  }
  return { active, present };
}

/** A provider's word that a credential is dead stands until the provider says otherwise; a copy elsewhere stays dead. */
const finalSignals = new Set(['inactive', 'validity-flipped', 'key-deleted']);

/** The highest rung that the facts support at `now`. */
export function proofOf(facts: LoopFacts, rules: ProofRules, now: number): Proof {
  // What was nobody's doing is nothing that anybody could mend.
  if (trustOf(facts) === 'untrusted') return { rung: 'none', at: 0, isAttested: false, reason: '' };
  const all = signals(facts);
  const failing = failingAt(facts, all);
  const whole = all.filter(
    ({ signal, at }) =>
      rules.proof.verified.includes(signal) &&
      at > failing.active &&
      (finalSignals.has(signal) || at >= failing.present),
  );
  // An attested fix gives way to a proven one, and the earliest proof starts the window.
  const proven = whole.find((sign) => !sign.isAttested) ?? whole[0];
  if (proven !== undefined) return holdOf(facts, rules, proven, now);

  const part = all.find(
    ({ signal, at }) => rules.proof.observed.includes(signal) && at >= failing.present && at > failing.active,
  );
  if (part !== undefined) {
    return { rung: 'observed', at: part.at, isAttested: part.isAttested, reason: part.reason };
  }
  const claim = facts.replies.findLast((reply) => reply.answer === 'done');
  // What an agent says later takes nothing back of what was shown to the human who said it first.
  const human = facts.replies.findLast(({ answer, by }) => answer === 'done' && by.kind !== 'agent');
  const disproved = human !== undefined && failing.active > human.at ? { disprovedAt: failing.active } : {};
  if (claim !== undefined && failing.active <= claim.at) {
    const reason = claim.by.kind === 'agent' ? 'the agent says so' : 'the recipient says so';
    return { rung: 'claimed', at: claim.at, isAttested: false, reason, ...disproved };
  }
  return { rung: 'none', at: 0, isAttested: false, reason: '', ...disproved };
}

function holdOf(facts: LoopFacts, rules: ProofRules, proven: Signal, now: number): Proof {
  const window = durationMs(rules.hold.window);
  const base = { at: proven.at, verifiedAt: proven.at, isAttested: proven.isAttested, reason: proven.reason };
  const firstEnd = proven.at + window;
  const secondEnd = firstEnd + window;
  for (const end of [firstEnd, secondEnd]) {
    const check = facts.holdChecks.find((candidate) => candidate.at === end);
    if (check === undefined || now < end) return { rung: 'verified', ...base, holdEndsAt: end };
    const isEnough =
      check.aliveShare >= rules.hold.sourceAliveShareMin &&
      check.opportunities >= rules.hold.opportunitiesMin;
    if (isEnough) return { rung: 'held', ...base, at: end };
  }
  // Twice without a live source or a chance to fail: nothing is known, and nothing is claimed.
  return { rung: 'verified', ...base, isHoldUnknown: true };
}
