import { expect, test } from 'vitest';
import { factorUri, needsFactor, recoveryCode, recoveryHash } from './second-factor.ts';

test('a recovery code is recognised however it is typed, and rests as a hash only', () => {
  const code = recoveryCode(Uint8Array.from({ length: 15 }, (_, n) => n * 17));
  expect(code).toMatch(/^(?:[a-z2-7]{4}-){5}[a-z2-7]{4}$/u);
  const hash = recoveryHash(code);
  expect(hash).toMatch(/^[0-9a-f]{64}$/u);
  expect(recoveryHash(` ${code.replaceAll('-', ' ').toUpperCase()}\n`)).toBe(hash);
  expect(hash).not.toContain(code.slice(0, 4));
  for (const text of ['', '123456', code.slice(1), `${code}a`, code.replace(/.$/u, '0')])
    expect(recoveryHash(text)).toBeUndefined();
  expect(() => recoveryCode(new Uint8Array(14))).toThrow(RangeError);
});

test.each([
  ['optional', ['admin'], false],
  ['admins', ['admin'], true],
  ['admins', ['viewer', 'admin'], true],
  ['admins', ['viewer'], false],
  ['everybody', ['viewer'], true],
] as const)('under the rule %s, roles %j: a second factor is needed: %s', (rule, roles, isNeeded) => {
  expect(needsFactor(rule, roles)).toBe(isNeeded);
});

test('a name with other characters cannot add to what the authenticator reads', () => {
  const uri = new URL(factorUri('MZXW6', 'Acme & Co?issuer=x', 'ana@example.com'));
  expect(uri.searchParams.get('issuer')).toBe('Acme & Co?issuer=x');
  expect(uri.searchParams.getAll('secret')).toEqual(['MZXW6']);
});
