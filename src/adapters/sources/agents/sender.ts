import { type Dict, dictOf, isDict, listOf, textOf } from '../../../lib/guards.ts';
import type { Agent, Sponsor } from './call.ts';

/**
 * What a run or an entry says of its agent, by the names that are in use. Nothing is guessed: a model is no agent.
 * `agent` is an object or an id.
 */
export function agentOf(record: Dict): Agent | undefined {
  const agent = dictOf(record.agent) ?? dictOf(record.ai_agent);
  const model = textOf(agent?.model) ?? textOf(dictOf(agent?.ai_model)?.name) ?? textOf(record.model);
  const id =
    textOf(agent?.id) ??
    textOf(agent?.uid) ??
    textOf(agent?.did) ??
    textOf(record.agent) ??
    textOf(record.agent_id);
  const name = textOf(agent?.name) ?? textOf(record.agent_name);
  const version = textOf(agent?.version);
  const promptHash = textOf(agent?.promptHash) ?? textOf(agent?.prompt_hash);
  return [id, name, version, model, promptHash].every((part) => part === undefined)
    ? undefined
    : { id, name, version, model, promptHash };
}

/** `sponsor` as an object or address, or the members that agent registries use. */
export function sponsorOf(record: Dict): Sponsor | undefined {
  const within = dictOf(record.agent);
  const sponsor = record.sponsor ?? within?.sponsor;
  const both = /^([^<>]{0,200}?)\s*<([^<>\s]{3,254})>$/u.exec(
    typeof sponsor === 'string' ? sponsor.slice(0, 500) : '',
  );
  const object = dictOf(sponsor);
  const email =
    textOf(object?.email) ??
    both?.[2] ??
    textOf(sponsor) ??
    textOf(record.sponsor_email) ??
    textOf(within?.sponsor_email);
  const verified = object?.verified ?? record.sponsor_verified ?? within?.sponsor_verified;
  if (email === undefined && object === undefined) return undefined;
  return {
    name: textOf(object?.name) ?? textOf(both?.[1]),
    email,
    isVerified: typeof verified === 'boolean' ? verified : undefined,
  };
}

const toolsMax = 500;

/** Names of the tools that an agent was given: as text, or as interfaces of models describe them. */
export function declaredToolsOf(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const names = value
    .slice(0, toolsMax)
    .flatMap((tool) =>
      isDict(tool) ? (textOf(tool.name) ?? textOf(dictOf(tool.function)?.name) ?? []) : (textOf(tool) ?? []),
    );
  // A list that cannot be read says nothing of what is outside it.
  return names.length === Math.min(value.length, toolsMax) ? names : undefined;
}

export function timeOf(record: Dict): unknown {
  return [record.time, record.timestamp, record.created_at, record.created, record.ts].find(
    (time) => textOf(time) !== undefined || typeof time === 'number',
  );
}

export function sessionOf(record: Dict): string | undefined {
  return (
    textOf(record.session) ??
    textOf(record.session_id) ??
    textOf(record.sessionId) ??
    textOf(record.conversation_id) ??
    textOf(record.thread_id)
  );
}

export function runOf(record: Dict): string | undefined {
  return idOf(record.run) ?? idOf(record.run_id) ?? idOf(record.trace_id) ?? idOf(record.traceId);
}

/** An id as text or number. */
export function idOf(value: unknown): string | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : textOf(value);
}

/** The text of a message: as it stands, or of its parts those that are text. */
export function messageText(content: unknown): string {
  if (typeof content === 'string') return content;
  return listOf(content)
    .filter(isDict)
    .map((part) => textOf(part.text) ?? '')
    .join('\n');
}
