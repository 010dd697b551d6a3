import type { Addressee } from '../core/loop/position.ts';
import { ownAnswers } from '../core/own-answers.ts';
import type { Person } from '../core/owner.ts';
import type { Channel, Press, Presses } from '../ports/channel.ts';
import type { ClaimedMessage, StoreWrite } from '../ports/store.ts';
import { type Replied, reply } from './listen.ts';
import type { LoopParts } from './parts.ts';
import { type Snoozed, snooze } from './snooze.ts';

export type Pressed =
  | Snoozed
  | Exclude<Replied, { readonly kind: 'bad-until' | 'unknown-link' }>
  /** No message of ours, or not the one in which the button stood. */
  | { readonly kind: 'unknown-message' }
  /** Not whom the message went to: recorded, and the case stays where it is. */
  | { readonly kind: 'stranger' }
  /** It is taken from whoever signed in as the recipient, on the page. */
  | { readonly kind: 'sign-in-first' }
  /** It needs more words than a button has, or which of several cases is meant. */
  | { readonly kind: 'on-page' }
  /** Who it was cannot be found out now; nothing was taken. */
  | { readonly kind: 'unavailable' };

/** Takes a press, with the language of the message in which the button stood. */
export type TakenPress = {
  readonly outcome: Pressed;
  readonly language?: string;
  /** Where whoever was written to is, for times that are told to them. */
  readonly timeZone?: string;
};

/**
 * Takes an answer by a button. The channel vouches for the account; it is taken only from whoever the message went to.
 * As weak as a reply by the link: it may claim and dispute, not decide.
 */
export async function takePress(
  parts: LoopParts,
  channel: Channel & { readonly presses: Presses },
  press: Press,
): Promise<TakenPress> {
  const { system, name } = press.account;
  const linked = parts.people.byAccount(system, name);
  // An account that is linked says who it is; only for others is the far side asked.
  const vouched = linked === undefined ? await channel.presses.addressOf(press) : { kind: 'none' as const };
  if (vouched.kind === 'unavailable') return { outcome: { kind: 'unavailable' } };
  const email = vouched.kind === 'known' ? vouched.email : undefined;
  const person = linked ?? (email === undefined ? undefined : parts.people.byEmail(email));
  const now = parts.clock.now();
  const taken = await parts.store.transaction(async (tx): Promise<TakenPress> => {
    const claimed = await messageOf(tx, channel, press);
    if (claimed === undefined) return { outcome: { kind: 'unknown-message' } };
    const language = languageOf(claimed);
    const outcome = isAddressee(parts, claimed.message.to, person, email)
      ? await answer(parts, tx, claimed, press, now)
      : await refuse(parts, tx, claimed, press, now);
    const timeZone = parts.recipient(claimed.message.to)?.timeZone ?? parts.delivery.timeZone;
    return { outcome, timeZone, ...(language === undefined ? {} : { language }) };
  });
  if (taken.outcome.kind === 'recorded' || taken.outcome.kind === 'snoozed') parts.wake();
  return taken;
}

async function answer(
  parts: LoopParts,
  tx: StoreWrite,
  claimed: ClaimedMessage,
  press: Press,
  now: number,
): Promise<Pressed> {
  const { message, wants } = claimed;
  if ((message.tokenExpiresAt ?? 0) <= now) return { kind: 'expired' };
  const loops = new Set(wants.map(({ loop }) => loop));
  const { answer, nonce, account } = press;
  if (loops.size > 1) return { kind: 'on-page' };
  if (answer === 'snooze') return snooze(parts, tx, claimed, { choice: 'next-day', nonce, account }, now);
  if (!pressed.has(answer)) return { kind: 'on-page' };
  if (parts.recipientsSignIn && ownAnswers.has(answer)) return { kind: 'sign-in-first' };
  const replied = await reply(parts, tx, claimed, { answer, nonce, account }, now);
  return replied.kind === 'bad-until' || replied.kind === 'unknown-link' ? { kind: 'on-page' } : replied;
}

/** Answers that are whole without a further word, and that a second thought would not have changed. */
const pressed: ReadonlySet<string> = new Set(['done', 'need-help', 'not-me']);

async function refuse(
  parts: LoopParts,
  tx: StoreWrite,
  { message }: ClaimedMessage,
  { account }: Press,
  now: number,
): Promise<Pressed> {
  const day = new Date(now).toISOString().slice(0, 10);
  // Once a message, account and day: what strangers press must not fill the store.
  const id = parts.idOf(['refused press', message.id, account.system, account.name, day]);
  // The account itself is not kept: it is of somebody whom the case does not concern.
  const body = { message: message.id, channel: message.channel };
  await tx.recordRefusedReply({ id, at: now, reason: 'a button pressed by somebody else', body });
  return { kind: 'stranger' };
}

/** A message that this channel was given, and in which the button stood. */
async function messageOf(
  tx: StoreWrite,
  channel: Channel,
  press: Press,
): Promise<ClaimedMessage | undefined> {
  if (!/^[0-9a-f]{32}$/u.test(press.messageId)) return undefined;
  const found = await tx.messageById(press.messageId);
  if (found === undefined || found.message.channel !== channel.id || found.wants.length === 0)
    return undefined;
  // Somebody may press before it is written down where the message stands, or after it was found by its marker.
  const { reference } = found.message;
  return reference === undefined || reference === press.reference ? found : undefined;
}

/** A team and the duty role answer through their people. */
export function isAddressee(
  parts: LoopParts,
  to: Addressee,
  person: Person | undefined,
  email: string | undefined,
): boolean {
  if (person !== undefined && !person.isActive) return false;
  const written = parts.recipient(to)?.email;
  if (email !== undefined && written?.toLowerCase() === email.toLowerCase()) return true;
  if (person === undefined) return false;
  if (to.kind === 'person') return person.id === to.id;
  return to.kind === 'team' ? person.team === to.id : person.isDuty;
}

function languageOf({ message }: ClaimedMessage): string | undefined {
  const { snapshot } = message;
  const language =
    typeof snapshot === 'object' && snapshot !== null && 'language' in snapshot
      ? snapshot.language
      : undefined;
  return typeof language === 'string' ? language : undefined;
}
