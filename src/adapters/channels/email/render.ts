import { type Paragraph, plainText, type RenderedMessage } from '../../../core/message.ts';
import { clip, inertUrls, oneLine, plain, safeHref } from '../../../lib/escape.ts';
import { htmlPage } from './html.ts';

/** A mail's content: subject of one line, text part and HTML part. */
export type MailContent = { readonly subject: string; readonly text: string; readonly html: string };

// A mail that is longer than this was made by hostile input, not by a writer. Gmail cuts at 102 KB.
const limits = {
  subject: 200,
  paragraphs: 40,
  text: 4_000,
  facts: 40,
  label: 100,
  value: 500,
  links: 10,
  footer: 1_000,
} as const;

/** Pure. `senderName` stands above the message and in the signature of the text part. */
export function renderMail(message: RenderedMessage, senderName: string): MailContent {
  const inert = inertMessage(message);
  const name = inertUrls(oneLine(senderName));
  return {
    subject: inert.subject,
    text: `${plainText(inert)}\n\n-- \n${name} ${inert.caseCode}\n`,
    html: htmlPage(inert, name),
  };
}

/**
 * The message with everything dead that a mail program could bring to life, within limits. The only addresses that
 * stay live are the reply link and the links of the pack, if they are web addresses.
 */
export function inertMessage(message: RenderedMessage): RenderedMessage {
  const { replyUrl, replyLabel, ...rest } = message;
  const replyHref = replyUrl === undefined ? undefined : safeHref(replyUrl);
  return {
    ...rest,
    subject: clip(inertUrls(oneLine(message.subject)), limits.subject),
    paragraphs: message.paragraphs.slice(0, limits.paragraphs).map(inertParagraph),
    ...(replyHref === undefined ? {} : { replyUrl: replyHref }),
    ...(replyLabel === undefined ? {} : { replyLabel: label(replyLabel) }),
    links: message.links.slice(0, limits.links).flatMap((link) => {
      const url = safeHref(link.url);
      return url === undefined ? [] : [{ label: label(link.label), url }];
    }),
    caseCode: clip(inertUrls(oneLine(message.caseCode)), 60),
    footer: clip(inertUrls(plain(message.footer)), limits.footer),
  };
}

function inertParagraph(paragraph: Paragraph): Paragraph {
  if (paragraph.kind !== 'facts') {
    return { kind: paragraph.kind, text: clip(inertUrls(plain(paragraph.text)), limits.text) };
  }
  return {
    kind: 'facts',
    facts: paragraph.facts.slice(0, limits.facts).map((fact) => ({
      label: label(fact.label),
      value: clip(inertUrls(oneLine(fact.value)), limits.value),
    })),
  };
}

function label(text: string): string {
  return clip(inertUrls(oneLine(text)), limits.label);
}
