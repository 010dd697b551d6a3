import MailComposer from 'nodemailer/lib/mail-composer';
import { clip, oneLine } from '../../../lib/escape.ts';
import type { Delivery } from '../../../ports/channel.ts';
import { messageIdOf, threadIdOf } from './message-id.ts';
import { renderMail } from './render.ts';
import { hasPlace, returnHeader } from './return-path.ts';
import { domainOf, type EmailSettings } from './settings.ts';

/**
 * The mail as bytes, CRLF lines. The same delivery gives the same bytes on every attempt of the same instant, and
 * the same Message-ID on every attempt. No value can add a header: each is one line before it is set.
 */
export async function composeMail(delivery: Delivery, to: string, settings: EmailSettings): Promise<Buffer> {
  const domain = settings.domain ?? domainOf(settings.from);
  const mail = renderMail(delivery.message, settings.fromName);
  const threadId = threadIdOf(delivery.message.caseCode, domain);
  const composer = new MailComposer({
    from: { name: settings.fromName, address: settings.from },
    to: { name: clip(oneLine(delivery.recipient.name), 100), address: to },
    ...(settings.replyTo === undefined
      ? {}
      : { replyTo: { name: settings.fromName, address: settings.replyTo } }),
    subject: mail.subject,
    messageId: `<${messageIdOf(delivery.messageId, domain)}>`,
    inReplyTo: `<${threadId}>`,
    references: [`<${threadId}>`],
    date: new Date(delivery.at),
    text: mail.text,
    html: mail.html,
    headers: {
      // No holiday answer, no loop with another machine (RFC 3834; the second is what Exchange reads).
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'X-Foldback-Case': clip(oneLine(delivery.message.caseCode).replace(/[^\x20-\x7e]/gu, '?'), 60),
      ...(delivery.returnKey === undefined || hasPlace(settings)
        ? {}
        : { [returnHeader]: delivery.returnKey }),
      'List-Id': `<${settings.listId ?? `foldback.${domain}`}>`,
      ...(settings.listUnsubscribe === undefined
        ? {}
        : {
            'List-Unsubscribe': `<${settings.listUnsubscribe}>`,
            'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
          }),
    },
    encoding: 'quoted-printable',
    newline: 'win',
    baseBoundary: messageIdOf(delivery.messageId, 'part').replace('@', '.'),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}
