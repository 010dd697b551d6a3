import type { Event, Json } from '../../core/event.ts';
import { makeEvent } from '../../core/make-event.ts';
import { agentLabels, unknownLabel } from '../../policy/agent-labels.ts';
import type { Decision } from '../../policy/decision.ts';
import type { PolicyRequest } from '../../policy/request.ts';
import type { MapContext } from '../../ports/source.ts';
import { actorOf } from './subject-actor.ts';

/** Everything that Foldback says of its own decisions comes from this source. */
export const policySource = 'policy';

export type Attempt = {
  readonly request: PolicyRequest;
  readonly decision: Decision;
  /** The same attempt has the same id: a call that is repeated counts once. */
  readonly id: string;
  readonly ruleClass: string;
  /** Another form after a proven fix is a case of its own, the next round of its class. */
  readonly round: number;
  readonly context: MapContext;
};

/** The event of an attempt that was denied, or let through after it had been denied before. */
export function attemptEvent(attempt: Attempt): Event {
  const { request, decision, id, ruleClass, round, context } = attempt;
  const { subject, action, resource } = request;
  const { version, prompt } = agentLabels(request);
  const record: { readonly [key: string]: Json | undefined } = {
    outcome: decision.outcome,
    ruleClass,
    rules: decision.rules,
    severity: decision.severity,
    lesson: decision.lesson,
    ...(version === unknownLabel ? {} : { agentVersion: version }),
    ...(prompt === unknownLabel ? {} : { agentPrompt: prompt }),
  };
  return makeEvent(
    {
      source: policySource,
      kind: decision.decision ? 'policy.allowed' : 'policy.denied',
      wholeId: [policySource, 'attempt', id],
      occurredAt: context.receivedAt,
      actor: actorOf(subject),
      identity: { type: subject.type, id: subject.id },
      resource: { type: resource.type, id: resource.id },
      action: action.name,
      outcome: decision.decision ? 'success' : 'failure',
      joins: { rule: ruleClass, ...(round === 0 ? {} : { round: String(round) }) },
      record,
    },
    context,
  );
}

/** The event that a class of rules stops the same attempts again and again; its owner is whoever owns the policy. */
export function pathEvent(given: {
  readonly ruleClass: string;
  readonly owner: string;
  readonly times: number;
  readonly id: string;
  readonly context: MapContext;
}): Event {
  const { ruleClass, owner, times, id, context } = given;
  const isAddress = /^[^\s@]+@[^\s@]+$/u.test(owner);
  return makeEvent(
    {
      source: policySource,
      kind: 'policy.path-failing',
      wholeId: [policySource, 'path', ruleClass, id],
      occurredAt: context.receivedAt,
      actor: { type: 'unknown' },
      identity: { type: 'policy', id: ruleClass },
      resource: { type: 'policy', id: ruleClass },
      joins: { rule: ruleClass },
      leads: [{ kind: 'resource-owner', ...(isAddress ? { email: owner } : { name: owner }) }],
      record: { times },
    },
    context,
  );
}
