import { expect, test } from 'vitest';
import { formNonce, judgeNonce } from './form-nonce.ts';

const key = new Uint8Array(32).fill(7);
const now = Date.UTC(2026, 10, 23, 10);
const hour = 3_600_000;
const nonce = formNonce(key, ['reply', 'token'], now, 'a1b2');
const judge = (text: string, at = now, page: readonly string[] = ['reply', 'token'], by = key) =>
  judgeNonce(by, page, text, at, 24 * hour);

test('a form of our own page is taken while the page is fresh', () => {
  expect(judge(nonce)).toBe('good');
  expect(judge(nonce, now + 24 * hour)).toBe('good');
  expect(judge(nonce, now + 24 * hour + 1000)).toBe('too-old');
  expect(judge(nonce, now - hour)).toBe('good');
});

test('a form of another page, another key or another hand is not taken', () => {
  expect(judge(nonce, now, ['reply', 'other'])).toBe('wrong');
  expect(judge(nonce, now, ['reply', 'token'], new Uint8Array(32).fill(8))).toBe('wrong');
  expect(judge(nonce.replace('a1b2', 'a1b3'))).toBe('wrong');
  expect(judge(`1${nonce}`)).toBe('wrong');
  for (const text of ['', '.', 'a.b.c', `${nonce}.`, 'x'.repeat(5000)]) expect(judge(text)).toBe('wrong');
});

test('two pages have two nonces', () => {
  expect(formNonce(key, ['reply', 'token'], now, 'a1b3')).not.toBe(nonce);
});
