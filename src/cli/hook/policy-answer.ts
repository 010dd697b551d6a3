import { dictOf, isDict, listOf, textOf } from '../../lib/guards.ts';
import type { AgentAnswer } from './agent-answer.ts';
import type { AgentQuestion } from './agent-question.ts';
import type { KnownServer } from './agent-settings.ts';
import { askJson } from './ask-json.ts';

/** Undefined when the server gave no decision in time. Its words stand in the packs; nothing of the call does. */
export async function policyAnswer(
  server: KnownServer,
  question: AgentQuestion,
  language: string,
  timeoutMs: number,
): Promise<AgentAnswer | undefined> {
  const answered = await askJson(server, 'POST', '/access/v1/evaluation', question, timeoutMs);
  if (answered?.status !== 200 || !isDict(answered.body)) return undefined;
  const { decision } = answered.body;
  const context = dictOf(answered.body.context) ?? {};
  if (decision === true) return { version: 1, decision: 'allow', say: 'A policy allows this.', retry: true };
  if (decision !== false) return undefined;
  const spoken = (value: unknown) =>
    textOf(dictOf(value)?.[language]) ?? textOf(dictOf(value)?.en) ?? textOf(value);
  const rule = textOf(context.rule_class) ?? 'nothing-permits';
  const instead = listOf(context.do_instead).flatMap((item) => spoken(dictOf(item)?.text) ?? []);
  const again = dictOf(context.again);
  const reason = [context.reason_user, again?.text, again?.path]
    .flatMap((one) => spoken(one) ?? [])
    .join(' ');
  return denial(rule, reason, instead, spoken(dictOf(context.ask)?.text), {
    retry: context.retryable === true,
    isWholeClass: context.scope === 'class',
  });
}

/** A denial as one text, as a model reads it: why, what else, whom to ask. */
export function denial(
  rule: string,
  reason: string | undefined,
  instead: readonly string[],
  ask: string | undefined,
  { retry, isWholeClass }: { readonly retry: boolean; readonly isWholeClass: boolean },
): AgentAnswer {
  const say = [
    `Foldback stopped this call (${rule}).`,
    reason,
    ...instead,
    ask,
    isWholeClass ? 'Do not try it another way.' : undefined,
  ];
  return { version: 1, decision: 'deny', rule, say: say.filter(Boolean).join(' '), retry };
}
