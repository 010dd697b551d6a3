import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSealed, openSealed, sealText } from './seal-text.ts';

const key = new Uint8Array(32).fill(7);
const other = new Uint8Array(32).fill(8);

test('what was sealed opens to the same text, under the key that sealed it, wherever it stands in the ring', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      const sealed = sealText(key, text);
      expect(isSealed(sealed)).toBe(true);
      expect(openSealed([other, key], sealed)).toEqual({ kind: 'opened', text });
    }),
  );
});

test('the same text sealed twice shows nothing of being the same', () => {
  expect(sealText(key, 'xoxb-1')).not.toBe(sealText(key, 'xoxb-1'));
});

test('without its key nothing opens, and it says that the key is missing', () => {
  expect(openSealed([other], sealText(key, 'a'))).toEqual({ kind: 'unknown-key' });
  expect(openSealed([], sealText(key, 'a'))).toEqual({ kind: 'unknown-key' });
});

test('a changed, cut or invented text opens to nothing', () => {
  const sealed = sealText(key, 'a secret of the product');
  const at = sealed.lastIndexOf(':') + 1;
  for (let n = at; n < sealed.length; n += 1) {
    const flipped = sealed.slice(0, n) + (sealed[n] === 'A' ? 'B' : 'A') + sealed.slice(n + 1);
    expect(openSealed([key], flipped).kind).toBe('broken');
  }
  for (const text of [
    sealed.slice(0, -5),
    `${sealed}AAAA`,
    'sealed:1:',
    'sealed:2:00000000:AAAA',
    randomBytes(40).toString('hex'),
  ])
    expect(openSealed([key], text).kind).toBe('broken');
});
