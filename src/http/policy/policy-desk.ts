import { can, type Principal, seesSubject } from '../../access/principal.ts';
import type { Log } from '../../lib/log.ts';
import { type LoopParts, loopPrincipal } from '../../loop/parts.ts';
import type { Decision } from '../../policy/decision.ts';
import type { LivePolicies } from '../../policy/live-policies.ts';
import type { PolicySet } from '../../policy/policy-set.ts';
import type { PolicyRequest } from '../../policy/request.ts';
import type { MapContext } from '../../ports/source.ts';
import type { Again } from './again.ts';
import { createAgentTally } from './agent-tally.ts';
import { attemptId, openAttempts } from './attempts.ts';
import { createDecisionLog } from './decision-log.ts';
import { createExceptionList, type ExceptionList } from './exception-list.ts';
import { subjectTypeOf } from './subject-actor.ts';

/** Decides what programs ask, for every door. */
export type PolicyDesk = {
  readonly live: LivePolicies;
  readonly exceptions: ExceptionList;
  /** Answers a question. Nobody is blamed for it. */
  readonly ask: (caller: Principal, request: PolicyRequest) => Decision;
  /**
   * Answers, and counts it where it was an attempt: see `isAttempt`. Then a denial is stored before the answer is given.
   *
   * @param requestId the sender's own id of the request: the same one counts once
   */
  readonly enforce: (caller: Principal, request: PolicyRequest, requestId?: string) => Promise<Enforced>;
  /** Writes what has gathered in memory, and reads what other processes wrote. Once a second. */
  readonly flush: () => Promise<void>;
};

export type Enforced = {
  readonly decision: Decision;
  /** What was said before about the same class of rule; undefined for a question or the first denial. */
  readonly again?: Again;
  /** Whether it counted as an attempt; undefined when it was not said to be one. */
  readonly isCounted?: boolean;
};

export type DeskParts = {
  readonly live: LivePolicies;
  readonly parts: LoopParts;
  readonly mapContext: (receivedAt: number) => MapContext;
  readonly log: Pick<Log, 'error' | 'warn'>;
};

/** An attempt is one that the caller says to be one, of a kind of subject that its token may speak for. */
export function isAttempt(caller: Principal, { subject, context }: PolicyRequest): boolean {
  return (
    claimsAttempt(context) &&
    can(caller, 'policy:enforce') &&
    seesSubject(caller, subjectTypeOf(subject.type)) &&
    (caller.agent === undefined || caller.agent === subject.id)
  );
}

function claimsAttempt(context: PolicyRequest['context']): boolean {
  const own = context?.foldback;
  return typeof own === 'object' && own !== null && 'attempt' in own && own.attempt === true;
}

type Judged = {
  readonly decision: Decision;
  readonly set: PolicySet;
  /** Rules to which an exception was in force. */
  readonly exceptions?: readonly string[];
};

export function openPolicyDesk({ live, parts, mapContext, log }: DeskParts): PolicyDesk {
  const decisions = createDecisionLog(parts.randomId);
  const exceptions = createExceptionList(parts);
  const tally = createAgentTally();
  const attempts = openAttempts(parts, mapContext, exceptions, tally);

  const judge = (request: PolicyRequest, now: number): Judged => {
    const set = live.current();
    const held = exceptions.inForce(request, now);
    if (held.length === 0) return { decision: set.decide(request), set };
    const decision = set.decide(
      request,
      held.map(({ rule, until = now }) => ({ rule, until })),
    );
    if (decision.decision) exceptions.used(held);
    return { decision, set, exceptions: held.map(({ rule }) => rule) };
  };
  /** @param isChance whether a grant counts as a chance; one that becomes an event counts with that */
  const note = (caller: Principal, request: PolicyRequest, judged: Judged, isChance: boolean): void => {
    const at = parts.clock.now();
    decisions.note({ at, request, by: caller.id, isChance, ...judged });
    if (judged.decision.outcome === 'failed')
      log.error(
        { rules: judged.decision.rules, detail: judged.decision.detail },
        'a policy could not be evaluated: nothing is let through that it might forbid',
      );
  };

  return {
    live,
    exceptions,
    ask: (caller, request) => {
      const judged = judge(request, parts.clock.now());
      note(caller, request, judged, false);
      return judged.decision;
    },
    enforce: async (caller, request, requestId) => {
      const now = parts.clock.now();
      const counts = isAttempt(caller, request);
      const judged = judge(request, now);
      const { decision } = judged;
      const settled = counts && decision.decision ? attempts.settledBy(request) : [];
      note(caller, request, judged, counts && settled.length === 0);
      if (!counts) return claimsAttempt(request.context) ? { decision, isCounted: false } : { decision };
      const id = requestId === undefined ? parts.randomId() : attemptId(caller.id, requestId, request);
      const attempt = { request, decision, set: judged.set, id, now };
      if (decision.decision) {
        tally.noteGrant(request, now);
        await attempts.settle(attempt, settled);
        return { decision, isCounted: true };
      }
      // What could not be judged is nobody's doing: it is in the log, and no event.
      if (decision.outcome !== 'forbidden' && decision.outcome !== 'nothing-permits')
        return { decision, isCounted: false };
      const again = await attempts.denied(attempt);
      return { decision, isCounted: true, ...(again === undefined ? {} : { again }) };
    },
    flush: async () => {
      const gathered = decisions.take();
      const uses = exceptions.takeUses();
      const agents = tally.take();
      if (gathered.dropped > 0)
        log.warn(
          { dropped: gathered.dropped },
          'more decisions than the log keeps: the rest was only counted',
        );
      if (gathered.decisions.length + gathered.counters.length + uses.length + agents.length > 0)
        await parts.store.transaction(async (tx) => {
          await tx.addDecisions(gathered.decisions);
          await tx.countExceptionUses(uses);
          await tx.addCounters(gathered.counters);
          await tx.addAgentCounts(agents);
        });
      await exceptions.refresh(loopPrincipal, parts.clock.now());
      await attempts.refresh();
    },
  };
}
