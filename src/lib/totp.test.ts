import { describe, expect, test } from 'vitest';
import { base32, base32Bytes } from './base32.ts';
import { totpCode, totpMatch, totpStep } from './totp.ts';

const secret = Buffer.from('12345678901234567890');
const at = (seconds: number) => seconds * 1000;

describe('codes by time', () => {
  test.each([
    [59, '94287082'],
    [1111111109, '07081804'],
    [1111111111, '14050471'],
    [1234567890, '89005924'],
    [2000000000, '69279037'],
    [20000000000, '65353130'],
  ])('are those of RFC 6238, appendix B: %i', (seconds, code) => {
    expect(totpCode(secret, totpStep(at(seconds)), 8)).toBe(code);
    expect(totpMatch(secret, code.slice(2), at(seconds))).toBe(totpStep(at(seconds)));
  });

  test('a strict code counts in its own thirty seconds, and in no others', () => {
    const code = totpCode(secret, 100);
    const matched = [99, 100, 101].map((step) => totpMatch(secret, code, step * 30_000, undefined, 0));
    expect(matched).toEqual([undefined, 100, undefined]);
    expect(totpMatch(secret, code, 101 * 30_000 - 1, undefined, 0)).toBe(100);
  });

  test('count one step early or late, and no further', () => {
    const code = totpCode(secret, 100);
    const matched = [98, 99, 100, 101, 102].map((step) => totpMatch(secret, code, at(step * 30)));
    expect(matched).toEqual([undefined, 100, 100, 100, undefined]);
  });

  test('count once: a step that was used, and those before it, are refused', () => {
    const now = at(100 * 30);
    expect(totpMatch(secret, totpCode(secret, 100), now, 100)).toBeUndefined();
    expect(totpMatch(secret, totpCode(secret, 99), now, 100)).toBeUndefined();
    expect(totpMatch(secret, totpCode(secret, 101), now, 100)).toBe(101);
  });

  test('are six digits and nothing else', () => {
    const now = at(100 * 30);
    const code = totpCode(secret, 100);
    for (const text of ['', code.slice(1), `${code}0`, ` ${code}`, 'abcdef', '٠٠٠٠٠٠'])
      expect(totpMatch(secret, text, now)).toBeUndefined();
  });
});

test.each([
  ['', ''],
  ['f', 'MY'],
  ['fo', 'MZXQ'],
  ['foo', 'MZXW6'],
  ['foob', 'MZXW6YQ'],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI'],
])('base32 is that of RFC 4648, section 10: %j', (text, encoded) => {
  expect(base32(Buffer.from(text))).toBe(encoded);
  expect(Buffer.from(base32Bytes(encoded) ?? []).toString()).toBe(text);
  expect(base32Bytes(`${encoded}1`)).toBeUndefined();
});
