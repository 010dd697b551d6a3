import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { isSignedBy, publicKeyId, signingKey } from './ed25519.ts';

test('RFC 8032, section 7.1, test 1: the public key of the seed and the signature of the empty text', () => {
  const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
  const key = signingKey(seed);
  expect(Buffer.from(key.publicKey, 'base64url').toString('hex')).toBe(
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
  );
  expect(Buffer.from(key.sign(''), 'base64url').toString('hex')).toBe(
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  );
});

test('a signature holds for its text and key only', () => {
  const [ours, theirs] = [signingKey(randomBytes(32)), signingKey(randomBytes(32))];
  const signature = ours.sign('text');
  expect(isSignedBy(ours.publicKey, 'text', signature)).toBe(true);
  expect(isSignedBy(ours.publicKey, 'texT', signature)).toBe(false);
  expect(isSignedBy(theirs.publicKey, 'text', signature)).toBe(false);
  expect(ours.keyId).toBe(publicKeyId(ours.publicKey));
});

test('malformed keys and signatures, and other spellings of the same bytes, do not verify and do not throw', () => {
  const key = signingKey(randomBytes(32));
  const signature = key.sign('text');
  for (const wrong of [
    '',
    'AAAA',
    `${signature}=`,
    `${signature}A`,
    signature.slice(0, -1),
    `${signature} `,
  ]) {
    expect(isSignedBy(key.publicKey, 'text', wrong)).toBe(false);
  }
  for (const wrong of ['', 'AAAA', `${key.publicKey}=`, 'not a key']) {
    expect(isSignedBy(wrong, 'text', signature)).toBe(false);
  }
});
