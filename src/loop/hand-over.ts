import { isClosed } from '../core/loop/states.ts';
import { answersMail } from '../core/loop/wants.ts';
import type { CasePlace, RenderedMessage, Spot } from '../core/message.ts';
import { readSnapshot, snapshotOf } from '../core/message-snapshot.ts';
import { momentsThatAsk } from '../core/message-template.ts';
import type { Delivery, Recipient } from '../ports/channel.ts';
import type { ClaimedMessage, LoopRow, MessageUpdate, StoreWrite, WantRow } from '../ports/store.ts';
import { withControlOf } from './controls/scope.ts';
import { readLeaves } from './leaves.ts';
import { overPace } from './pace.ts';
import { type LoopParts, ownerView } from './parts.ts';
import { rememberMessages } from './remember.ts';
import { returnKeyOf } from './return-key.ts';
import { isSpokenOf, readStandingOrders } from './rollout.ts';
import { settle, standing } from './settle.ts';

/** How long a process may take over what it claimed. One whose lease ran out is taken for dead. */
const leaseMs = 60_000;
/** Messages claimed at once, as many as are planned at once. A process that dies leaves at most these uncertain. */
export const batchMax = 200;
/** Of released history a few only: each speaks for many cases, and what is live waits for them to be recorded. */
const claimMax = { live: batchMax, released: 10 };
const dayMs = 86_400_000;

export function leaseOf(parts: LoopParts): number {
  return parts.delivery.leaseMs ?? leaseMs;
}

/** A message that is recorded as being sent, and what is to be handed over. */
export type Ready = Pick<Plan, 'claimed'> & { readonly delivery: Delivery };

/** Claims due messages and records as `sending` what is still wanted of them, in words. */
export async function prepareMessages(
  parts: LoopParts,
  tx: StoreWrite,
  lease: string,
  now: number,
): Promise<readonly Ready[]> {
  const claimed = await tx.claimMessages(now, claimMax, lease, now + leaseOf(parts));
  if (claimed.length === 0) return [];
  const locked = await tx.lockLoops([
    ...new Set(claimed.flatMap((item) => item.wants.map((want) => want.loop))),
  ]);
  const scopes = await readStandingOrders(parts, tx);
  await readLeaves(parts, tx.read);
  const rows = new Map(locked.map((row) => [row.id, withControlOf(parts, scopes, row)]));
  const plans = claimed.map((item) => planOf(parts, item, rows, now));
  const later = await overPace(
    parts,
    tx,
    plans.flatMap((plan) => (plan.kind === 'ready' ? [plan.claimed] : [])),
    now,
  );
  await tx.recordMessages(
    plans.map((plan) => {
      const { id } = plan.claimed.message;
      const dueAt = later.get(id);
      // It waits as it is: nothing was tried.
      return dueAt === undefined
        ? { id, lease, ...updateOfPlan(parts, plan, now) }
        : { id, lease, state: 'queued' as const, dueAt };
    }),
  );
  await rememberMessages(
    parts,
    tx,
    plans.flatMap((plan) => (plan.kind === 'failed' ? [{ claimed: plan.claimed, outcome: 'refused' }] : [])),
    now,
  );
  await free(
    parts,
    tx,
    plans.flatMap((plan) => plan.freed),
    now,
  );
  return plans.flatMap((plan) =>
    plan.kind === 'ready' && !later.has(plan.claimed.message.id) ? [plan] : [],
  );
}

type Plan = { readonly claimed: ClaimedMessage; readonly freed: readonly WantRow[] } & (
  | { readonly kind: 'ready'; readonly delivery: Delivery; readonly tokenHash: string }
  | { readonly kind: 'withdrawn' }
  | { readonly kind: 'failed'; readonly state: 'refused' | 'dead'; readonly reason: string }
);

/** Between planning and sending the world may have moved on: only what is still due to this recipient is said. */
function planOf(
  parts: LoopParts,
  item: ClaimedMessage,
  rows: ReadonlyMap<string, LoopRow>,
  now: number,
): Plan {
  const { message } = item;
  const wanted =
    message.isReplay === true && !isHeldBack(parts, message, item.wants, rows)
      ? isOver(item, rows)
        ? []
        : item.wants
      : item.wants.filter((want) => isStillWanted(parts, want, rows.get(want.loop), now));
  if (wanted.length === 0) return { kind: 'withdrawn', claimed: item, freed: item.wants };
  // What was put into words once keeps them: a retry says the same, also of loops that moved on meanwhile.
  const wants = message.snapshot === undefined ? wanted : item.wants;
  const freed = item.wants.filter((want) => !wants.includes(want));
  const claimed = { message, wants };
  const recipient = parts.recipient(message.to);
  if (recipient === undefined)
    return {
      kind: 'failed',
      claimed,
      freed,
      state: 'refused',
      reason: 'nobody knows the recipient any more',
    };
  const link = parts.replyLink(message.id, message.to.id);
  const rendered =
    readSnapshot(message.snapshot, link.url) ?? wordsOf(parts, claimed, recipient, rows, link.url, now);
  if (rendered === undefined)
    return { kind: 'failed', claimed, freed, state: 'dead', reason: 'there are no words for it' };
  const attempt = message.attempt + 1;
  const returnKey = returnKeyOf(parts, message.id);
  const delivery = { messageId: message.id, recipient, message: rendered, attempt, at: now, returnKey };
  return { kind: 'ready', claimed, freed, delivery, tokenHash: link.tokenHash };
}

/** What is closed meanwhile asks nobody for anything, whoever decided to say it again. */
function isOver({ message, wants }: ClaimedMessage, rows: ReadonlyMap<string, LoopRow>): boolean {
  if (!momentsThatAsk.has(message.moment)) return false;
  return wants.every(({ loop }) => {
    const state = rows.get(loop)?.state;
    return state !== undefined && (isClosed(state) || state === 'verified');
  });
}

/** A switch may have been turned to shadow since a person decided to send it again. */
function isHeldBack(
  parts: LoopParts,
  message: ClaimedMessage['message'],
  wants: readonly WantRow[],
  rows: ReadonlyMap<string, LoopRow>,
): boolean {
  if (message.isShadow) return false;
  return wants.every(({ loop }) => {
    const row = rows.get(loop);
    return row === undefined || !isSpokenOf(parts, row.facts, ownerView(parts, row.owner, row.repository));
  });
}

function isStillWanted(parts: LoopParts, want: WantRow, row: LoopRow | undefined, now: number): boolean {
  const behaviour = row === undefined ? undefined : parts.behaviours.get(row.behaviour);
  if (row === undefined || behaviour === undefined) return false;
  const { wants } = standing(parts, behaviour, row.facts, row.owner, row.repository, now);
  const { occasion, to } = want;
  return wants.some(
    (due) =>
      due.occasion === occasion &&
      due.to.kind === to.kind &&
      due.to.id === to.id &&
      // Somebody went away since it was planned.
      (due.heldUntil ?? 0) <= now,
  );
}

/** Undefined when it cannot be put into words: one such message must not hold up all others. */
function wordsOf(
  parts: LoopParts,
  { message, wants }: ClaimedMessage,
  recipient: Recipient,
  rows: ReadonlyMap<string, LoopRow>,
  replyUrl: string | undefined,
  at: number,
): RenderedMessage | undefined {
  const { id, moment, behaviour } = message;
  const standInFor = wants[0]?.standInFor;
  const loops = wants.flatMap((want) => rows.get(want.loop) ?? []);
  const link = replyUrl === undefined ? {} : { replyUrl };
  const variant = wants.every((want) => answersMail(want.occasion)) ? { variant: 'mail' as const } : {};
  try {
    const rendered = parts.render({
      message: id,
      moment,
      behaviour,
      recipient,
      loops,
      at,
      ...link,
      ...variant,
      ...(message.variant === undefined ? {} : { trial: message.variant }),
      ...(standInFor === undefined ? {} : { standInFor }),
    });
    const place = placeOf(loops);
    return place === undefined ? rendered : { ...rendered, place };
  } catch {
    return undefined;
  }
}

/** Where all of it happened: the same repository, and the same commit and line as far as they agree. */
function placeOf(loops: readonly LoopRow[]): CasePlace | undefined {
  const [first, ...others] = loops.map(({ facts }) => facts.kept[0]?.where);
  if (first?.repository === undefined) return undefined;
  const { repository, commit, file, line } = first;
  if (others.some((where) => where?.repository !== repository)) return undefined;
  if (commit === undefined || others.some((where) => where?.commit !== commit)) return { repository };
  const spots = spotsIn(loops, repository, commit);
  const several = spots.length > 1 ? { spots } : {};
  if (file === undefined || others.length > 0) return { repository, commit, ...several };
  return { repository, commit, file, ...(line === undefined ? {} : { line }), ...several };
}

/** A message speaks for many cases, and a case was seen in many lines; what is more than these is only counted. */
const spotsMax = 500;

function spotsIn(loops: readonly LoopRow[], repository: string, commit: string): readonly Spot[] {
  const spots = new Map<string, Spot>();
  for (const { where } of loops.flatMap(({ facts }) => facts.kept)) {
    const { file, line } = where;
    if (
      where.repository !== repository ||
      where.commit !== commit ||
      file === undefined ||
      line === undefined
    )
      continue;
    spots.set(JSON.stringify([file, line]), { file, line });
    if (spots.size === spotsMax) break;
  }
  return [...spots.values()];
}

function updateOfPlan(parts: LoopParts, plan: Plan, now: number): Omit<MessageUpdate, 'id'> {
  switch (plan.kind) {
    case 'withdrawn':
      return { state: 'withdrawn', lastError: 'nobody needs to hear this any more' };
    case 'failed':
      return { state: plan.state, lastError: plan.reason };
    case 'ready':
      return {
        state: 'sending',
        attempt: plan.delivery.attempt,
        snapshot: snapshotOf(plan.delivery.message),
        tokenHash: plan.tokenHash,
        tokenExpiresAt: now + parts.delivery.linkDays * dayMs,
      };
  }
}

/** Words that a message was to say and will not: they are looked at anew, for whoever is to hear them now. */
async function free(parts: LoopParts, tx: StoreWrite, wants: readonly WantRow[], now: number): Promise<void> {
  if (wants.length === 0) return;
  await tx.releaseWants(wants);
  const rows = await tx.lockLoops([...new Set(wants.map((want) => want.loop))]);
  await settle(
    parts,
    tx,
    rows.map((before) => ({ before, facts: before.facts, story: [] })),
    now,
  );
}
