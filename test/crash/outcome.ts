import { join } from 'node:path';
import { checkStoredChain, checkStoredSeals } from '../../src/ledger/check-store.ts';
import { compareCheckpoints, readCheckpointFile } from '../../src/ledger/checkpoint-file.ts';
import { entriesOfRows, sealedOf } from '../../src/ledger/rows.ts';
import { onlyMembers } from '../../src/ledger/seal.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { LoopStory, MessageRow, MessageState, Page } from '../../src/ports/store.ts';
import type { SunkMail } from '../support/smtp-sink.ts';
import { type CrashSettings, eventOf, openCrashApp } from './crash-app.ts';

/** What the killed processes left, against what they had promised. Every list names what is wrong. */
export type Outcome = {
  readonly accepted: number;
  readonly replied: number;
  readonly mails: number;
  readonly uncertain: number;
  /** Accepted events without their loop, or with a loop that counts them other than once. */
  readonly lost: readonly string[];
  /** Mails or words that were said more than once. */
  readonly doubled: readonly string[];
  /** Messages that still wait or were given up, and cases that nobody was told of. */
  readonly stuck: readonly string[];
  /** Answers that were taken and are not there exactly once. */
  readonly answers: readonly string[];
  /** What is wrong with a chain, a checkpoint or its copy outside. */
  readonly findings: readonly string[];
};

export async function readOutcome(
  settings: CrashSettings,
  heard: { readonly accepted: ReadonlySet<number>; readonly replied: ReadonlySet<number> },
  mails: readonly SunkMail[],
): Promise<Outcome> {
  const { app, close } = await openCrashApp(settings);
  try {
    const { read } = app.parts.store;
    const rows = await all((after) => read.loops(loopPrincipal, { limit: 100, ...after }));
    const messages = await all((after) => read.messages(loopPrincipal, { limit: 100, ...after }));
    const isUncertain = { state: 'uncertain' as const };
    const uncertain = await all((after) =>
      read.messages(loopPrincipal, { ...isUncertain, limit: 100, ...after }),
    );
    const ids = [...heard.accepted].map((n) => eventOf(n).id);
    const loopOf = await app.parts.store.loopsOfEvents(ids);
    const stories = new Map<string, LoopStory>();
    const findings: string[] = [];
    const sealed = await read.checkpoints(loopPrincipal, 0);
    for (const { id } of rows) {
      const story = await read.loop(loopPrincipal, id);
      const ledger = await read.ledger(loopPrincipal, id);
      if (story === undefined || ledger === undefined) throw new Error(`no story of ${id}`);
      stories.set(id, story);
      const heads = sealed.flatMap(({ n, leaves }) =>
        leaves.filter(({ loop }) => loop === id).map(({ seq, head }) => ({ n, seq, head })),
      );
      const found = checkStoredChain(id, entriesOfRows(ledger.entries), story.loop, heads);
      findings.push(...found.map((finding) => `${id}: ${finding.kind} ${finding.where}`));
    }
    const seals = checkStoredSeals(sealed.map(sealedOf), app.publicKeys);
    const copy = await readCheckpointFile(join(settings.folder, 'data', 'checkpoints.jsonl'));
    const compared = compareCheckpoints(copy.checkpoints, sealed.map(onlyMembers));
    for (const finding of [...seals, ...compared.findings]) findings.push(`${finding.kind} ${finding.where}`);
    findings.push(...compared.toAppend.map(({ n }) => `the copy lacks checkpoint ${n}`));

    return {
      accepted: heard.accepted.size,
      replied: heard.replied.size,
      mails: mails.length,
      uncertain: uncertain.length,
      lost: [...lostOf(ids, loopOf, stories), ...ghosts(rows, stories)],
      doubled: [
        ...twice(mails.map(({ mail }) => mail.messageId ?? 'no Message-ID')),
        ...[...stories.values()].flatMap(saidTwice),
      ],
      stuck: [...stuckMessages(messages), ...[...stories.values()].flatMap(untold)],
      answers: [...heard.replied].flatMap((n) => {
        const story = stories.get(loopOf.get(eventOf(n).id) ?? '');
        const [rows, facts] = [story?.replies.length, story?.loop.facts.replies.length];
        return rows === 1 && facts === 1 ? [] : [`event ${n}: ${rows} replies, ${facts} remembered`];
      }),
      findings,
    };
  } finally {
    await close();
  }
}

async function all<T>(page: (after: { readonly after?: string }) => Promise<Page<T>>): Promise<readonly T[]> {
  const items: T[] = [];
  let next: string | undefined;
  do {
    const found = await page(next === undefined ? {} : { after: next });
    items.push(...found.items);
    next = found.next;
  } while (next !== undefined);
  return items;
}

function lostOf(
  ids: readonly string[],
  loopOf: ReadonlyMap<string, string>,
  stories: ReadonlyMap<string, LoopStory>,
): readonly string[] {
  return ids.flatMap((id, n) => {
    const story = stories.get(loopOf.get(id) ?? '');
    if (story === undefined) return [`event ${n} has no loop`];
    const { sightings } = story.loop.facts;
    if (sightings === 1 && story.events.length === 1) return [];
    return [`event ${n}: ${sightings} sightings, ${story.events.length} events`];
  });
}

/** As many loops as stored events, each with its own: the last event may be stored though nobody heard of it. */
function ghosts(rows: readonly { readonly id: string }[], stories: ReadonlyMap<string, LoopStory>): string[] {
  return rows.flatMap(({ id }) => (stories.get(id)?.events.length === 1 ? [] : [`loop ${id} has no event`]));
}

const ended: ReadonlySet<MessageState> = new Set(['accepted', 'uncertain', 'withdrawn', 'refused']);

function stuckMessages(messages: readonly MessageRow[]): readonly string[] {
  return messages.flatMap(({ id, state }) => (ended.has(state) ? [] : [`message ${id} is ${state}`]));
}

function untold({ loop, messages }: LoopStory): readonly string[] {
  const isTold = messages.some(({ state }) => state === 'accepted' || state === 'uncertain');
  return loop.isLive && !isTold ? [`loop ${loop.id} was told to nobody`] : [];
}

/** First words are said in one message only, alone or with others. */
function saidTwice({ loop, messages }: LoopStory): readonly string[] {
  const first = messages.filter(({ moment }) => moment === 'told' || moment === 'digest');
  return first.length > 1 ? [`loop ${loop.id} was told ${first.length} times`] : [];
}

function twice(values: readonly string[]): readonly string[] {
  return values.filter((value, at) => values.indexOf(value) !== at);
}
