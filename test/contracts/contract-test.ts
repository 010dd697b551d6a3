import { test } from 'vitest';

export type Skip = { readonly test: string; readonly reason: string };

/**
 * Gives a `test` that knows an adapter's exceptions. A skipped test still runs and must fail: one that would pass is
 * a failure, so the list only shrinks. `checkSkips` finds exceptions to tests that do not exist.
 */
export function contractTest(skips: readonly Skip[]): {
  readonly check: (name: string, body: () => Promise<void> | void) => void;
  readonly checkSkips: () => void;
} {
  const names = new Set<string>();
  return {
    check: (name, body) => {
      names.add(name);
      const skip = skips.find((one) => one.test === name);
      if (skip === undefined) test(name, body);
      else test.fails(`${name} (excepted: ${skip.reason})`, body);
    },
    checkSkips: () => {
      const unknown = skips.filter((skip) => !names.has(skip.test));
      test('every exception names a test and a reason', () => {
        const bad = [...unknown, ...skips.filter((skip) => skip.reason.trim() === '')];
        if (bad.length > 0) throw new Error(`no such test, or no reason: ${JSON.stringify(bad)}`);
      });
    },
  };
}

/** What a stranger may write where a name, a path, a commit or an address is expected. */
export const hostileTexts: readonly string[] = [
  '',
  ' ',
  '--output=/tmp/never',
  '-c core.pager=touch /tmp/never',
  '$(touch /tmp/never)',
  '`touch /tmp/never`; rm -rf /',
  '../../../../etc/passwd',
  '/etc/passwd',
  'C:\\Windows\\win.ini',
  'a\nb',
  'a\r\nHEAD:a',
  'a\0b',
  'HEAD',
  'HEAD^{tree}',
  '@{-1}',
  ':/change',
  ':(exclude)*',
  '*',
  '**/*',
  '__proto__',
  'constructor',
  'toString',
  '<img src=x onerror=alert(1)>',
  '@everyone <!channel> [x](javascript:alert(1))',
  '\u202Egnp.exe\u2066',
  '\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007',
  '=cmd|calc!A0',
  '\ud800',
  '%s%n%x',
  'a'.repeat(100_000),
  '😀'.repeat(500),
];

/** One line of plain words: no control or invisible character, no markup, no live link or mention. */
export const plainLine = /^(?!.*(?:<|:\/\/|@|\]\())[^\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]{5,400}$/u;

export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) deepFreeze(member);
    Object.freeze(value);
  }
  return value;
}
