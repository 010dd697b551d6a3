import { expect, test } from 'vitest';
import { commonPasswords } from '../lib/common-passwords.ts';
import { judgePassword, loginOf } from './password.ts';

const none: ReadonlySet<string> = new Set();

test('a long password of any characters is good, also one with blanks and in any script', async () => {
  for (const password of [
    'seven quiet herons',
    'ñandú canta a las 4',
    '静かな鷺が七羽いて池に立つ朝だ',
    'x7-Qp2_mmZ9!t',
  ])
    expect([password, judgePassword(password, ['ana'], await commonPasswords())]).toEqual([password, 'good']);
});

test('a short one, and one that everybody would guess, is not', () => {
  expect(judgePassword('short pass', [], none)).toBe('too-short');
  expect(judgePassword('x'.repeat(201), [], none)).toBe('too-long');
  for (const password of [
    'aaaaaaaaaaaaaa',
    'abcdefghijklmnop',
    'password2026',
    'Foldback-admin-2026',
    'anamaria.lopez12',
    '123456789012',
  ])
    expect([password, judgePassword(password, ['anamaria.lopez'], none)]).toEqual([password, 'too-plain']);
});

test('one that many people took is not, as it is or with digits and marks around it', async () => {
  const common = await commonPasswords();
  expect(common.size).toBeGreaterThan(90_000);
  // OWASP ASVS 6.2.4: of the most common ones that our rules would let through, three thousand at least.
  const otherwiseGood = [...common].filter((password) => judgePassword(password, [], none) === 'good');
  expect(otherwiseGood.length).toBeGreaterThan(30_000);
  for (const password of [
    'administrator',
    '1qaz2wsx3edc',
    'Unbelievable',
    'football-2026!',
    '!!2026baseball!!',
  ])
    expect([password, judgePassword(password, [], common)]).toEqual([password, 'too-plain']);
  const long = [...common].filter((password) => [...password].length >= 12);
  expect(long.filter((password) => judgePassword(password, [], common) === 'good')).toEqual([]);
});

test('names are folded, and hold nothing that a log or page could trip over', () => {
  expect(loginOf(' Ana.Lopez ')).toBe('ana.lopez');
  for (const text of ['', 'a', 'a b', 'ana\n', '-ana', 'x'.repeat(81), 'аna']) {
    const login = loginOf(text);
    expect([text, login]).toEqual([text, text === 'ana\n' ? 'ana' : undefined]);
  }
});
