import type { Channel, ChannelAdapter } from '../../../ports/channel.ts';
import { inboundBytesMax, parseReplyMail } from './inbound.ts';
import { previewEmail } from './preview.ts';
import { createMailer } from './send.ts';
import { domainOf, type EmailSettings, emailSettings, isMailAddress } from './settings.ts';

export { parseReplyMail } from './inbound.ts';
export { type EmailSettings, emailSettings } from './settings.ts';

const id = 'email';
const title = 'E-mail';

/** Hands messages to a mail server by SMTP (RFC 5321). A server cannot be asked what it took: `reconcile` is none. */
export function createEmail(settings: EmailSettings): Channel {
  const mailer = createMailer(settings);
  return {
    id,
    title,
    leavesMachine: true,
    reconcile: 'none',
    address: ({ email }) => (email !== undefined && isMailAddress(email) ? email : undefined),
    send: mailer.send,
    receives: {
      mediaType: 'message/rfc822',
      bytesMax: inboundBytesMax,
      read: (bytes) => parseReplyMail(bytes, settings.domain ?? domainOf(settings.from), settings.bounceTo),
    },
    checkSetup: mailer.checkSetup,
    close: mailer.close,
  };
}

export const channel: ChannelAdapter = {
  id,
  title,
  leavesMachine: true,
  settings: emailSettings,
  create: (settings) => createEmail(emailSettings.parse(settings)),
  preview: previewEmail,
};
