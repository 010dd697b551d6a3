import { createPrivateKey } from 'node:crypto';

/** An RSA key in PEM; line breaks may be written as `\n`, as environments need it. */
export function isRsaKey(text: string): boolean {
  try {
    return createPrivateKey(pem(text)).asymmetricKeyType === 'rsa';
  } catch {
    // Why it is none must not be said: the message of the fault may quote it.
    return false;
  }
}

/** Line breaks as they stand in a file. */
export function pem(text: string): string {
  return text.replaceAll('\\n', '\n');
}
