import PostalMime, { type Attachment, type Email } from 'postal-mime';
import type { Bounce, Inbound } from '../../../ports/channel.ts';
import { caseCodeIn, messageIdIn } from './message-id.ts';
import { hasPlace, readReturnPath, returnHeader } from './return-path.ts';
import { isMailAddress } from './settings.ts';

/** A reply or a bounce is small; one that carries a film is not read. */
export const inboundBytesMax = 1_048_576;
const headerBytesMax = 65_536;
const nestingMax = 10;
const bouncesMax = 20;

/**
 * Pure but for the parser's promise. Never throws.
 *
 * @param domain right side of our message ids, as in the channel's settings
 * @param bounceTo return address of the settings
 */
export async function parseReplyMail(bytes: Uint8Array, domain: string, bounceTo = ''): Promise<Inbound> {
  if (bytes.length > inboundBytesMax)
    return { kind: 'unreadable', reason: `larger than ${inboundBytesMax} bytes` };
  let mail: Email;
  try {
    mail = await PostalMime.parse(bytes, {
      maxNestingDepth: nestingMax,
      maxHeadersSize: headerBytesMax,
      forceRfc822Attachments: true,
      attachmentEncoding: 'utf8',
    });
  } catch {
    return { kind: 'unreadable', reason: 'nested too deep, headers too long, or no mail' };
  }
  const header = (name: string): string => mail.headers.find(({ key }) => key === name)?.value ?? '';
  const reports = mail.attachments
    .filter(({ mimeType }) => mimeType === 'message/delivery-status')
    .map(textOf);
  const returned = mail.attachments
    .filter(({ mimeType }) => /^(message|text)\/rfc822(-headers)?$/u.test(mimeType))
    .map((part) => headerBlock(textOf(part).slice(0, headerBytesMax)));
  const bounces = reports.flatMap(bouncesIn).slice(0, bouncesMax);
  const references = [
    header('in-reply-to'),
    header('references'),
    ...returned.map((text) => fieldsOf(text, 'references')),
  ];
  const about = [
    ...returned.map((text) => fieldsOf(text, 'message-id')),
    header('in-reply-to'),
    header('references'),
  ];
  const from = soleAddress(mail);
  const caseCode = firstOf(references, (text) => caseCodeIn(text, domain));
  const path = hasPlace({ bounceTo })
    ? firstOf(cameTo.map(header), (text) => readReturnPath(text, bounceTo))
    : undefined;
  const messageId = path?.messageId ?? firstOf(about, (text) => messageIdIn(text, domain));
  // Where the address carries the proof, nothing else is one: whoever has the mail has its headers.
  const returnKey = hasPlace({ bounceTo })
    ? path?.returnKey
    : firstOf(returned, (text) => /^[0-9a-f]{16}$/u.exec(fieldsOf(text, returnHeader).trim())?.[0]);
  return {
    kind: 'mail',
    ...(from === undefined ? {} : { from }),
    ...(caseCode === undefined ? {} : { caseCode }),
    ...(messageId === undefined ? {} : { messageId }),
    ...(returnKey === undefined ? {} : { returnKey }),
    isAutomatic: reports.length > 0 || isAutomatic(header, from),
    isBounce: bounces.length > 0,
    bounces,
  };
}

/** Fields in which mail servers write whom a mail was for. */
const cameTo = ['to', 'delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to'];

/** RFC 3834, section 5, and what mail systems wrote before it. */
function isAutomatic(header: (name: string) => string, from: string | undefined): boolean {
  const submitted = header('auto-submitted').trim().toLowerCase();
  return (
    (submitted !== '' && !submitted.startsWith('no')) ||
    /^(bulk|junk|list|auto_reply)$/iu.test(header('precedence').trim()) ||
    [
      'x-autoreply',
      'x-autorespond',
      'x-auto-reply-from',
      'list-id',
      'feedback-id',
      'x-failed-recipients',
    ].some((name) => header(name) !== '') ||
    header('return-path').trim() === '<>' ||
    /^multipart\/report\b/iu.test(header('content-type').trim()) ||
    /^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)([+.-][^@]*)?@/iu.test(from ?? '')
  );
}

/** Failed recipients of a delivery report (RFC 3464): groups of fields, divided by blank lines. */
function bouncesIn(report: string): readonly Bounce[] {
  return unfolded(report)
    .split(/\n[ \t]*\n/u)
    .flatMap((group) => {
      if (fieldsOf(group, 'action').trim().toLowerCase() !== 'failed') return [];
      const field = fieldsOf(group, 'original-recipient') || fieldsOf(group, 'final-recipient');
      const address = field.replace(/^\s*rfc822\s*;/iu, '').replace(/[<>\s]/gu, '');
      const status = /\b[245]\.\d{1,3}\.\d{1,3}\b/u.exec(fieldsOf(group, 'status'))?.[0];
      if (!isMailAddress(address)) return [];
      return [{ address, ...(status === undefined ? {} : { status }) }];
    });
}

function soleAddress(mail: Email): string | undefined {
  const fields = mail.headers.filter(({ key }) => key === 'from');
  const address = fields.length === 1 ? mail.from?.address : undefined;
  return address !== undefined && isMailAddress(address) ? address : undefined;
}

function textOf(part: Attachment): string {
  return typeof part.content === 'string' ? part.content : new TextDecoder().decode(part.content);
}

/** The header of a returned mail, without its body, which may hold lines that look like fields. */
function headerBlock(text: string): string {
  return unfolded(text).split('\n\n', 1)[0] ?? '';
}

function unfolded(text: string): string {
  return text.replace(/\r\n?/gu, '\n').replace(/\n[ \t]+(?=\S)/gu, ' ');
}

/** Value of a field in unfolded lines; empty where it is absent. */
function fieldsOf(text: string, name: string): string {
  const line = text
    .split('\n')
    .find((one) => one.slice(0, name.length + 1).toLowerCase() === `${name.toLowerCase()}:`);
  return line?.slice(name.length + 1) ?? '';
}

function firstOf<T>(texts: readonly string[], read: (text: string) => T | undefined): T | undefined {
  for (const text of texts) {
    const found = read(text);
    if (found !== undefined) return found;
  }
  return undefined;
}
