import { expect, test } from 'vitest';
import { loginMinutes, readLogin, startLogin } from './login.ts';

const key = new Uint8Array(32).fill(4);
const now = Date.UTC(2026, 10, 23, 10);
const once = 'ab'.repeat(16);
const { cookie, login } = startLogin(key, '/outbox', now, once);

test('what the browser holds brings the login back, and shows none of its secrets', () => {
  expect(readLogin(key, cookie, now)).toEqual(login);
  for (const secret of Object.values(login.secrets)) {
    expect(secret).toMatch(/^[0-9a-f]{64}$/u);
    expect(cookie).not.toContain(secret);
  }
  expect(new Set(Object.values(login.secrets)).size).toBe(3);
});

test('a login that is too old, was changed, or is not ours, is none', () => {
  expect(readLogin(key, cookie, now + loginMinutes * 60_000)).toEqual(login);
  expect(readLogin(key, cookie, now + loginMinutes * 60_000 + 1000)).toBeUndefined();
  expect(readLogin(new Uint8Array(32).fill(5), cookie, now)).toBeUndefined();
  const [at = '', random = '', next = '', mac = ''] = cookie.split('.');
  const elsewhere = Buffer.from('https://elsewhere.example').toString('base64url');
  for (const text of [
    '',
    `${at}.${random}.${elsewhere}.${mac}`,
    `${at}.${'cd'.repeat(16)}.${next}.${mac}`,
    `z${at}.${random}.${next}.${mac}`,
    'x'.repeat(5000),
  ])
    expect(readLogin(key, text, now)).toBeUndefined();
});
