import { type Dict, dictOf, isDict, listOf, textOf } from '../../../lib/guards.ts';
import { limits } from '../../../lib/limits.ts';
import { parseRecord } from '../../../lib/records/parse-record.ts';
import type { Agent, Sponsor, ToolCall } from './call.ts';
import { openRun, type RunSoFar } from './followed-text.ts';
import { plainText } from './read-entry.ts';
import {
  agentOf,
  declaredToolsOf,
  idOf,
  messageText,
  runOf,
  sessionOf,
  sponsorOf,
  timeOf,
} from './sender.ts';

/** Calls of one run; a longer run is refused whole. */
export const callsMax = 2000;

/** A run as a list of messages: of models' interfaces (`messages`), of tau-bench (`traj`). */
export function messagesOf(record: Dict): readonly unknown[] | undefined {
  const list = [record.messages, record.traj, record.trajectory].find(
    (value) => Array.isArray(value) && value.some(isMessage),
  );
  return list === undefined ? undefined : listOf(list);
}

/** A message that calls a tool or answers such a call, or a request or answer of MCP. */
export function isMessage(value: unknown): boolean {
  if (!isDict(value)) return false;
  if (value.jsonrpc === '2.0') return true;
  return (
    textOf(value.role) !== undefined &&
    (typeof value.content === 'string' || Array.isArray(value.content) || Array.isArray(value.tool_calls))
  );
}

type About = {
  readonly agent: Agent | undefined;
  readonly sponsor: Sponsor | undefined;
  readonly session: string | undefined;
  readonly run: string | undefined;
  readonly time: unknown;
  readonly declaredTools: readonly string[] | undefined;
  readonly purpose: string | undefined;
};

/** The calls of a run in their order; undefined when there are more than `callsMax`. */
export function readRun(record: Dict, messages: readonly unknown[]): readonly ToolCall[] | undefined {
  const task = idOf(record.task_id);
  const about: About = {
    agent: agentOf(record),
    sponsor: sponsorOf(record),
    session: sessionOf(record),
    run:
      runOf(record) ??
      idOf(record.id) ??
      (task === undefined ? undefined : `${task}/${idOf(record.trial) ?? 0}`),
    time: timeOf(record),
    declaredTools: declaredToolsOf(record.tools),
    purpose: textOf(record.purpose),
  };
  return readMessages(messages, about);
}

/** One message by itself: nothing is known of what came before it. */
export function readMessage(message: Dict): readonly ToolCall[] | undefined {
  const within = dictOf(message.message);
  const isWrapped = within !== undefined && isMessage(within);
  const about: About = {
    agent: agentOf(isWrapped ? { ...message, model: within.model } : message),
    sponsor: sponsorOf(message),
    session: sessionOf(message),
    run: runOf(message),
    time: timeOf(message),
    declaredTools: declaredToolsOf(message.tools),
    purpose: textOf(message.purpose),
  };
  return readMessages([isWrapped ? within : message], about);
}

function readMessages(messages: readonly unknown[], about: About): readonly ToolCall[] | undefined {
  const run = openRun();
  if (about.purpose !== undefined) run.trust(about.purpose, 'operator');
  const calls: ToolCall[] = [];
  /** By the id of a call: its place in the list. */
  const places = new Map<string, number>();
  const firstWords = messages.filter(isDict).find((message) => message.role === 'user');
  const start = messageText(firstWords?.content).slice(0, 500);
  const add = (made: MadeCall, time: unknown): void => {
    const { id, tool, given } = made;
    if (id !== undefined) places.set(id, calls.length);
    calls.push({
      ...made,
      ...about,
      run: about.run,
      time: time ?? about.time,
      idParts: [
        about.agent?.id,
        about.session,
        about.run,
        start,
        String(calls.length),
        id,
        tool,
        plainText(given),
      ],
      request: id,
      following: run.call(tool, given),
    });
  };
  const answer = (id: string | undefined, result: unknown, tool: string | undefined): void => {
    const place = id === undefined ? undefined : places.get(id);
    const call = place === undefined ? undefined : calls[place];
    run.result(result, tool ?? call?.tool);
    if (place === undefined || call === undefined) return;
    const refusal = refusalOf(result);
    calls[place] =
      refusal === undefined
        ? { ...call, wasAnswered: true }
        : { ...call, statedDecision: 'denied', reason: refusal };
  };
  for (const message of messages) {
    if (!isDict(message)) continue;
    if (message.jsonrpc === '2.0') readRpc(message, add, answer);
    else readTurn(message, run, add, answer);
    if (calls.length > callsMax) return undefined;
  }
  return calls;
}

type MadeCall = Pick<ToolCall, 'form' | 'tool' | 'given' | 'action'> & { readonly id: string | undefined };
type Add = (call: MadeCall, time: unknown) => void;
type Answer = (id: string | undefined, result: unknown, tool: string | undefined) => void;

/** A turn of a conversation, in the forms of OpenAI (`tool_calls`, role `tool`) and of Anthropic (blocks of content). */
function readTurn(message: Dict, run: RunSoFar, add: Add, answer: Answer): void {
  const { role, content } = message;
  const time = timeOf(message);
  if (role === 'tool' || role === 'function') {
    answer(textOf(message.tool_call_id), content, textOf(message.name));
    return;
  }
  if (role !== 'assistant') run.trust(messageText(content), role === 'user' ? 'user' : 'operator');
  for (const block of listOf(content).filter(isDict)) {
    if (block.type === 'tool_result') answer(textOf(block.tool_use_id), block.content, undefined);
    const tool = block.type === 'tool_use' ? textOf(block.name) : undefined;
    if (tool !== undefined && role === 'assistant')
      add({ form: 'trace', tool, given: block.input, action: 'tool_use', id: textOf(block.id) }, time);
  }
  if (role !== 'assistant') return;
  const single = dictOf(message.function_call);
  for (const call of [
    ...listOf(message.tool_calls),
    ...(single === undefined ? [] : [{ function: single }]),
  ]) {
    const made = dictOf(dictOf(call)?.function);
    const tool = textOf(made?.name);
    if (tool === undefined) continue;
    const given = parsedText(made?.arguments);
    add({ form: 'trace', tool, given, action: 'tool_calls', id: textOf(dictOf(call)?.id) }, time);
  }
}

/** MCP: `tools/call` and what came back for it (Model Context Protocol 2025-11-25, server features, tools). */
function readRpc(message: Dict, add: Add, answer: Answer): void {
  const params = dictOf(message.params);
  const tool = message.method === 'tools/call' ? textOf(params?.name) : undefined;
  const id = idOf(message.id);
  if (tool !== undefined) {
    add({ form: 'mcp', tool, given: params?.arguments, action: 'tools/call', id }, undefined);
    return;
  }
  if (message.method !== undefined) return;
  const result = dictOf(message.result);
  answer(id, dictOf(message.error) ?? result?.content ?? result?.structuredContent, undefined);
}

/** A request and what came back for it, as gateways log them: `{request, response}`. */
export function rpcPairOf(record: Dict): readonly unknown[] | undefined {
  const pair = [record.request, record.response].filter((part) => dictOf(part)?.jsonrpc === '2.0');
  if (pair.length > 0) return pair;
  const message = [record.message, record.payload].find((part) => dictOf(part)?.jsonrpc === '2.0');
  return message === undefined ? undefined : [message];
}

/** What a gateway says instead of a result when a call was not let through. Ordinary faults are none. */
function refusalOf(result: unknown): string | undefined {
  const error = dictOf(result);
  const text = (textOf(error?.message) ?? (typeof result === 'string' ? result : '')).slice(0, 300);
  return isRefusal.test(text) ? text : undefined;
}
const isRefusal =
  /^(?:error:?\s*)?(?:(?:tool |tool call |call |request )?(?:was )?(?:denied|blocked|forbidden|rejected)\b|(?:access|permission) denied by policy|not permitted|policy (?:violation|denied))/iu;

export function parsedText(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const parsed = parseRecord(value, limits);
  return parsed.ok ? parsed.value : value;
}
