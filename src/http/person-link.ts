import type { RenderedMessage } from '../core/message.ts';
import type { Person } from '../core/owner.ts';
import { sha256Hex } from '../lib/hmac.ts';
import { fill } from '../pages/page-text.ts';
import type { Room } from './room.ts';

/** Long enough to read a mail, short enough for a mailbox that somebody else opens later. */
export const personLinkMs = 30 * 60_000;
/** Longer than any channel takes. */
const sendTimeoutMs = 30_000;
/** No loop has it. */
const noCaseCode = 'FB-00000-00000';

/**
 * Sends somebody a link to what is held about them, to their own address by the configured channel, past planning and
 * caps, and in shadow too: it was asked for. Only its hash is stored.
 */
export async function sendPersonLink(room: Room, person: Person, baseUrl: string): Promise<void> {
  const { parts, config } = room.given;
  const recipient = parts.recipient({ kind: 'person', id: person.id });
  const channel = parts.channel(config.delivery.channel);
  if (recipient === undefined || channel?.address(recipient) === undefined) return;
  const token = `${parts.randomId()}${parts.randomId()}`;
  const now = parts.clock.now();
  const row = { hash: sha256Hex(token), person: person.id, createdAt: now, expiresAt: now + personLinkMs };
  await parts.store.transaction((tx) => tx.savePersonLink(row));
  await channel.send({
    messageId: parts.randomId(),
    recipient,
    message: linkMessage(room, recipient.language, `${baseUrl}/me/${token}`),
    attempt: 1,
    at: now,
    signal: AbortSignal.timeout(sendTimeoutMs),
  });
}

function linkMessage(room: Room, language: string | undefined, url: string): RenderedMessage {
  const words = room.words(language);
  const { subject, happened, step, button, footer } = words.held.mail;
  const organisation = room.given.config.organisation.name;
  return {
    moment: 'told',
    behaviour: 'held',
    language: words.language,
    version: `held@${words.version}/usual`,
    subject,
    paragraphs: [
      { kind: 'text', text: fill(happened, { organisation }).join('') },
      { kind: 'text', text: step },
    ],
    replyUrl: url,
    replyLabel: button,
    answers: [],
    caseCode: noCaseCode,
    links: [],
    footer,
  };
}
