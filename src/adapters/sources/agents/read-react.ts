import { type Dict, textOf } from '../../../lib/guards.ts';
import type { ToolCall } from './call.ts';
import { openRun } from './followed-text.ts';
import { parsedText } from './read-run.ts';
import { agentOf, idOf, runOf, sessionOf, sponsorOf, timeOf } from './sender.ts';

/** A run that was written down as instruction, first call, its result and the model's text ("ReAct"), as in InjecAgent. */
export function isReact(record: Dict): boolean {
  return (
    textOf(record['User Instruction']) !== undefined &&
    textOf(record['User Tool']) !== undefined &&
    typeof record.output === 'string'
  );
}

/** `Action: Name` and `Action Input: {…}` on the line behind it. */
const action =
  /^[ \t*]{0,8}Action:[ \t*`"']{0,8}([\w.-]{1,200})[^\n]{0,200}\n[\s]{0,20}[ \t*]{0,8}Action Input:[ \t]{0,8}(?:```(?:json)?\s{0,8})?([^\n][\s\S]{0,4000})?/mu;
const outputCharsMax = 100_000;

/**
 * What the model answers is not read beyond its first call of each step: what follows is its own idea of a result. Of
 * the row's verdicts and of the attack that it was made with nothing is read.
 */
export function readReact(record: Dict): readonly ToolCall[] {
  const run = openRun();
  const about = {
    agent: agentOf(record),
    sponsor: sponsorOf(record),
    session: sessionOf(record),
    run: runOf(record) ?? idOf(record.id),
    time: timeOf(record),
  };
  const instruction = textOf(record['User Instruction']) ?? '';
  const first = textOf(record['User Tool']) ?? '';
  const idBase = [instruction, first, textOf(record['Tool Response']), textOf(record.output)];
  const calls: ToolCall[] = [];
  const add = (tool: string, given: unknown, wasAnswered: boolean): void => {
    const idParts = [...idBase, about.session, about.run, String(calls.length)];
    calls.push({
      form: 'react',
      tool,
      given,
      action: 'Action',
      idParts,
      ...about,
      wasAnswered,
      following: run.call(tool, given),
    });
  };
  run.trust(instruction, 'user');
  add(first, parsedText(record['Tool Parameters']), true);
  run.result(record['Tool Response'], first);
  const next = actionIn(textOf(record.output));
  if (next === undefined) return calls;
  const answer = textOf(record['Attacker Tool Response']);
  add(next.tool, next.given, answer !== undefined);
  if (answer !== undefined) run.result(answer, next.tool);
  const last = actionIn(textOf(record['output Step 2']));
  if (last !== undefined) add(last.tool, last.given, false);
  return calls;
}

function actionIn(
  output: string | undefined,
): { readonly tool: string; readonly given: unknown } | undefined {
  const found = action.exec(output?.slice(0, outputCharsMax) ?? '');
  const tool = found?.[1];
  if (tool === undefined || /^(?:none|null|n|na|no)$/iu.test(tool)) return undefined;
  const text = (found?.[2] ?? '').trim();
  const object = text.startsWith('{')
    ? /^\{[^\n]*\}(?=\s*(?:\n|$))|^\{[\s\S]*?\n\}/u.exec(text)?.[0]
    : undefined;
  return { tool, given: parsedText(object ?? text.split('\n')[0] ?? '') };
}
