import { expect, test } from 'vitest';
import { judgePassword, loginOf } from './password.ts';

test('a long password of any characters is good, also one with blanks and in any script', () => {
  for (const password of [
    'seven quiet herons',
    'ñandú canta a las 4',
    '静かな鷺が七羽いて池に立つ朝だ',
    'x7-Qp2_mmZ9!t',
  ])
    expect([password, judgePassword(password, ['ana'])]).toEqual([password, 'good']);
});

test('a short one, and one that everybody would guess, is not', () => {
  expect(judgePassword('short pass', [])).toBe('too-short');
  expect(judgePassword('x'.repeat(201), [])).toBe('too-long');
  for (const password of [
    'aaaaaaaaaaaaaa',
    'abcdefghijklmnop',
    'password2026',
    'Foldback-admin-2026',
    'anamaria.lopez12',
    '123456789012',
  ])
    expect([password, judgePassword(password, ['anamaria.lopez'])]).toEqual([password, 'too-plain']);
});

test('names are folded, and hold nothing that a log or page could trip over', () => {
  expect(loginOf(' Ana.Lopez ')).toBe('ana.lopez');
  for (const text of ['', 'a', 'a b', 'ana\n', '-ana', 'x'.repeat(81), 'аna']) {
    const login = loginOf(text);
    expect([text, login]).toEqual([text, text === 'ana\n' ? 'ana' : undefined]);
  }
});
