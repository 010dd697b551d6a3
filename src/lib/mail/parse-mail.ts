import PostalMime, { type Address, type Email, type Mailbox } from 'postal-mime';
import { htmlText } from './html-text.ts';
import { type MailContent, type MailSender, textBytesMax } from './mail-content.ts';
import { fillTemplate, type TemplateWords } from './placeholders.ts';
import { siteOfAddress } from './site.ts';
import { createTextBuilder } from './text-builder.ts';

/** A mail in a file, or the template that a simulation makes its mails from. */
export type MailInput =
  | { readonly kind: 'eml'; readonly bytes: Uint8Array; readonly words: TemplateWords }
  | { readonly kind: 'template'; readonly template: MailTemplate; readonly words: TemplateWords };

export type MailTemplate = {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** As a header has it: `Name <local@host>`. */
  readonly from: string;
  readonly replyTo: string;
  /** Where the links of the simulation lead; empty where it is not known. */
  readonly url: string;
  readonly attachments: readonly { readonly name: string; readonly type: string }[];
};

export type MailResult =
  | { readonly kind: 'mail'; readonly mail: MailContent }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Simulations carry a picture or two; a mail with a film is none. */
export const mailBytesMax = 8 * 1024 * 1024;
const headerBytesMax = 256 * 1024;
const nestingMax = 10;
const partsMax = 100;
const subjectCharsMax = 300;
const nameCharsMax = 120;
const shownAttachmentsMax = 10;

/** Reads a mail without a worker: only for what is trusted to end, and for the worker itself. Never throws. */
export async function parseMail(input: MailInput): Promise<MailResult> {
  if (input.kind === 'template') return { kind: 'mail', mail: templateContent(input.template, input.words) };
  if (input.bytes.length > mailBytesMax) return unreadable(`larger than ${mailBytesMax} bytes`);
  let mail: Email;
  try {
    mail = await PostalMime.parse(input.bytes, {
      maxNestingDepth: nestingMax,
      maxHeadersSize: headerBytesMax,
      forceRfc822Attachments: true,
    });
  } catch {
    return unreadable('nested too deep, headers too long, or no mail');
  }
  if (mail.headers.length === 0) return unreadable('it has no headers');
  if (mail.attachments.length > partsMax) return unreadable(`more than ${partsMax} parts`);
  return { kind: 'mail', mail: mailContent(mail, input.words) };
}

function unreadable(reason: string): MailResult {
  return { kind: 'unreadable', reason };
}

function mailContent(mail: Email, words: TemplateWords): MailContent {
  const from = mailboxes(mail.from === undefined ? [] : [mail.from])[0];
  const sender = from === undefined ? undefined : senderOf(from);
  const fill = (text: string | undefined) => fillTemplate(text ?? '', words, '', sender?.name ?? '');
  return {
    ...(sender === undefined ? {} : { from: sender }),
    replyTo: mailboxes(mail.replyTo ?? [])
      .slice(0, 5)
      .map(senderOf),
    isFromList: isFromList(mail),
    subject: oneLine(fill(mail.subject), subjectCharsMax),
    ...bodyOf(fill(mail.html), fill(mail.text)),
    attachments: mail.attachments
      // A picture inside the text is no attachment to its reader.
      .filter(
        ({ related, disposition, filename }) =>
          related !== true && (disposition === 'attachment' || filename),
      )
      .slice(0, shownAttachmentsMax)
      .map(({ filename, mimeType }) => ({
        name: oneLine(filename ?? '', nameCharsMax),
        type: oneLine(mimeType, nameCharsMax),
      })),
  };
}

function templateContent(template: MailTemplate, words: TemplateWords): MailContent {
  const { url } = template;
  const from = parseMailbox(template.from);
  const fill = (text: string) => fillTemplate(text, words, url, from?.name || from?.address || '');
  const replyTo = parseMailbox(template.replyTo);
  return {
    ...(from === undefined ? {} : { from }),
    replyTo: replyTo === undefined ? [] : [replyTo],
    isFromList: false,
    subject: oneLine(fill(template.subject), subjectCharsMax),
    ...bodyOf(fill(template.html), fill(template.text)),
    attachments: template.attachments.slice(0, shownAttachmentsMax).map(({ name, type }) => ({
      name: oneLine(name, nameCharsMax),
      type: oneLine(type, nameCharsMax),
    })),
  };
}

/** What a reader sees: the formatted part where there is one, else the plain one. */
function bodyOf(html: string, text: string): Pick<MailContent, 'text' | 'links' | 'isCut'> {
  if (html.trim() !== '') {
    const read = htmlText(html, textBytesMax);
    if (read.text.trim() !== '' || text.trim() === '') return read;
  }
  const out = createTextBuilder(textBytesMax);
  out.add(text.replace(/\r\n?/gu, '\n'), true);
  return out.result();
}

const listHeaders: ReadonlySet<string> = new Set([
  'list-id',
  'list-post',
  'list-help',
  'mailing-list',
  'x-mailing-list',
  'x-beenthere',
  'x-mailman-version',
]);

function isFromList(mail: Email): boolean {
  return mail.headers.some(
    ({ key, value }) =>
      listHeaders.has(key) ||
      (key === 'precedence' && /^\s*(?:list|bulk)\b/iu.test(value)) ||
      (key === 'sender' && /(?:^|<|\s)owner-|-(?:admin|owner|bounces?)@/iu.test(value)),
  );
}

function mailboxes(addresses: readonly Address[]): readonly Mailbox[] {
  return addresses.flatMap((address) => (address.address === undefined ? address.group : [address]));
}

/** `"Name" <local@host>` or `local@host` (RFC 5322, section 3.4, without comments). */
function parseMailbox(text: string): MailSender | undefined {
  const line = oneLine(text, 600);
  const angled = /^(.*)<([^<>]*)>$/u.exec(line);
  const address = (angled?.[2] ?? line).trim();
  if (!/^[^\s@]+@[^\s@]+$/u.test(address)) return undefined;
  const name = (angled?.[1] ?? '').trim().replace(/^"(.*)"$/u, '$1');
  return senderOf({ name, address });
}

function senderOf({ name, address }: { readonly name: string; readonly address: string }): MailSender {
  const site = siteOfAddress(address);
  const claimed = claimedSite(name);
  return {
    name: oneLine(name, nameCharsMax),
    address: oneLine(address, nameCharsMax),
    ...(site === undefined ? {} : { site }),
    ...(claimed === undefined ? {} : { claimed }),
  };
}

/** An address that stands in a display name. */
function claimedSite(name: string): MailSender['claimed'] {
  for (const word of name.slice(0, 500).split(/[\s,;()<>"'[\]]+/u)) {
    const site = word.lastIndexOf('@') > 0 ? siteOfAddress(word) : undefined;
    if (site?.domain.includes('.') === true) return site;
  }
  return undefined;
}

function oneLine(text: string, charsMax: number): string {
  const line = text
    .slice(0, charsMax * 4)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  return [...line].slice(0, charsMax).join('');
}
