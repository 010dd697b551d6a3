import { randomBytes } from 'node:crypto';
import { chooseSource } from './adapters/choose-source.ts';
import { sources } from './adapters/readers.ts';
import { openPacks } from './content.ts';
import type { Event } from './core/event.ts';
import { keyedHash } from './lib/hmac.ts';
import { judge } from './packs/pack-behaviour.ts';
import { isRejection, type Source } from './ports/source.ts';

export type JudgedCall = {
  readonly source: Source;
  /** Its ids are of no use to others: the keys are forgotten with the process. */
  readonly event: Event;
  readonly broken: BrokenCall | undefined;
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
  readonly now: number;
};

/**
 * Judges what an agent is about to do, before it is done: no store, no network. Undefined for a record that no source
 * takes for a call. The packs are only read for a call that its source says breaks a rule; errors: those of
 * `openPacks`.
 */
export function judgeCall(record: unknown, options: JudgeOptions): JudgedCall | undefined {
  const source = chooseSource({ format: 'json', first: record }, sources);
  if (source === undefined) return undefined;
  const hash = keyedHash(randomBytes(32));
  const mapped = source.map(record, {
    receivedAt: options.now,
    fingerprint: (kind, parts) => [{ kind, keyId: 'dry-run', value: hash([kind, ...parts]) }],
    eventId: hash,
  });
  const calls = isRejection(mapped) ? [] : mapped.filter(({ kind }) => kind === 'agent.called');
  const event = calls.find(({ joins }) => joins?.rule !== undefined) ?? calls[0];
  if (event === undefined) return undefined;
  return { source, event, broken: brokenBy(event, options) };
}

function brokenBy(event: Event, { packs: folder, language }: JudgeOptions): BrokenCall | undefined {
  const rule = event.joins?.rule;
  if (rule === undefined) return undefined;
  const packs = openPacks(folder);
  for (const [behaviour, pack] of packs.behaviours) {
    if (judge(pack, event) !== 'failed') continue;
    const words = packs.words(behaviour, language);
    return { behaviour, rule, thing: (words?.providers.get(rule) ?? words?.generic)?.thing };
  }
  return undefined;
}
