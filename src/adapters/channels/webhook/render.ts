import { type Paragraph, plainText, type RenderedMessage } from '../../../core/message.ts';
import { asciiJson, clip, oneLine, plain, safeHref } from '../../../lib/escape.ts';
import type { Delivery } from '../../../ports/channel.ts';

// Texts beyond this were made by hostile input, not by a writer. Receivers refuse large bodies.
const limits = { paragraphs: 40, text: 4_000, facts: 40, line: 500, links: 10, whole: 16_000 } as const;

/**
 * The body of a delivery: `{type, timestamp, data}` in ASCII JSON. Texts are plain, without controls, and mean
 * nothing in any markup: a receiver escapes them for its own.
 */
export function renderWebhook(delivery: Delivery): string {
  const { message, recipient } = delivery;
  const inert = inertMessage(message);
  return asciiJson({
    type: `message.${message.moment}`,
    timestamp: new Date(delivery.at).toISOString(),
    data: {
      messageId: delivery.messageId,
      caseCode: inert.caseCode,
      moment: message.moment,
      behaviour: oneLine(message.behaviour),
      language: oneLine(message.language),
      version: oneLine(message.version),
      recipient: {
        id: recipient.id,
        kind: recipient.kind,
        name: line(recipient.name),
        ...(recipient.email === undefined ? {} : { email: line(recipient.email) }),
        accounts: recipient.accounts
          .slice(0, 20)
          .map(({ system, name }) => ({ system: line(system), name: line(name) })),
      },
      subject: inert.subject,
      paragraphs: inert.paragraphs,
      links: inert.links,
      ...(inert.replyUrl === undefined ? {} : { replyUrl: inert.replyUrl }),
      ...(inert.replyLabel === undefined ? {} : { replyLabel: inert.replyLabel }),
      answers: message.answers,
      footer: inert.footer,
      text: clip(plainText(inert), limits.whole),
    },
  });
}

function inertMessage(message: RenderedMessage): RenderedMessage {
  const { replyUrl, replyLabel, ...rest } = message;
  const replyHref = replyUrl === undefined ? undefined : safeHref(replyUrl);
  return {
    ...rest,
    caseCode: line(message.caseCode),
    subject: line(message.subject),
    paragraphs: message.paragraphs.slice(0, limits.paragraphs).map(inertParagraph),
    links: message.links.slice(0, limits.links).flatMap((link) => {
      const url = safeHref(link.url);
      return url === undefined ? [] : [{ label: line(link.label), url }];
    }),
    ...(replyHref === undefined ? {} : { replyUrl: replyHref }),
    ...(replyLabel === undefined ? {} : { replyLabel: line(replyLabel) }),
    footer: clip(plain(message.footer), limits.text),
  };
}

function inertParagraph(paragraph: Paragraph): Paragraph {
  if (paragraph.kind !== 'facts')
    return { kind: paragraph.kind, text: clip(plain(paragraph.text), limits.text) };
  const facts = paragraph.facts.slice(0, limits.facts);
  return {
    kind: 'facts',
    facts: facts.map(({ label, value }) => ({ label: line(label), value: line(value) })),
  };
}

function line(text: string): string {
  return clip(oneLine(text), limits.line);
}
