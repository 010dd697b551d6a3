import { durationMs } from '../core/duration.ts';
import type { Json } from '../core/event.ts';
import { keptNote } from '../core/kept-text.ts';
import { takesAnswer } from '../core/loop/answering.ts';
import type { ReplyFact } from '../core/loop/facts.ts';
import type { Answer } from '../core/message.ts';
import type { ClaimedMessage, LoopRow, StoreWrite } from '../ports/store.ts';
import type { LedgerFact, LoopParts } from './parts.ts';
import { type Change, settle } from './settle.ts';

export type ReplyInput = {
  readonly answer: Answer;
  /** One loop of the message; all of them when left out. */
  readonly loop?: string;
  /** For `not-mine`: a name, address or account of who owns it. */
  readonly owner?: string;
  /** For `wrong`: why. */
  readonly reason?: string;
  /** For `accept-risk`: until when, epoch milliseconds. */
  readonly until?: number;
  /** Of the page that was shown, so that a double click is one reply. */
  readonly nonce?: string;
  /** Through which account it came, where a channel vouches for one. */
  readonly account?: { readonly system: string; readonly name: string };
};

export type Replied =
  | { readonly kind: 'recorded'; readonly loops: readonly LoopRow[]; readonly isOwnerKnown?: boolean }
  | { readonly kind: 'not-offered' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'unknown-link' }
  | { readonly kind: 'bad-until'; readonly latest: number };

/** A reply through the recipient's link. Weak: it may claim, dispute and propose, not decide (invariant 7). */
export async function replyByLink(parts: LoopParts, tokenHash: string, input: ReplyInput): Promise<Replied> {
  const now = parts.clock.now();
  const replied = await parts.store.transaction(async (tx): Promise<Replied> => {
    const claimed = await tx.messageByToken(tokenHash);
    if (claimed === undefined) return { kind: 'unknown-link' };
    if ((claimed.message.tokenExpiresAt ?? 0) <= now) return { kind: 'expired' };
    return reply(parts, tx, claimed, input, now);
  });
  if (replied.kind === 'recorded') parts.wake();
  return replied;
}

/** Records an answer to a message; whoever calls has judged that it is the recipient's. */
export async function reply(
  parts: LoopParts,
  tx: StoreWrite,
  claimed: ClaimedMessage,
  input: ReplyInput,
  now: number,
): Promise<Replied> {
  const behaviour = parts.behaviours.get(claimed.message.behaviour);
  if (behaviour === undefined || !behaviour.answers.includes(input.answer)) return { kind: 'not-offered' };
  const latest = now + durationMs(behaviour.acceptRiskMax);
  if (
    input.answer === 'accept-risk' &&
    !(input.until !== undefined && input.until > now && input.until <= latest)
  ) {
    return { kind: 'bad-until', latest };
  }
  const ids = claimed.wants
    .map((want) => want.loop)
    .filter((id) => input.loop === undefined || input.loop === id);
  const rows = await tx.lockLoops([...new Set(ids)]);
  const open = rows.filter((row) => takesAnswer(row, claimed.message.to));
  if (open.length === 0) return { kind: 'closed' };

  const proposed =
    input.answer === 'not-mine' && input.owner !== undefined ? parts.people.find(input.owner) : undefined;
  const next = proposed?.isActive === true && proposed.id !== claimed.message.to.id ? proposed.id : undefined;
  const pairs = open.map((row) => ({ row, fact: replyFact(parts, claimed, row.id, input, next, now) }));
  const added = await tx.insertReplies(
    pairs.map(({ row, fact }) => ({
      id: fact.id,
      loop: row.id,
      message: claimed.message.id,
      at: now,
      answer: input.answer,
      body: bodyOf(fact),
    })),
  );
  const changes = pairs
    .filter(({ fact }) => added.has(fact.id))
    .map(({ row, fact }) => changeOf(row, fact, next, input.account, now));
  const settled = await settle(parts, tx, changes, now);
  await learn(parts, tx, claimed, changes, now);
  const isOwnerKnown = input.owner === undefined ? {} : { isOwnerKnown: next !== undefined };
  return { kind: 'recorded', loops: settled.length === 0 ? open : settled, ...isOwnerKnown };
}

function replyFact(
  parts: LoopParts,
  claimed: ClaimedMessage,
  loop: string,
  input: ReplyInput,
  next: string | undefined,
  now: number,
): ReplyFact {
  const once = input.nonce ?? parts.randomId();
  return {
    id: parts.idOf(['reply', claimed.message.id, loop, input.answer, once]),
    at: now,
    answer: input.answer,
    by: claimed.message.to,
    isWeak: true,
    ...(next === undefined ? {} : { proposedOwner: next }),
    ...(input.until === undefined || input.answer !== 'accept-risk' ? {} : { until: input.until }),
    ...(input.reason === undefined ? {} : { reason: keptNote(input.reason) }),
  };
}

function bodyOf(fact: ReplyFact): Json {
  const { by, ...rest } = fact;
  return { ...rest, by: { ...by } };
}

function changeOf(
  before: LoopRow,
  fact: ReplyFact,
  next: string | undefined,
  account: ReplyInput['account'],
  now: number,
): Change {
  const { facts } = before;
  const body: { [key: string]: Json } = {
    answer: fact.answer,
    reply: fact.id,
    weak: fact.isWeak,
    by: { ...fact.by },
  };
  const personal = ['/by/id'];
  if (account !== undefined) {
    body['account'] = { ...account };
    personal.push('/account/name');
  }
  if (fact.until !== undefined) body['until'] = fact.until;
  if (fact.reason !== undefined) {
    body['reason'] = fact.reason;
    personal.push('/reason');
  }
  if (fact.proposedOwner !== undefined) {
    body['proposed'] = fact.proposedOwner;
    personal.push('/proposed');
  }
  const story: LedgerFact[] = [{ kind: 'reply', at: now, body, personal }];
  const decisions =
    next === undefined
      ? facts.decisions
      : [
          ...facts.decisions,
          { kind: 'hand-over' as const, at: now, by: fact.by.id, to: { kind: 'person' as const, id: next } },
        ];
  return { before, facts: { ...facts, replies: [...facts.replies, fact], decisions }, story };
}

/** Who takes a case that was handed over to them owns such cases from now on. */
async function learn(
  parts: LoopParts,
  tx: StoreWrite,
  claimed: ClaimedMessage,
  changes: readonly Change[],
  now: number,
): Promise<void> {
  if (claimed.message.to.kind !== 'person') return;
  for (const { before, facts } of changes) {
    const answer = facts.replies.at(-1)?.answer;
    const isTaken = answer === 'done' || answer === 'need-help' || answer === 'accept-risk';
    const isHandedOver = facts.decisions.some(
      (decision) => decision.kind === 'hand-over' && decision.to.id === claimed.message.to.id,
    );
    const where = before.facts.kept[0]?.where;
    if (!isTaken || !isHandedOver || where?.repository === undefined || where.file === undefined) continue;
    await tx.learnOwner(parts.idOf(learntScope(where.repository, where.file)), claimed.message.to, now);
  }
}

/** What is learnt holds for the file in its repository. */
export function learntScope(repository: string, file: string): readonly string[] {
  return ['learnt', repository, file];
}
