import { type Outcome, outcomes } from './decision.ts';
import type { PolicySet } from './policy-set.ts';
import type { PolicyRequest } from './request.ts';

/** A decision of the log. `weight`: how many it stands for. */
export type RecordedDecision = {
  readonly at: string;
  readonly outcome: string;
  readonly rule?: string | undefined;
  readonly weight: number;
  readonly request: PolicyRequest;
  /** Rules past which an exception let it. */
  readonly exceptions?: readonly string[] | undefined;
};

export type ReplayDifference = {
  readonly request: PolicyRequest;
  readonly was: { readonly outcome: string; readonly rule?: string };
  readonly now: { readonly outcome: Outcome; readonly rule?: string };
  /** Decisions that this concerns, with those that the log left out. */
  readonly n: number;
  /** What is let through that was not, or the other way round; the rest only says no in other words. */
  readonly kind: 'opens' | 'closes' | 'same-answer';
};

export type Replay = { readonly decisions: number; readonly differences: readonly ReplayDifference[] };

/** Asks a set about what was decided before. The gravest differences come first, equal ones as one. */
export function replay(set: PolicySet, recorded: readonly RecordedDecision[]): Replay {
  const found = new Map<string, ReplayDifference>();
  let decisions = 0;
  for (const { request, outcome, rule, weight, exceptions = [] } of recorded) {
    decisions += weight;
    const held = exceptions.map((name) => ({ rule: name, until: 0 }));
    const now = set.decide(request, held.length === 0 ? undefined : held);
    const [first] = now.rules;
    // Which of several permits let it through says nothing to anybody.
    if (now.outcome === outcome && (now.decision || first === rule)) continue;
    const wasOpen = outcome === outcomes[0];
    const kind = wasOpen === now.decision ? 'same-answer' : now.decision ? 'opens' : 'closes';
    const { subject, action, resource } = request;
    const key = JSON.stringify([
      kind,
      outcome,
      rule,
      now.outcome,
      first,
      subject.type,
      action.name,
      resource,
    ]);
    const n = (found.get(key)?.n ?? 0) + weight;
    found.set(key, {
      request,
      was: { outcome, ...(rule === undefined ? {} : { rule }) },
      now: { outcome: now.outcome, ...(first === undefined ? {} : { rule: first }) },
      n,
      kind,
    });
  }
  const order = ['opens', 'closes', 'same-answer'];
  const differences = [...found.values()].sort(
    (a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || b.n - a.n,
  );
  return { decisions, differences };
}
