import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { secretContent, secretScrubber } from './secret-content.ts';

const body = ['MIIEpQIBAAKCAQEAexample', 'q8Zt3LmX7vBn2RcPexample', 'Yw5Kd9Hs4Jf6Gg1Example'];

describe('what two scanners agree on', () => {
  test('quotes and blanks around a value do not make another secret', () => {
    for (const form of [
      'q8Zt3LmX7vBn2RcP',
      ' q8Zt3LmX7vBn2RcP\n',
      '"q8Zt3LmX7vBn2RcP"',
      "'q8Zt3LmX7vBn2RcP'",
    ])
      expect(secretContent(form)).toBe('q8Zt3LmX7vBn2RcP');
  });

  test('one private key is one secret with line feeds, carriage returns, escapes and indentation', () => {
    const lines = ['-----BEGIN PRIVATE KEY-----', ...body, '-----END PRIVATE KEY-----'];
    const forms = [
      lines.join('\n'),
      `${lines.join('\r\n')}\r\n`,
      lines.join('\\n'),
      lines.map((line) => `    ${line}`).join('\n'),
    ];
    for (const form of forms) expect(secretContent(form)).toBe(lines.join('\n'));
  });

  test.each([
    'REDACTED',
    '********',
    'AKIAQYLPMN...',
    'short',
    'aaaaaaaaaaaaaaaaaaaa',
    '',
    '-----BEGIN RSA PRIVATE KEY-----',
    '-----BEGIN PRIVATE KEY',
  ])('%j is no content: every other finding would join it', (value) => {
    expect(secretContent(value)).toBeUndefined();
  });
});

describe('what is left of a secret in a text', () => {
  const secret = 'q8Zt3LmX7vBn2RcPYw5Kd9Hs';
  const scrub = secretScrubber([secret], '[masked]');

  test('the secret and any part of it of six characters are masked, the rest stays', () => {
    expect(scrub(`deploy/${secret}.txt`)).toBe('deploy/[masked].txt');
    expect(scrub('a q8Zt3L b')).toBe('a [masked] b');
    expect(scrub('a w5Kd9Hs')).toBe('a [masked]');
    expect(scrub('a q8Zt3 b')).toBe('a q8Zt3 b');
  });

  test('no window of six characters survives, wherever it stands', () => {
    const token = fc.string({
      unit: fc.constantFrom(...'ABCXYZabcxyz0123456789'),
      minLength: 20,
      maxLength: 60,
    });
    fc.assert(
      fc.property(
        token,
        fc.string(),
        fc.string(),
        fc.nat(40),
        fc.nat(60),
        (value, before, after, from, length) => {
          const masked = secretScrubber(
            [value],
            '[m]',
          )(`${before}${value.slice(from, from + length)}${after}`);
          for (let at = 0; at + 6 <= value.length; at++) {
            const window = value.slice(at, at + 6);
            if (/\d/u.test(window)) expect(masked).not.toContain(window);
          }
        },
      ),
    );
  });

  test('the password of a connection is masked; its host may stand in other fields', () => {
    const url = 'postgres://app:Xk29vmQp71@db.acme.example/app';
    const clean = secretScrubber([url], '[masked]');
    expect(clean('ana@acme.example')).toBe('ana@acme.example');
    expect(clean(url)).toBe('postgres://app:[masked]@db.acme.example/app');
    expect(clean('pass is Xk29vmQp71')).toBe('pass is [masked]');
  });

  test('a plain word that stands in a secret may stand in a file name', () => {
    expect(secretScrubber(['payments-service-9f3Qm27xLp0v'], '[m]')('acme/payments-service/main.ts')).toBe(
      'acme/payments-service/main.ts',
    );
    expect(secretScrubber(['correct horse battery'], '[m]')('say correct horse battery')).toBe('say [m]');
  });

  test('a hostile text costs no more than its length', () => {
    const value = 'a1'.repeat(2000);
    expect(secretScrubber([value], '[m]')('a1'.repeat(50_000)).length).toBeLessThan(1000);
  });
});
