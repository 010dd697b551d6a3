import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { sha256Hex } from './hmac.ts';

/** An Ed25519 key pair (RFC 8032) made from its 32-byte seed. */
export type SigningKey = {
  /** First 16 hex digits of SHA-256 over the raw public key. */
  readonly keyId: string;
  /** Raw public key, 32 bytes in base64url. */
  readonly publicKey: string;
  /** Signature over the UTF-8 text, 64 bytes in base64url. Deterministic. */
  readonly sign: (text: string) => string;
};

// RFC 8410, section 7: the fixed beginning of a PKCS #8 Ed25519 private key; the seed follows.
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** @throws RangeError when the seed is not 32 bytes */
export function signingKey(seed: Uint8Array): SigningKey {
  if (seed.length !== 32) throw new RangeError('an Ed25519 seed has 32 bytes');
  const privateKey = createPrivateKey({
    key: Buffer.concat([pkcs8Prefix, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '';
  return {
    keyId: publicKeyId(publicKey),
    publicKey,
    sign: (text) => sign(null, Buffer.from(text, 'utf8'), privateKey).toString('base64url'),
  };
}

export function publicKeyId(publicKey: string): string {
  return sha256Hex(Buffer.from(publicKey, 'base64url')).slice(0, 16);
}

/** Whether the signature over the text is this key's. False for malformed keys and signatures. */
export function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  const raw = Buffer.from(signature, 'base64url');
  // Another spelling of the same bytes would let a signature be changed unseen.
  if (raw.length !== 64 || raw.toString('base64url') !== signature) return false;
  const key = importPublicKey(publicKey);
  return key !== undefined && verify(null, Buffer.from(text, 'utf8'), key, raw);
}

function importPublicKey(publicKey: string): KeyObject | undefined {
  const raw = Buffer.from(publicKey, 'base64url');
  if (raw.length !== 32 || raw.toString('base64url') !== publicKey) return undefined;
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
}
