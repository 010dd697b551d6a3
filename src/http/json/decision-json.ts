import { z } from 'zod';
import type { Decision } from '../../policy/decision.ts';
import { type Again, changes } from '../policy/again.ts';
import type { Enforced } from '../policy/policy-desk.ts';
import { iso, knownInstant } from './shapes.ts';

const sentence = z.record(z.string(), z.string()).describe('By language (BCP 47).');

/** `context` of an answer: what AuthZEN leaves to the decision point (Authorization API 1.0, section 5.5.2). */
export const decisionContext = z.object({
  outcome: z.enum(['permitted', 'forbidden', 'nothing-permits', 'failed', 'unreadable']),
  reason_user: sentence.exactOptional(),
  reason_admin: sentence.exactOptional(),
  rule_class: z.string().exactOptional().describe('What is forbidden, in whatever form.'),
  rules: z.array(z.string()).exactOptional(),
  severity: z.string().exactOptional(),
  do_instead: z.array(z.object({ id: z.string(), text: sentence })).exactOptional(),
  ask: z.object({ id: z.string(), text: sentence }).exactOptional(),
  retryable: z.boolean().exactOptional(),
  scope: z.enum(['call', 'class']).exactOptional().describe('Whether this call only, or all of its class.'),
  expires: z.string().exactOptional(),
  lesson: z.string().exactOptional().describe('Names the lesson and its wording.'),
  exception: z
    .object({ max: z.string(), request: z.string() })
    .exactOptional()
    .describe('The longest exception, and where it is asked for.'),
  again: z
    .object({
      times: z.int(),
      first: z.string(),
      last: z.string(),
      form: z.enum(['same', 'other']),
      changed: z.boolean(),
      changes: z.array(z.enum(changes)).describe('What is different since the denial before.'),
      text: sentence,
      path: sentence.exactOptional(),
    })
    .exactOptional(),
  counted: z.boolean().exactOptional().describe('Whether what was said to be an attempt counts as one.'),
  error: z.object({ status: z.int(), message: z.string() }).exactOptional(),
});
export const decisionSchema = z.object({ decision: z.boolean(), context: decisionContext.exactOptional() });
export type DecisionJson = z.infer<typeof decisionSchema>;

/** Where an exception is asked for. */
export const exceptionsPath = '/v1/policy/exceptions';

/** A decision as it stands in an answer. Every text of it stands in the packs. */
export function decisionJson(
  given: Decision,
  { again, isCounted }: Omit<Enforced, 'decision'> = {},
): DecisionJson {
  const { decision, outcome, rules, lesson, exception, expires, ask } = given;
  const counted = isCounted === undefined ? {} : { counted: isCounted };
  if (decision) {
    if (expires === undefined && isCounted === undefined) return { decision };
    return { decision, context: { outcome, ...counted, ...knownInstant('expires', expires) } };
  }
  return {
    decision,
    context: {
      outcome,
      reason_user: { ...given.reasonUser },
      reason_admin: { ...given.reasonAdmin },
      rule_class: given.ruleClass,
      rules: [...rules],
      severity: given.severity,
      do_instead: given.doInstead.map(({ id, text }) => ({ id, text: { ...text } })),
      ...(ask === undefined ? {} : { ask: { id: ask.id, text: { ...ask.text } } }),
      retryable: given.retryable,
      scope: given.scope,
      ...(lesson === undefined ? {} : { lesson }),
      ...(exception === undefined ? {} : { exception: { max: exception, request: exceptionsPath } }),
      ...counted,
      ...(again === undefined ? {} : { again: againJson(again) }),
    },
  };
}

function againJson({ times, firstAt, lastAt, form, changes: found, text, path }: Again) {
  return {
    times,
    first: iso(firstAt),
    last: iso(lastAt),
    form,
    changed: found.length > 0,
    changes: [...found],
    text: { ...text },
    ...(path === undefined ? {} : { path: { ...path } }),
  };
}
