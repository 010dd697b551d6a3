import { takesAnswer } from '../core/loop/answering.ts';
import type { SnoozeChoice } from '../core/loop/snooze.ts';
import { ownAnswers } from '../core/own-answers.ts';
import type { Channel } from '../ports/channel.ts';
import type { Command } from '../ports/source.ts';
import type { ClaimedMessage, StoreWrite } from '../ports/store.ts';
import { readCaseCode } from './case-code.ts';
import { type Replied, reply } from './listen.ts';
import { type LoopParts, loopPrincipal } from './parts.ts';
import { isAddressee } from './press.ts';
import { type Snoozed, snooze } from './snooze.ts';

export type Commanded =
  | Exclude<Replied, { readonly kind: 'bad-until' | 'unknown-link' }>
  /** No message of ours stands in that thread, or none about that case. */
  | { readonly kind: 'unknown-message' }
  /** Not whom the message went to: recorded, and the case stays where it is. */
  | { readonly kind: 'stranger' }
  /** It is taken from whoever signed in as the recipient, on the page. */
  | { readonly kind: 'sign-in-first' }
  /** Several cases of theirs wait in that thread: the code must say which. */
  | { readonly kind: 'which-case' }
  | Snoozed;

/** Messages of one thread that are looked at. */
const threadMax = 50;
/** Answers that a comment may give: others need the recipient's own page. */
const answered: ReadonlySet<string> = new Set(['done', 'need-help', 'not-mine', 'wrong', 'snooze']);
/** How much later, as people write it. Anything else is not taken: nobody guesses a time. */
const laterWords: Readonly<Record<string, SnoozeChoice>> = {
  '': 'next-day',
  tomorrow: 'next-day',
  '3d': 'three-days',
  '3 days': 'three-days',
  '1w': 'week',
  'a week': 'week',
};

/**
 * Takes an answer that was written as a comment where a message stands. The far side vouches for the account, which must
 * be linked to whom the message went. As weak as a reply by the link: it may claim, dispute and propose, not decide.
 */
export async function takeCommand(parts: LoopParts, channel: Channel, command: Command): Promise<Commanded> {
  if (!answered.has(command.answer)) return { kind: 'not-offered' };
  const now = parts.clock.now();
  const outcome = await parts.store.transaction((tx) => take(parts, tx, channel, command, now));
  if (outcome.kind === 'recorded' || outcome.kind === 'snoozed') parts.wake();
  return outcome;
}

async function take(
  parts: LoopParts,
  tx: StoreWrite,
  channel: Channel,
  command: Command,
  now: number,
): Promise<Commanded> {
  const { account, answer, nonce, text } = command;
  const { about, named } = await messagesOf(tx, channel, command);
  const [latest] = about;
  if (latest === undefined) return { kind: 'unknown-message' };
  const person = parts.people.byAccount(account.system, account.name);
  const own = about.filter(({ message }) => isAddressee(parts, message.to, person, undefined));
  if (own.length === 0) return refuse(parts, tx, latest, command, now);
  const loop = named ?? (await onlyOpen(tx, own));
  if (typeof loop !== 'string') return loop;
  const claimed = own.find(({ wants }) => wants.some((want) => want.loop === loop));
  if (claimed === undefined) return { kind: 'unknown-message' };
  if ((claimed.message.tokenExpiresAt ?? 0) <= now) return { kind: 'expired' };
  if (answer === 'snooze') {
    const later = (text ?? '').toLowerCase();
    const choice = Object.hasOwn(laterWords, later) ? laterWords[later] : undefined;
    if (choice === undefined) return { kind: 'not-offered' };
    return snooze(parts, tx, claimed, { choice, loop, nonce, account }, now);
  }
  if (parts.recipientsSignIn && ownAnswers.has(answer)) return { kind: 'sign-in-first' };
  const words =
    text === undefined ? {} : answer === 'not-mine' ? { owner: text.replace(/^@/u, '') } : { reason: text };
  const replied = await reply(parts, tx, claimed, { answer, loop, nonce, account, ...words }, now);
  return replied.kind === 'bad-until' || replied.kind === 'unknown-link' ? { kind: 'not-offered' } : replied;
}

/** What was written in the thread, of the case that is named if one is; the latest first. */
async function messagesOf(
  tx: StoreWrite,
  channel: Channel,
  { reference, caseCode }: Command,
): Promise<{ readonly about: readonly ClaimedMessage[]; readonly named?: string }> {
  const there = await tx.messagesByReference(channel.id, reference, threadMax);
  if (caseCode === undefined) return { about: there };
  const code = readCaseCode(caseCode);
  const story = code === undefined ? undefined : await tx.read.loop(loopPrincipal, code);
  if (story === undefined) return { about: [] };
  const named = story.loop.id;
  // One that was found again by its marker may stand anywhere: nobody noted where.
  const lost: ClaimedMessage[] = [];
  for (const { id, channel: of, reference: where, sentAt } of story.messages) {
    if (of !== channel.id || where !== undefined || sentAt === undefined) continue;
    const found = await tx.messageById(id);
    if (found !== undefined) lost.push(found);
  }
  const about = [...there, ...lost].filter(({ wants }) => wants.some(({ loop }) => loop === named));
  return { about, named };
}

/** The one case in the thread that still waits for them. */
async function onlyOpen(tx: StoreWrite, own: readonly ClaimedMessage[]): Promise<string | Commanded> {
  const ids = [...new Set(own.flatMap(({ wants }) => wants.map(({ loop }) => loop)))];
  const rows = await tx.lockLoops(ids);
  const open = rows.filter((row) =>
    own.some(
      ({ message, wants }) => wants.some(({ loop }) => loop === row.id) && takesAnswer(row, message.to),
    ),
  );
  // Whoever answered may answer again; what has no answer yet is meant first.
  const waiting = open.filter(({ facts }) =>
    own.every(
      ({ message: { to } }) => !facts.replies.some(({ by }) => by.kind === to.kind && by.id === to.id),
    ),
  );
  const [only, ...others] = waiting.length > 0 ? waiting : open;
  if (only === undefined) return { kind: 'closed' };
  return others.length > 0 ? { kind: 'which-case' } : only.id;
}

async function refuse(
  parts: LoopParts,
  tx: StoreWrite,
  { message }: ClaimedMessage,
  { account, reference }: Command,
  now: number,
): Promise<Commanded> {
  const day = new Date(now).toISOString().slice(0, 10);
  // Once a thread, account and day: what strangers write must not fill the store.
  const id = parts.idOf(['refused command', reference, account.system, account.name, day]);
  // The account itself is not kept: it is of somebody whom the case does not concern.
  const body = { message: message.id, channel: message.channel };
  await tx.recordRefusedReply({ id, at: now, reason: 'a comment by somebody else', body });
  return { kind: 'stranger' };
}
