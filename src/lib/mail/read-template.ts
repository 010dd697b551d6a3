import { type Dict, dictOf, isDict, listOf, textOf } from '../guards.ts';
import type { MailTemplate } from './parse-mail.ts';

/** Characters of a template's body; a mail of that length is never read. */
const bodyCharsMax = 2_000_000;
const lineCharsMax = 1000;

/**
 * Reads the template of a simulation: `{subject, html, text, envelope_sender, attachments}`, alone or as `template` of
 * a campaign with its `url` and `smtp`. Undefined when it has neither a subject nor a body. The password of the mail
 * server, which stands beside, and what is in attachments are not looked at.
 */
export function readTemplate(value: unknown): MailTemplate | undefined {
  if (!isDict(value)) return undefined;
  const template = dictOf(value.template) ?? value;
  const smtp = dictOf(value.smtp);
  const subject = line(template.subject);
  const html = body(template.html);
  const text = body(template.text);
  if (`${subject}${html}${text}`.trim() === '') return undefined;
  return {
    subject,
    html,
    text,
    // The sender of the template wins, where it has one: it is what the reader sees.
    from: line(template.envelope_sender) || line(template.from) || line(smtp?.from_address),
    replyTo: line(template.reply_to) || headerOf(smtp, 'reply-to'),
    url: line(value.url) || line(template.url),
    attachments: listOf(template.attachments)
      .slice(0, 20)
      .filter(isDict)
      .map((attachment) => ({ name: line(attachment.name), type: line(attachment.type) })),
  };
}

function headerOf(smtp: Dict | undefined, name: string): string {
  const header = listOf(smtp?.headers)
    .filter(isDict)
    .find(({ key }) => textOf(key)?.toLowerCase() === name);
  return line(header?.value);
}

function line(value: unknown): string {
  return (textOf(value) ?? '').slice(0, lineCharsMax);
}

function body(value: unknown): string {
  return (textOf(value) ?? '').slice(0, bodyCharsMax);
}
