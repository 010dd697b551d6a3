import { durationMs } from '../core/duration.ts';
import type { Json } from '../core/event.ts';
import { keptNote } from '../core/kept-text.ts';
import { takesAnswer } from '../core/loop/answering.ts';
import type { ReplyFact } from '../core/loop/facts.ts';
import type { Answer } from '../core/message.ts';
import type { ClaimedMessage, LoopRow, StoreWrite } from '../ports/store.ts';
import { type LedgerFact, type LoopParts, loopPrincipal } from './parts.ts';
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
  const [replied = { kind: 'unknown-link' as const }] = await repliesByLink(parts, [{ tokenHash, input }]);
  return replied;
}

export type LinkReply = { readonly tokenHash: string; readonly input: ReplyInput };

/** Replies through links, all in one transaction; answers in their order. */
export async function repliesByLink(
  parts: LoopParts,
  given: readonly LinkReply[],
): Promise<readonly Replied[]> {
  const now = parts.clock.now();
  const replied = await parts.store.transaction(async (tx) => {
    const found = await tx.read.messagesByTokens(loopPrincipal, [
      ...new Set(given.map(({ tokenHash }) => tokenHash)),
    ]);
    const results: Replied[] = given.map(({ tokenHash }) => {
      const claimed = found.get(tokenHash);
      return { kind: claimed === undefined ? 'unknown-link' : 'expired' };
    });
    const waiting = given.flatMap(({ tokenHash, input }, at) => {
      const claimed = found.get(tokenHash);
      const isValid = claimed !== undefined && (claimed.message.tokenExpiresAt ?? 0) > now;
      return isValid ? [{ at, claimed, input }] : [];
    });
    for (const round of roundsOf(waiting)) {
      const answers = await replyTogether(parts, tx, round, now);
      for (const [index, { at }] of round.entries()) results[at] = answers[index] ?? { kind: 'closed' };
    }
    return results;
  });
  if (replied.some(({ kind }) => kind === 'recorded')) parts.wake();
  return replied;
}

/** In their order, each loop at most once a round: what is said second hears what the first one changed. */
function roundsOf<T extends Asked>(asked: readonly T[]): readonly (readonly T[])[] {
  const rounds: T[][] = [];
  const lastOf = new Map<string, number>();
  for (const one of asked) {
    const loops = loopsAsked(one);
    const round = 1 + Math.max(-1, ...loops.map((loop) => lastOf.get(loop) ?? -1));
    for (const loop of loops) lastOf.set(loop, round);
    rounds[round] = [...(rounds[round] ?? []), one];
  }
  return rounds;
}

type Asked = { readonly claimed: ClaimedMessage; readonly input: ReplyInput };

function loopsAsked({ claimed, input }: Asked): readonly string[] {
  const ids = claimed.wants
    .map((want) => want.loop)
    .filter((id) => input.loop === undefined || input.loop === id);
  return [...new Set(ids)];
}

/** Records an answer to a message; whoever calls has judged that it is the recipient's. */
export async function reply(
  parts: LoopParts,
  tx: StoreWrite,
  claimed: ClaimedMessage,
  input: ReplyInput,
  now: number,
): Promise<Replied> {
  const [replied = { kind: 'closed' as const }] = await replyTogether(parts, tx, [{ claimed, input }], now);
  return replied;
}

/** Records answers of which no two speak of one loop. */
async function replyTogether(
  parts: LoopParts,
  tx: StoreWrite,
  asked: readonly Asked[],
  now: number,
): Promise<readonly Replied[]> {
  const refused = asked.map((one) => refusalOf(parts, one, now));
  const rest = asked.filter((_, at) => refused[at] === undefined);
  const locked = await tx.lockLoops([...new Set(rest.flatMap(loopsAsked))]);
  const rows = new Map(locked.map((row) => [row.id, row]));
  const pairs = rest.flatMap((one) => {
    const next = proposedOwner(parts, one);
    return loopsAsked(one).flatMap((id) => {
      const row = rows.get(id);
      if (row === undefined || !takesAnswer(row, one.claimed.message.to)) return [];
      return [{ one, row, next, fact: replyFact(parts, one.claimed, row, one.input, next, now) }];
    });
  });
  const added = await tx.insertReplies(
    pairs.map(({ one, row, fact }) => ({
      id: fact.id,
      loop: row.id,
      message: one.claimed.message.id,
      at: now,
      answer: one.input.answer,
      body: bodyOf(fact),
    })),
  );
  const fresh = pairs.filter(({ fact }) => added.has(fact.id));
  const changed = fresh.map((pair) => ({
    ...pair,
    change: changeOf(pair.row, pair.fact, pair.next, pair.one.input.account, now),
  }));
  const changes = changed.map(({ change }) => change);
  const settled = new Map((await settle(parts, tx, changes, now)).map((row) => [row.id, row]));
  for (const { one, change } of changed) await learn(parts, tx, one.claimed, [change], now);
  return asked.map((one, at): Replied => {
    const refusal = refused[at];
    if (refusal !== undefined) return refusal;
    const own = pairs.filter((pair) => pair.one === one);
    if (own.length === 0) return { kind: 'closed' };
    const news = own.flatMap(({ row }) => settled.get(row.id) ?? []);
    const isOwnerKnown = one.input.owner === undefined ? {} : { isOwnerKnown: own[0]?.next !== undefined };
    return { kind: 'recorded', loops: news.length === 0 ? own.map(({ row }) => row) : news, ...isOwnerKnown };
  });
}

function refusalOf(parts: LoopParts, { claimed, input }: Asked, now: number): Replied | undefined {
  const behaviour = parts.behaviours.get(claimed.message.behaviour);
  if (behaviour === undefined || !behaviour.answers.includes(input.answer)) return { kind: 'not-offered' };
  const latest = now + durationMs(behaviour.acceptRiskMax);
  const isUntil = input.until !== undefined && input.until > now && input.until <= latest;
  return input.answer === 'accept-risk' && !isUntil ? { kind: 'bad-until', latest } : undefined;
}

/** Whom "not mine" names, if the directory knows them and they are somebody else. */
function proposedOwner(parts: LoopParts, { claimed, input }: Asked): string | undefined {
  if (input.answer !== 'not-mine' || input.owner === undefined) return undefined;
  const found = parts.people.find(input.owner);
  return found?.isActive === true && found.id !== claimed.message.to.id ? found.id : undefined;
}

function replyFact(
  parts: LoopParts,
  claimed: ClaimedMessage,
  row: LoopRow,
  input: ReplyInput,
  next: string | undefined,
  now: number,
): ReplyFact {
  const once = input.nonce ?? parts.randomId();
  const told = row.facts.messages.find(({ message }) => message === claimed.message.id);
  return {
    id: parts.idOf(['reply', claimed.message.id, row.id, input.answer, once]),
    at: now,
    answer: input.answer,
    by: claimed.message.to,
    isWeak: true,
    ...(next === undefined ? {} : { proposedOwner: next }),
    ...(input.until === undefined || input.answer !== 'accept-risk' ? {} : { until: input.until }),
    ...(input.reason === undefined ? {} : { reason: keptNote(input.reason) }),
    ...(told?.standInFor === undefined ? {} : { standInFor: told.standInFor }),
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
  if (fact.standInFor !== undefined) {
    body['standInFor'] = fact.standInFor;
    personal.push('/standInFor');
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
