import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hmacHex, hmacTextHex, isEqualConstantTime, keyedHash, sha256Hex } from './hmac.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

// RFC 4231, section 4; case 5 is the truncated one. Data that is not UTF-8 text (cases 3 and 4) is compared with
// createHmac below instead.
const vectors: readonly { name: string; key: Uint8Array; data: string; digest: string }[] = [
  {
    name: '1',
    key: bytes('0b'.repeat(20)),
    data: 'Hi There',
    digest: 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  },
  {
    name: '2',
    key: Buffer.from('Jefe'),
    data: 'what do ya want for nothing?',
    digest: '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  },
  {
    name: '5 (first 128 bits)',
    key: bytes('0c'.repeat(20)),
    data: 'Test With Truncation',
    digest: 'a3b6167473100ee06e0c796c2955552b',
  },
  {
    name: '6 (key longer than a block)',
    key: bytes('aa'.repeat(131)),
    data: 'Test Using Larger Than Block-Size Key - Hash Key First',
    digest: '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  },
  {
    name: '7 (key and data longer than a block)',
    key: bytes('aa'.repeat(131)),
    data: 'This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.',
    digest: '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
  },
];

describe('hmac', () => {
  test.each(vectors)('RFC 4231 case $name', ({ key, data, digest }) => {
    expect(hmacTextHex(key, data).slice(0, digest.length)).toBe(digest);
    expect(hmacTextHex(createSecretKey(key), data).slice(0, digest.length)).toBe(digest);
  });

  test('gives what createHmac gives for any key and parts, in any order of calls', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.array(fc.array(fc.string({ unit: 'binary' }), { maxLength: 4 }), { minLength: 1, maxLength: 5 }),
        (key, calls) => {
          const keyed = keyedHash(key);
          for (const parts of calls) {
            const expected = createHmac('sha256', key).update(JSON.stringify(parts)).digest('hex');
            expect(keyed(parts, 256)).toBe(expected);
            expect(hmacHex(key, parts)).toBe(expected.slice(0, 32));
          }
        },
      ),
    );
  });

  test('a message longer than the scratch buffer is hashed whole', () => {
    const key = randomBytes(32);
    for (const length of [2700, 2730, 2731, 8192, 8193, 100_000]) {
      const part = '€'.repeat(length);
      const expected = createHmac('sha256', key)
        .update(JSON.stringify([part]))
        .digest('hex');
      expect(hmacHex(key, [part], 256)).toBe(expected);
    }
  });

  test('parts are framed: no two lists of parts share a hash', () => {
    const key = randomBytes(32);
    const lists = [['ab'], ['a', 'b'], ['a,b'], ['a","b'], ['', 'ab'], ['ab', ''], [], ['']];
    expect(new Set(lists.map((parts) => hmacHex(key, parts))).size).toBe(lists.length);
    expect(hmacHex(key, ['\ud800'])).not.toBe(hmacHex(key, ['\ufffd']));
  });

  test('a length that is no whole number of bytes is refused', () => {
    expect(() => hmacHex(randomBytes(32), ['a'], 130)).toThrow(RangeError);
  });

  test('constant-time comparison agrees with equality', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => isEqualConstantTime(a, b) === (a === b)));
    expect(isEqualConstantTime('same', 'same')).toBe(true);
    expect(isEqualConstantTime('\ud800', '\ufffd')).toBe(false);
  });

  test('sha256Hex gives the digest of FIPS 180-4', () => {
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
