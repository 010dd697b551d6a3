import { randomBytes } from 'node:crypto';
import { agentCalls } from './adapters/agent-calls.ts';
import type { Event } from './core/event.ts';
import { keyedHash } from './lib/hmac.ts';
import { isRejection } from './ports/source.ts';

export type JudgedCall = {
  /** Id of the source that read it. */
  readonly source: string;
  /** Its ids are of no use to others: the keys are forgotten with the process. */
  readonly event: Event;
};

/** What a call would break, in the words that the packs have for it. */
export type BrokenCall = {
  readonly behaviour: string;
  readonly rule: string;
  /** `a reach for a secret`. */
  readonly thing: string | undefined;
};

export type JudgeOptions = {
  /** Folder of packs; those that come with Foldback unless given. */
  readonly packs: string | undefined;
  readonly language: string;
};

/**
 * Reads what an agent is about to do, before it is done: no store, no network. `joins.rule` names what it breaks.
 * Undefined for a record that is no call of an agent.
 */
export function judgeCall(record: unknown, now: number): JudgedCall | undefined {
  if (agentCalls.recognise({ format: 'json', first: record }) <= 0) return undefined;
  const hash = keyedHash(randomBytes(32));
  const mapped = agentCalls.map(record, {
    receivedAt: now,
    fingerprint: (kind, parts) => [{ kind, keyId: 'dry-run', value: hash([kind, ...parts]) }],
    eventId: hash,
  });
  const calls = isRejection(mapped) ? [] : mapped.filter(({ kind }) => kind === 'agent.called');
  const event = calls.find(({ joins }) => joins?.rule !== undefined) ?? calls[0];
  return event === undefined ? undefined : { source: agentCalls.id, event };
}

/**
 * What a call breaks, by the behaviours of the packs; they are only read for a call of which its source says so. Errors:
 * those of `openPacks`.
 */
export async function brokenBy(
  event: Event,
  { packs: folder, language }: JudgeOptions,
): Promise<BrokenCall | undefined> {
  const rule = event.joins?.rule;
  if (rule === undefined) return undefined;
  // Most calls break nothing and are not to wait for them.
  const { openPacks } = await import('./content.ts');
  const { judge } = await import('./packs/pack-behaviour.ts');
  const packs = openPacks(folder);
  for (const [behaviour, pack] of packs.behaviours) {
    if (judge(pack, event) !== 'failed') continue;
    const words = packs.words(behaviour, language);
    return { behaviour, rule, thing: (words?.providers.get(rule) ?? words?.generic)?.thing };
  }
  return undefined;
}
