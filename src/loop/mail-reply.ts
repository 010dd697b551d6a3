import { addMail } from '../core/loop/facts.ts';
import type { MailFact } from '../core/loop/mail-facts.ts';
import type { Addressee } from '../core/loop/position.ts';
import { isClosed } from '../core/loop/states.ts';
import { exchangeOf } from '../core/loop/wants.ts';
import type { Channel, Inbound } from '../ports/channel.ts';
import type { ClaimedMessage, LoopRow, StoreWrite } from '../ports/store.ts';
import { nextRung } from './ladder.ts';
import { type LoopParts, loopPrincipal } from './parts.ts';
import { rememberMessages } from './remember.ts';
import { returnKeyOf } from './return-key.ts';
import { type Change, settle } from './settle.ts';

export type MailOutcome =
  | { readonly kind: 'unreadable'; readonly reason: string }
  /** A machine wrote it, it is about no case of ours, or it came back from an address that we did not write to. */
  | { readonly kind: 'ignored'; readonly reason: 'automatic' | 'no-case' | 'other-address' }
  /** It says that our message came back, and brings nothing along that went with it: anybody can write that. */
  | { readonly kind: 'unproven' }
  /** Our message reached nobody: the next one in line is told instead. */
  | { readonly kind: 'bounced' }
  /** For now: the same message goes there again later. */
  | { readonly kind: 'bounced-for-now' }
  /** The writer gets the link; or had it today already. */
  | { readonly kind: 'answered' | 'answered-before' }
  /** Not whom the message went to: recorded, and not answered. */
  | { readonly kind: 'stranger' };

/**
 * Takes what came back to a channel. It is never read as consent: who writes back gets the link, and the case stays
 * where it is. Nothing of the text is kept.
 */
export async function receiveMail(
  parts: LoopParts,
  channel: Channel,
  bytes: Uint8Array,
): Promise<MailOutcome> {
  const mail: Inbound = (await channel.receives?.read(bytes)) ?? {
    kind: 'unreadable',
    reason: 'nothing comes back to this channel',
  };
  if (mail.kind === 'unreadable') return mail;
  if (mail.isAutomatic && !mail.isBounce) return { kind: 'ignored', reason: 'automatic' };
  const now = parts.clock.now();
  const outcome = await parts.store.transaction((tx) =>
    mail.isBounce ? takeBounce(parts, tx, channel, mail, now) : takeAnswer(parts, tx, channel, mail, now),
  );
  if (outcome.kind === 'bounced' || outcome.kind === 'answered') parts.wake();
  return outcome;
}

type Mail = Extract<Inbound, { kind: 'mail' }>;

/** A full mailbox or a server that was away: waits before the same is sent again; after the last it is for good. */
const softWaits = [4 * 3_600_000, 12 * 3_600_000];

const noCase: MailOutcome = { kind: 'ignored', reason: 'no-case' };

async function takeBounce(
  parts: LoopParts,
  tx: StoreWrite,
  channel: Channel,
  mail: Mail,
  now: number,
): Promise<MailOutcome> {
  const id = mail.messageId ?? '';
  const about = await messageOf(tx, channel, id);
  if (about === undefined) return noCase;
  // A list or a forward may reach some and not others; what came back from elsewhere says nothing of our recipient.
  const returned = mail.bounces.find(({ address }) => isAddressee(parts, channel, about.message.to, address));
  if (returned === undefined) return { kind: 'ignored', reason: 'other-address' };
  // Whoever sends it again holds the same locks, so this second look is the deciding one.
  const rows = await tx.lockLoops(loopsOf(about));
  const claimed = await messageOf(tx, channel, id);
  const state = claimed?.message.state;
  if (claimed === undefined || (state !== 'accepted' && state !== 'uncertain')) return noCase;
  const status = returned.status === undefined ? '' : ` (${returned.status})`;
  if (mail.returnKey !== returnKeyOf(parts, id)) {
    const lastError = `a report without proof says that it came back${status}; nothing was done`;
    await tx.recordMessages([{ id, state, lastError }]);
    return { kind: 'unproven' };
  }
  const wait = softWaits[claimed.message.attempt - 1];
  if (returned.status?.startsWith('4.') === true && wait !== undefined && !isOver(rows)) {
    const lastError = `the message came back for now${status}, after attempt ${claimed.message.attempt}`;
    await tx.recordMessages([{ id, state: 'queued', dueAt: now + wait, lastError, isReplay: true }]);
    return { kind: 'bounced-for-now' };
  }
  const next = isOver(rows) ? undefined : nextRung(parts, claimed.message);
  if (next !== undefined) {
    const from = channel.id;
    const reason = `${from}: the message came back${status}`;
    await tx.moveMessages([{ id, from, to: next, outcome: 'bounced', at: now, reason }]);
    await rememberMessages(parts, tx, [{ claimed, outcome: 'moved' }], now);
    return { kind: 'bounced' };
  }
  await tx.recordMessages([{ id, state: 'bounced', lastError: `the message came back${status}` }]);
  await rememberMessages(parts, tx, [{ claimed, outcome: 'refused' }], now);
  return { kind: 'bounced' };
}

async function takeAnswer(
  parts: LoopParts,
  tx: StoreWrite,
  channel: Channel,
  mail: Mail,
  now: number,
): Promise<MailOutcome> {
  const { from = '' } = mail;
  const abouts = await messagesOf(tx, channel, mail);
  if (abouts.length === 0) return noCase;
  const about = abouts.findLast(({ message }) => isAddressee(parts, channel, message.to, from));
  const day = new Date(now).toISOString().slice(0, 10);
  if (about === undefined) {
    const message = abouts[0]?.message.id ?? '';
    // Once a message, sender and day: what strangers send must not fill the store.
    const id = parts.idOf(['refused mail', message, from.toLowerCase(), day]);
    await tx.recordRefusedReply({ id, at: now, reason: 'a mail from somebody else', body: { message } });
    return { kind: 'stranger' };
  }
  const [exchange = about.message.id] = about.wants.flatMap(({ occasion }) => exchangeOf(occasion) ?? []);
  const fact: MailFact = { message: exchange, day, at: now, by: about.message.to };
  const rows = await tx.lockLoops(loopsOf(about));
  const changes = rows.flatMap((before): readonly Change[] => {
    const facts = addMail(before.facts, fact);
    if (facts === before.facts || before.mergedInto !== undefined) return [];
    const body = { message: exchange, by: { ...fact.by } };
    return [{ before, facts, story: [{ kind: 'mail', at: now, body, personal: ['/by/id'] }] }];
  });
  if (changes.length === 0) return { kind: 'answered-before' };
  await settle(parts, tx, changes, now);
  return { kind: 'answered' };
}

/** The message that a mail names, or else those of the case that it names, the latest last. */
async function messagesOf(tx: StoreWrite, channel: Channel, mail: Mail): Promise<readonly ClaimedMessage[]> {
  const named = await messageOf(tx, channel, mail.messageId ?? '');
  if (named !== undefined) return [named];
  const story = mail.caseCode === undefined ? undefined : await tx.read.loop(loopPrincipal, mail.caseCode);
  const found: ClaimedMessage[] = [];
  for (const { id } of story?.messages ?? []) {
    const claimed = await messageOf(tx, channel, id);
    if (claimed !== undefined) found.push(claimed);
  }
  return found;
}

/** A message that this channel took and that speaks of cases. */
async function messageOf(tx: StoreWrite, channel: Channel, id: string): Promise<ClaimedMessage | undefined> {
  if (!/^[0-9a-f]{32}$/u.test(id)) return undefined;
  const found = await tx.messageById(id);
  const isOurs = found !== undefined && found.message.channel === channel.id && found.wants.length > 0;
  return isOurs && found.message.sentAt !== undefined ? found : undefined;
}

/** What is closed meanwhile asks for nothing: nobody is told of it by another way. */
function isOver(rows: readonly LoopRow[]): boolean {
  return rows.every(({ state }) => isClosed(state) || state === 'verified');
}

function loopsOf({ wants }: ClaimedMessage): readonly string[] {
  return [...new Set(wants.map(({ loop }) => loop))];
}

/** Whether an address is one of whom a message went to; a team and the duty role answer through their people. */
function isAddressee(parts: LoopParts, channel: Channel, to: Addressee, address: string): boolean {
  const recipient = parts.recipient(to);
  const written = recipient === undefined ? undefined : channel.address(recipient);
  if (written !== undefined && written.toLowerCase() === address.toLowerCase()) return true;
  const person = parts.people.byEmail(address);
  if (person === undefined || !person.isActive) return false;
  if (to.kind === 'person') return person.id === to.id;
  return to.kind === 'team' ? person.team === to.id : person.isDuty;
}
