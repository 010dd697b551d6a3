import type { MessageFact } from '../core/loop/facts.ts';
import { answersMail } from '../core/loop/wants.ts';
import { readSnapshot, snapshotOf } from '../core/message-snapshot.ts';
import type { Delivery, SendResult } from '../ports/channel.ts';
import type { ClaimedMessage, LoopRow, MessageUpdate, StoreWrite } from '../ports/store.ts';
import { type LedgerFact, type LoopParts, loopPrincipal } from './parts.ts';
import { type Change, settle, standing } from './settle.ts';

/** Longer than any channel's own time-out, so that a lease that ran out means a process that died. */
export const leaseMs = 60_000;
export const sendTimeoutMs = 30_000;
const batchMax = 100;
const concurrentMax = 16;
const dayMs = 86_400_000;

/** Waits before the next attempt, in seconds; afterwards the last one repeats. */
const backOffSeconds = [5, 30, 120, 600, 1800, 7200, 14_400, 28_800];

export type Delivered = { readonly sent: number; readonly uncertain: number; readonly failed: number };

/**
 * Hands due messages to their channels. `sending` is durable before the call and the outcome after it: a process that
 * dies in between leaves a message that is known to be uncertain, never one that is said twice (invariant 2).
 */
export async function deliver(parts: LoopParts): Promise<Delivered> {
  const now = parts.clock.now();
  if (await isPaused(parts)) return { sent: 0, uncertain: 0, failed: 0 };
  const lease = parts.randomId();
  const ready = await parts.store.transaction((tx) => prepare(parts, tx, lease, now));
  const outcomes = await inParallel(ready, (item) => send(parts, item));
  return record(parts, lease, outcomes);
}

export async function isPaused(parts: LoopParts): Promise<boolean> {
  const pause = await parts.store.read.setting(loopPrincipal, 'pause');
  return typeof pause === 'object' && pause !== null && 'on' in pause && pause.on === true;
}

type Ready = { readonly claimed: ClaimedMessage; readonly delivery: Delivery };

async function prepare(
  parts: LoopParts,
  tx: StoreWrite,
  lease: string,
  now: number,
): Promise<readonly Ready[]> {
  const claimed = await tx.claimMessages(now, batchMax, lease, now + leaseMs);
  if (claimed.length === 0) return [];
  const locked = await tx.lockLoops([
    ...new Set(claimed.flatMap((item) => item.wants.map((want) => want.loop))),
  ]);
  const rows = new Map(locked.map((row) => [row.id, row]));
  const ready: Ready[] = [];
  const updates: MessageUpdate[] = [];
  const withdrawn: string[] = [];
  for (const item of claimed) {
    const { message } = item;
    const loops = message.snapshot === undefined ? stillWanted(parts, item, rows, now) : loopsOf(item, rows);
    const recipient = parts.recipient(message.to);
    if (loops.length === 0 || recipient === undefined) {
      withdrawn.push(message.id);
      updates.push({
        id: message.id,
        state: 'withdrawn',
        lease,
        lastError: 'nobody needs to hear this any more',
      });
      continue;
    }
    const link = parts.replyLink(message.id, message.to.id);
    const rendered =
      readSnapshot(message.snapshot, link.url) ??
      parts.render({
        message: message.id,
        moment: message.moment,
        behaviour: message.behaviour,
        recipient,
        loops,
        at: now,
        ...(link.url === undefined ? {} : { replyUrl: link.url }),
        ...(item.wants.every((want) => answersMail(want.occasion)) ? { variant: 'mail' } : {}),
      });
    const attempt = message.attempt + 1;
    updates.push({
      id: message.id,
      state: 'sending',
      lease,
      attempt,
      snapshot: snapshotOf(rendered),
      tokenHash: link.tokenHash,
      tokenExpiresAt: now + parts.delivery.linkDays * dayMs,
    });
    ready.push({
      claimed: item,
      delivery: { messageId: message.id, recipient, message: rendered, attempt, at: now },
    });
  }
  await tx.recordMessages(updates);
  if (withdrawn.length > 0) {
    await tx.releaseWants(withdrawn);
    const freed = claimed
      .filter((item) => withdrawn.includes(item.message.id))
      .flatMap((item) => loopsOf(item, rows));
    await settle(
      parts,
      tx,
      unique(freed).map((before) => ({ before, facts: before.facts, story: [] })),
      now,
    );
  }
  return ready;
}

function loopsOf(item: ClaimedMessage, rows: ReadonlyMap<string, LoopRow>): readonly LoopRow[] {
  return item.wants.flatMap((want) => rows.get(want.loop) ?? []);
}

/** Between planning and sending the world may have moved on: only what is still due to this recipient is said. */
function stillWanted(
  parts: LoopParts,
  item: ClaimedMessage,
  rows: ReadonlyMap<string, LoopRow>,
  now: number,
): readonly LoopRow[] {
  const { to } = item.message;
  return item.wants.flatMap((want) => {
    const row = rows.get(want.loop);
    const behaviour = row === undefined ? undefined : parts.behaviours.get(row.behaviour);
    if (row === undefined || behaviour === undefined) return [];
    const { wants } = standing(parts, behaviour, row.facts, row.owner, row.repository, now);
    const isWanted = wants.some(
      (due) => due.occasion === want.occasion && due.to.kind === to.kind && due.to.id === to.id,
    );
    return isWanted ? [row] : [];
  });
}

type Outcome = {
  readonly claimed: ClaimedMessage;
  readonly attempt: number;
  readonly result: SendResult;
  /** What was handed over; undefined when another process did and died. */
  readonly delivery?: Delivery;
};

async function send(parts: LoopParts, ready: Ready): Promise<Outcome> {
  const { claimed, delivery } = ready;
  const channel = parts.channel(claimed.message.channel);
  const outcome = (result: SendResult): Outcome => ({ claimed, attempt: delivery.attempt, result, delivery });
  if (channel === undefined) return outcome({ kind: 'refused', reason: 'the channel is switched off' });
  if (channel.address(delivery.recipient) === undefined) {
    return outcome({ kind: 'refused', reason: 'the recipient has no address there' });
  }
  try {
    return outcome(await channel.send({ ...delivery, signal: AbortSignal.timeout(sendTimeoutMs) }));
  } catch {
    // A channel that throws has not said whether the message left; that is what uncertain means.
    return outcome({ kind: 'uncertain', reason: 'the channel broke off' });
  }
}

async function record(parts: LoopParts, lease: string, outcomes: readonly Outcome[]): Promise<Delivered> {
  if (outcomes.length === 0) return { sent: 0, uncertain: 0, failed: 0 };
  const now = parts.clock.now();
  const settled = await inParallel(outcomes, (outcome) => reconcile(parts, outcome));
  await parts.store.transaction(async (tx) => {
    const updated = await tx.recordMessages(settled.map((item) => updateOf(parts, item, lease, now)));
    await remember(
      parts,
      tx,
      settled.filter((item) => updated.has(item.claimed.message.id)),
      now,
    );
  });
  const count = (kind: SendResult['kind']) => settled.filter((item) => item.result.kind === kind).length;
  return { sent: count('accepted'), uncertain: count('uncertain'), failed: count('refused') };
}

/** Settles what is uncertain in the way that the channel declares, before it is written down. */
async function reconcile(parts: LoopParts, outcome: Outcome): Promise<Outcome> {
  if (outcome.result.kind !== 'uncertain') return outcome;
  const channel = parts.channel(outcome.claimed.message.channel);
  const { reason } = outcome.result;
  if (channel?.reconcile === 'idempotent') return { ...outcome, result: { kind: 'retry', reason } };
  const delivery = outcome.delivery ?? deliveryOf(parts, outcome);
  if (channel?.reconcile !== 'lookup' || channel.lookup === undefined || delivery === undefined)
    return outcome;
  const found = await channel.lookup(delivery).catch(() => 'unknown' as const);
  if (found === 'arrived') return { ...outcome, result: { kind: 'accepted' } };
  return found === 'absent' ? { ...outcome, result: { kind: 'retry', reason } } : outcome;
}

function deliveryOf(parts: LoopParts, outcome: Outcome): Delivery | undefined {
  const { message } = outcome.claimed;
  const recipient = parts.recipient(message.to);
  const rendered = readSnapshot(message.snapshot);
  if (recipient === undefined || rendered === undefined) return undefined;
  return {
    messageId: message.id,
    recipient,
    message: rendered,
    attempt: outcome.attempt,
    at: parts.clock.now(),
  };
}

function updateOf(parts: LoopParts, outcome: Outcome, lease: string, now: number): MessageUpdate {
  const { claimed, attempt, result } = outcome;
  const base = { id: claimed.message.id, lease };
  switch (result.kind) {
    case 'accepted':
      return {
        ...base,
        state: 'accepted',
        sentAt: now,
        ...(result.reference === undefined ? {} : { reference: result.reference }),
      };
    case 'retry': {
      if (attempt >= parts.delivery.attemptsMax) return { ...base, state: 'dead', lastError: result.reason };
      const seconds =
        result.afterSeconds ?? backOffSeconds[Math.min(attempt, backOffSeconds.length) - 1] ?? 5;
      return { ...base, state: 'queued', dueAt: now + seconds * 1000, lastError: result.reason };
    }
    case 'refused':
      return { ...base, state: 'refused', lastError: result.reason };
    case 'uncertain':
      return { ...base, state: 'uncertain', sentAt: now, lastError: result.reason };
  }
}

/** What a loop learns of its message. A retry is not yet news. */
async function remember(
  parts: LoopParts,
  tx: StoreWrite,
  outcomes: readonly Outcome[],
  now: number,
): Promise<void> {
  const news = outcomes.flatMap((outcome) => {
    const { kind } = outcome.result;
    const isDead = kind === 'retry' && outcome.attempt >= parts.delivery.attemptsMax;
    if (kind === 'retry' && !isDead) return [];
    return [{ claimed: outcome.claimed, outcome: kind === 'retry' ? ('refused' as const) : kind }];
  });
  await rememberMessages(parts, tx, news, now);
}

/** Adds what became of messages to the facts of their loops and settles them. */
export async function rememberMessages(
  parts: LoopParts,
  tx: StoreWrite,
  news: readonly { readonly claimed: ClaimedMessage; readonly outcome: MessageFact['outcome'] }[],
  now: number,
): Promise<void> {
  const byLoop = new Map<string, { fact: MessageFact; story: LedgerFact }[]>();
  for (const { claimed, outcome } of news) {
    const { message } = claimed;
    for (const want of claimed.wants) {
      const fact: MessageFact = {
        message: message.id,
        moment: message.moment,
        occasion: want.occasion,
        recipient: message.to,
        at: now,
        outcome,
        ...(message.isShadow ? { isShadow: true } : {}),
      };
      const story: LedgerFact = {
        kind: 'message',
        at: now,
        body: {
          message: message.id,
          moment: message.moment,
          occasion: want.occasion,
          outcome,
          channel: message.channel,
          shadow: message.isShadow,
          to: { kind: message.to.kind, id: message.to.id },
        },
        personal: ['/to/id'],
      };
      byLoop.set(want.loop, [...(byLoop.get(want.loop) ?? []), { fact, story }]);
    }
  }
  const rows = await tx.lockLoops([...byLoop.keys()]);
  const changes = rows.map((before): Change => {
    const told = byLoop.get(before.id) ?? [];
    const { facts } = before;
    const messages = [
      ...facts.messages.filter((old) => !told.some(({ fact }) => fact.occasion === old.occasion)),
      ...told.map(({ fact }) => fact),
    ];
    return { before, facts: { ...facts, messages }, story: told.map(({ story }) => story) };
  });
  await settle(parts, tx, changes, now);
}

/** Messages whose process died after `sending`: nobody knows whether they arrived. */
export async function settleAbandoned(parts: LoopParts): Promise<number> {
  const now = parts.clock.now();
  const lease = parts.randomId();
  const claimed = await parts.store.transaction((tx) =>
    tx.claimAbandoned(now, batchMax, lease, now + leaseMs),
  );
  const outcomes = claimed.map(
    (item): Outcome => ({
      claimed: item,
      attempt: item.message.attempt,
      result: { kind: 'uncertain', reason: 'the process ended before the channel answered' },
    }),
  );
  await record(parts, lease, outcomes);
  return claimed.length;
}

async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += concurrentMax) {
    results.push(...(await Promise.all(items.slice(start, start + concurrentMax).map(work))));
  }
  return results;
}

function unique(rows: readonly LoopRow[]): readonly LoopRow[] {
  return [...new Map(rows.map((row) => [row.id, row])).values()];
}
