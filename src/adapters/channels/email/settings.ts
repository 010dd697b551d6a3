import { z } from 'zod';
import { isRsaKey } from './rsa-key.ts';

const line = z.string().regex(/^[^\x00-\x1f\x7f]*$/u, 'write it on one line, without control characters');
const hostName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/iu, 'write a host name or an IPv4 address');
const wholeNumber = (minimum: number, maximum: number) => z.coerce.number().int().min(minimum).max(maximum);

/** An address as it may stand in an envelope: one mailbox, nothing that could end or add a command (RFC 5321). */
export const mailAddress = z
  .string()
  .refine(isMailAddress, 'write one e-mail address, such as foldback@example.com');

/** A message's id, a dot and its key. */
const longestReturn = 'x'.repeat(49);

/** Where nothing but this machine listens, so that plain text is seen by nobody else. */
const loopbackHosts = ['127.0.0.1', 'localhost'];

const says = (description: string) => ({ description });

/** What stands under `channels.email`. Flat, so that each value can come from one environment variable. */
export const emailSettings = z
  .strictObject({
    host: hostName.meta(says('The mail server (SMTP) that takes the mail.')),
    port: wholeNumber(1, 65_535)
      .optional()
      .meta(says('587 for `starttls`, 465 for `implicit`, 25 for `none`, unless given.')),
    tls: z
      .enum(['starttls', 'implicit', 'none'])
      .default('starttls')
      .meta(
        says('`starttls` never falls back to plain text; `none` sends no password, except on this machine.'),
      ),
    ca: z.string().optional().meta(says('A further certificate authority, PEM.')),
    user: line.min(1).optional().meta(says('To log in with; goes with `password`.')),
    password: z.string().min(1).optional().meta({ description: 'To log in with.', secret: true }),
    from: mailAddress.meta(says('Sender of every mail.')),
    fromName: line.min(1).max(100).default('Foldback').meta(says('Name beside the sender.')),
    replyTo: mailAddress
      .optional()
      .meta(says('Where answers by mail go; `from` unless given. Hand them to `POST /v1/mail`.')),
    bounceTo: z
      .string()
      .refine(
        (text) => isMailAddress(text.replace('*', longestReturn)) && !/\*.*[*@].*\*|@.*\*/u.test(text),
        'write one e-mail address, such as bounces+*@example.com; what stands for * has 49 characters',
      )
      .optional()
      .meta(
        says(
          'Envelope sender, where bounces go; `from` unless given. A `*` before the `@`, as in `bounces+*@example.com`, stands for the message and its proof. Hand them to `POST /v1/mail`.',
        ),
      ),
    domain: hostName.optional().meta(says('Right side of message ids; the domain of `from` unless given.')),
    listId: hostName.optional().meta(says('`foldback.<domain>` unless given (RFC 2919).')),
    listUnsubscribe: z
      .url({ protocol: /^https$/u })
      .regex(/^[\x21-\x7e]+$/u)
      .optional()
      .meta(says('Where a recipient changes what is sent, and where a POST ends it (RFC 8058).')),
    dkimSelector: hostName
      .optional()
      .meta(
        says(
          'Under which name the public key stands: `<selector>._domainkey.<domain>`. Goes with `dkimKey`.',
        ),
      ),
    dkimKey: z
      .string()
      .max(20_000)
      .refine(isRsaKey, 'write an RSA key in PEM')
      .optional()
      .meta({ description: 'What mails are signed with (DKIM), unless the mail server does.', secret: true }),
    dkimDomain: hostName.optional().meta(says('The domain that signs; that of `from` unless given.')),
    clientName: hostName.optional().meta(says('How this machine names itself to the server.')),
    connectionsMax: wholeNumber(1, 50).default(3).meta(says('Connections at a time.')),
    connectTimeoutMs: wholeNumber(100, 300_000)
      .default(15_000)
      .meta(says('From the name to the end of the log-in, milliseconds.')),
    silenceTimeoutMs: wholeNumber(100, 600_000)
      .default(60_000)
      .meta(says('Silence of the server after which a connection is given up, milliseconds.')),
    messageTimeoutMs: wholeNumber(100, 1_200_000)
      .default(120_000)
      .meta(says('For one message in all, milliseconds: a server that trickles cannot hold it.')),
  })
  .refine((settings) => (settings.user === undefined) === (settings.password === undefined), {
    message: 'user and password belong together',
    path: ['password'],
  })
  .refine((settings) => (settings.dkimKey === undefined) === (settings.dkimSelector === undefined), {
    message: 'dkimKey and dkimSelector belong together',
    path: ['dkimKey'],
  })
  .refine(
    (settings) =>
      settings.password === undefined || settings.tls !== 'none' || loopbackHosts.includes(settings.host),
    { message: 'a password is not sent in plain text: use starttls or implicit', path: ['tls'] },
  );
export type EmailSettings = z.infer<typeof emailSettings>;

// Quoted local parts and address literals are legal and unknown in directories; they are refused.
const localPart = /^[^\s\x00-\x1f\x7f@<>()[\]\\,;:"]{1,64}$/u;
const domainLabel = /^[\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u;

export function isMailAddress(text: string): boolean {
  const at = text.lastIndexOf('@');
  if (at < 1 || text.length > 254 || !text.isWellFormed()) return false;
  return (
    localPart.test(text.slice(0, at)) &&
    text
      .slice(at + 1)
      .split('.')
      .every((label) => domainLabel.test(label))
  );
}

export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}
