import { isSignedBy, publicKeyId, type SigningKey } from '../lib/ed25519.ts';
import { sha256Hex } from '../lib/hmac.ts';
import type { Finding } from './finding.ts';

/**
 * A page with its signature inside: `{signature}` stands once in the text that is signed, and gives way to the public
 * key and the signature. Whoever takes it out again has what was signed.
 */
const place = '{signature}';
const mark = /foldback-seal:([A-Za-z0-9_-]{43}):([A-Za-z0-9_-]{86})/u;

export function sealPlace(): string {
  return place;
}

/** @param text holds the place of the signature once */
export function sealText(text: string, key: SigningKey): string {
  const signature = key.sign(signedText(text));
  return text.replace(place, `foldback-seal:${key.publicKey}:${signature}`);
}

export type TextVerdict = {
  readonly isWhole: boolean;
  readonly findings: readonly Finding[];
  readonly summary?: { readonly keyIds: readonly string[]; readonly isTrusted: boolean };
};

export function verifyText(text: string, trustedKeys?: readonly string[]): TextVerdict {
  const [whole, publicKey, signature] = mark.exec(text) ?? [];
  if (whole === undefined || publicKey === undefined || signature === undefined) {
    const detail = 'There is no signature of ours in it.';
    return { isWhole: false, findings: [{ kind: 'bad-format', where: 'page', detail }] };
  }
  const keyId = publicKeyId(publicKey);
  const isTrusted = trustedKeys?.includes(keyId) === true;
  const findings: Finding[] = [];
  if (!isSignedBy(publicKey, signedText(text.replace(whole, place)), signature))
    findings.push({ kind: 'altered', where: 'page', detail: 'The text is not the one that was signed.' });
  if (trustedKeys !== undefined && !isTrusted)
    findings.push({
      kind: 'unknown-key',
      where: `key ${keyId}`,
      detail: 'It is not among the trusted keys.',
    });
  return { isWhole: findings.length === 0, findings, summary: { keyIds: [keyId], isTrusted } };
}

/** Some editors end lines of their own way, which says nothing of the content. */
function signedText(text: string): string {
  return `foldback-page/1 ${sha256Hex(text.replaceAll('\r\n', '\n'))}`;
}
