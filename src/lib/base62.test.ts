import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base62, base62Length, base62Number } from './base62.ts';

test('the same number of bytes always gives the same length, in digits and letters only', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const text = base62(bytes);
      expect(text).toMatch(/^[0-9A-Za-z]*$/u);
      expect(text.length).toBe(base62Length(bytes.length));
    }),
  );
});

test('different bytes of one length give different texts', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.nat(127), (bytes, bit) => {
      const other = Uint8Array.from(bytes);
      other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(base62(other)).not.toBe(base62(bytes));
    }),
  );
});

test('known values', () => {
  expect(base62(Uint8Array.of(0))).toBe('00');
  expect(base62(Uint8Array.of(61))).toBe('0z');
  expect(base62(Uint8Array.of(62))).toBe('10');
  expect(base62Number(0xffffffff, 6)).toBe('4gfFC3');
  expect(base62Length(16)).toBe(22);
});
