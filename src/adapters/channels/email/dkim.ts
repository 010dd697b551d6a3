import DKIM from 'nodemailer/lib/dkim';
import { pem } from './rsa-key.ts';
import { domainOf, type EmailSettings } from './settings.ts';

/** What a reader is shown or answers by; RFC 8058 wants both of `List-Unsubscribe` under the signature. */
const signedHeaders = [
  'from',
  'to',
  'reply-to',
  'subject',
  'date',
  'message-id',
  'in-reply-to',
  'references',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
  'auto-submitted',
  'list-id',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'x-foldback-case',
].join(':');

/** The mail with its signature in front (RFC 6376, rsa-sha256), or as it was where no key is set. */
export async function signMail(bytes: Buffer, settings: EmailSettings): Promise<Buffer> {
  const { dkimKey, dkimSelector, dkimDomain = domainOf(settings.from) } = settings;
  if (dkimKey === undefined || dkimSelector === undefined) return bytes;
  const signer = new DKIM({
    domainName: dkimDomain,
    keySelector: dkimSelector,
    privateKey: pem(dkimKey),
    headerFieldNames: signedHeaders,
  });
  const parts: Buffer[] = [];
  for await (const part of signer.sign(bytes)) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}
