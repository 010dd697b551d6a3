import { readSnapshot } from '../core/message-snapshot.ts';
import type { Delivery, SendResult } from '../ports/channel.ts';
import type { ClaimedMessage, MessageMove, MessageUpdate } from '../ports/store.ts';
import { secondsAfter } from './back-off.ts';
import { batchMax, leaseOf, prepareMessages, type Ready } from './hand-over.ts';
import { nextRung } from './ladder.ts';
import { type LoopParts, loopPrincipal } from './parts.ts';
import { isGone, noteGone } from './receivers.ts';
import { type MessageNews, rememberMessages } from './remember.ts';

const concurrentMax = 16;
/** Of the lease: one hand-over ends within this, whatever the channel does, … */
const sendShare = 1 / 2;
/** … and none begins after this, so that the rest is left to write down how they ended. */
const startShare = 5 / 12;

export type Delivered = { readonly sent: number; readonly uncertain: number; readonly failed: number };

/**
 * Hands due messages to their channels. `sending` is durable before the call and the outcome after it: a process that
 * dies in between leaves a message that is known to be uncertain, never one that is said twice (invariant 2).
 */
export async function deliver(parts: LoopParts): Promise<Delivered> {
  const now = parts.clock.now();
  if (await isPaused(parts)) return { sent: 0, uncertain: 0, failed: 0 };
  const lease = parts.randomId();
  const ready = await parts.store.transaction((tx) => prepareMessages(parts, tx, lease, now));
  const startBy = now + leaseOf(parts) * startShare;
  const gone = await goneChannels(parts, ready);
  const outcomes = await inParallel(ready, (item) => send(parts, item, startBy, gone));
  return record(parts, lease, outcomes);
}

export async function isPaused(parts: LoopParts): Promise<boolean> {
  const pause = await parts.store.read.setting(loopPrincipal, 'pause');
  return typeof pause === 'object' && pause !== null && 'on' in pause && pause.on === true;
}

type Outcome = {
  readonly claimed: ClaimedMessage;
  readonly attempt: number;
  readonly result: SendResult;
  /** What was handed over; undefined when another process did and died. */
  readonly delivery?: Delivery;
};

async function goneChannels(parts: LoopParts, ready: readonly Ready[]): Promise<ReadonlySet<string>> {
  const gone = new Set<string>();
  for (const id of new Set(ready.map(({ claimed }) => claimed.message.channel)))
    if (await isGone(parts, parts.channel(id))) gone.add(id);
  return gone;
}

async function send(
  parts: LoopParts,
  ready: Ready,
  startBy: number,
  gone: ReadonlySet<string>,
): Promise<Outcome> {
  const { claimed, delivery } = ready;
  const channel = parts.channel(claimed.message.channel);
  // A slow channel uses up the lease; what it could no longer be asked in time waits for the next turn.
  if (parts.clock.now() > startBy) {
    const result: SendResult = { kind: 'retry', afterSeconds: 0, reason: 'there was no time left for it' };
    return { claimed, attempt: claimed.message.attempt, result };
  }
  const outcome = (result: SendResult): Outcome => ({ claimed, attempt: delivery.attempt, result, delivery });
  if (channel === undefined) return outcome({ kind: 'refused', reason: 'the channel is switched off' });
  if (gone.has(channel.id))
    return outcome({ kind: 'refused', reason: 'the receiver wants no more messages' });
  if (channel.address(delivery.recipient) === undefined) {
    return outcome({ kind: 'refused', reason: 'the recipient has no address there' });
  }
  try {
    return outcome(
      await channel.send({ ...delivery, signal: AbortSignal.timeout(leaseOf(parts) * sendShare) }),
    );
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
    for (const { claimed, result } of settled)
      if (result.kind === 'refused' && result.isGone === true)
        await noteGone(tx, parts.channel(claimed.message.channel)?.receivers?.messages, now);
    const moves = settled.flatMap((item) => moveOf(parts, item, lease, now) ?? []);
    const isMoving = new Set(moves.map(({ id }) => id));
    const moved = await tx.moveMessages(moves);
    const updated = await tx.recordMessages(
      settled
        .filter(({ claimed }) => !isMoving.has(claimed.message.id))
        .map((item) => updateOf(parts, item, lease, now)),
    );
    const recorded = settled.filter(({ claimed }) => updated.has(claimed.message.id));
    const went = settled.filter(({ claimed }) => moved.has(claimed.message.id));
    await rememberMessages(
      parts,
      tx,
      [...newsOf(parts, recorded), ...went.map(({ claimed }) => ({ claimed, outcome: 'moved' as const }))],
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

/** A refusal says that nobody was told: the message goes on to the next channel, if there is one. */
function moveOf(parts: LoopParts, outcome: Outcome, lease: string, now: number): MessageMove | undefined {
  const { claimed, result } = outcome;
  const to = result.kind === 'refused' ? nextRung(parts, claimed.message) : undefined;
  if (to === undefined || result.kind !== 'refused') return undefined;
  const { id, channel: from } = claimed.message;
  return { id, lease, from, to, outcome: 'refused', at: now, reason: `${from}: ${result.reason}` };
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
        ...(result.note === undefined ? {} : { lastError: result.note }),
      };
    case 'retry': {
      if (attempt >= parts.delivery.attemptsMax) return { ...base, state: 'dead', lastError: result.reason };
      const usual = secondsAfter(parts.channel(claimed.message.channel), attempt);
      const seconds = result.afterSeconds ?? usual;
      return { ...base, state: 'queued', attempt, dueAt: now + seconds * 1000, lastError: result.reason };
    }
    case 'refused':
      return { ...base, state: 'refused', lastError: result.reason };
    case 'uncertain':
      return { ...base, state: 'uncertain', sentAt: now, lastError: result.reason };
  }
}

/** What a loop learns of its message. A retry is not yet news. */
function newsOf(parts: LoopParts, outcomes: readonly Outcome[]): readonly MessageNews[] {
  return outcomes.flatMap((outcome): readonly MessageNews[] => {
    const { kind } = outcome.result;
    const isDead = kind === 'retry' && outcome.attempt >= parts.delivery.attemptsMax;
    if (kind === 'retry' && !isDead) return [];
    return [{ claimed: outcome.claimed, outcome: kind === 'retry' ? 'refused' : kind }];
  });
}

/** Messages whose process died after `sending`: nobody knows whether they arrived. */
export async function settleAbandoned(parts: LoopParts): Promise<number> {
  const now = parts.clock.now();
  const lease = parts.randomId();
  const claimed = await parts.store.transaction((tx) =>
    tx.claimAbandoned(now, batchMax, lease, now + leaseOf(parts)),
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
  const waiting = items.entries();
  // All take from one list, so that a slow one holds up nobody else.
  const takeNext = async () => {
    for (const [at, item] of waiting) results[at] = await work(item);
  };
  await Promise.all(Array.from({ length: concurrentMax }, takeNext));
  return results;
}
