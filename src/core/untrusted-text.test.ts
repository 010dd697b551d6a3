import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inert, inertName, inertPath, inertRepository } from './untrusted-text.ts';

/** What no client may find in inert text, each with the reason. */
export const alive: readonly (readonly [string, RegExp])[] = [
  ['a control character or line break', /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/u],
  ['a zero-width or bidirectional character', /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/u],
  ['a tag or private-use character', /[\u{e0000}-\u{e007f}\ue000-\uf8ff]/u],
  ['a scheme', /:\/\//u],
  ['a scheme without slashes', /\b(?:mailto|tel|javascript|data|vbscript|file):/iu],
  ['www.', /www\.(?=\S)/iu],
  ['a mention', /@/u],
  ['an angle bracket', /[<>]/u],
  ['a Markdown link', /\]\(/u],
  ['a code mark', /`/u],
  [
    'a host at the start of a word',
    /(?<![\p{L}\p{N}_./-])(?:[\p{L}\p{N}][\p{L}\p{N}_-]*\.)+[\p{L}][\p{L}\p{N}-]+/u,
  ],
  ['a network path', /\\\\|(?<![\p{L}\p{N}_./:\]-])\/\//u],
];

const hostilePieces = [
  'http://evil.example/x',
  'HTTPS://EVIL.EXAMPLE',
  'hxxp:////evil',
  'www.evil.example',
  'evil.example/login.php?a=1',
  'ana@evil.example',
  '@channel',
  '<!channel>',
  '<@U012AB3CD>',
  '</p><script>alert(1)</script>',
  '[click](javascript:alert(1))',
  'javascript:alert(1)',
  'mailto:ana@evil.example',
  '\u001b[31mred\u001b[0m',
  '\u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007',
  '\u009b2J',
  '\u202egnp.exe',
  'ev\u200bil.exam\u00adple',
  'ｅｖｉｌ．ｅｘａｍｐｌｅ',
  'evil。example',
  '\\\\evil\\share',
  '//evil.example/x',
  '10.0.0.1/admin',
  '=HYPERLINK("http://evil.example")',
  '`rm -rf`',
  '{repository}',
  ['$', '{x}'].join(''),
  '\r\nBcc: all@evil.example',
  '\u{e0041}\u{e0042}',
  'a'.repeat(500),
  '\ud800',
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...hostilePieces), fc.string({ unit: 'binary', maxLength: 12 })), {
    maxLength: 6,
  })
  .map((parts) => parts.join(''));

describe('text of strangers', () => {
  test.each([
    ['inert', (text: string) => inert(text, 120)],
    ['inert from its end', (text: string) => inert(text, 40, 'end')],
    ['a path', (text: string) => inertPath(text)],
    ['a repository', (text: string) => inertRepository(text)],
    ['a name', (text: string) => inertName(text)],
  ])('comes out dead whatever it holds: %s', (_name, make) => {
    fc.assert(
      fc.property(hostile, (text) => {
        const made = make(text);
        for (const [what, pattern] of alive) {
          // A file name at the root is marked as a path instead: `./settings.py`.
          expect(pattern.test(made), `${what} in ${JSON.stringify(made)} of ${JSON.stringify(text)}`).toBe(
            false,
          );
        }
        expect([...made].length).toBeLessThanOrEqual(130);
        expect(made).toBe(made.trim());
      }),
      { numRuns: 2000 },
    );
  });

  test('ordinary text is not changed', () => {
    for (const text of ['acme/shop-api', 'main', 'feature/pay-2', 'v1.2.3', 'Fix the build']) {
      expect(inert(text, 80)).toBe(text);
    }
    expect(inertName('Ana Souza')).toBe('Ana Souza');
    expect(inertName('Jean-Luc O’Neill')).toBe('Jean-Luc O’Neill');
    expect(inertName('Zoë Müller-Łuczak')).toBe('Zoë Müller-Łuczak');
  });

  test.each([
    ['settings.py', './settings.py'],
    ['src/pay.ts', 'src/pay.ts'],
    ['.env', '.env'],
    ['.env.production', '.env.production'],
    ['src\\pay.ts', 'src/pay.ts'],
    ['evil.example/login.php', 'evil[.]example/login.php'],
    ['paypal.com', 'paypal[.]com'],
    ['Your account is locked, call us now', '“Your account is locked, call us now”'],
    ['node_modules/@acme/x/index.js', 'node_modules/(at)acme/x/index.js'],
  ])('the path %s is shown as %s', (path, shown) => {
    expect(inertPath(path)).toBe(shown);
  });

  test('a long path keeps its end, which says more', () => {
    const shown = inertPath(`${'deep/'.repeat(60)}key.ts`);
    expect(shown.startsWith('…')).toBe(true);
    expect(shown.endsWith('/key.ts')).toBe(true);
    expect([...shown].length).toBe(120);
  });

  test.each([
    ['https://ana:pass@git.example.com/acme/shop-api.git', 'acme/shop-api'],
    ['git@git.example.com:acme/shop-api.git', 'acme/shop-api'],
    ['git.example.com/acme/shop-api', 'acme/shop-api'],
    ['group/sub/project', 'group/sub/project'],
    ['/home/ana/src/shop-api', 'shop-api'],
    ['C:\\Users\\ana\\shop-api', 'shop-api'],
    ['acme/shop-api', 'acme/shop-api'],
  ])('the repository %s is shown as %s, without user or secret', (repository, shown) => {
    expect(inertRepository(repository)).toBe(shown);
  });

  test('a megabyte costs no more than a line', () => {
    expect([...inert('x.'.repeat(500_000), 50)].length).toBe(50);
    expect([...inert('\u200b'.repeat(1_000_000), 50)].length).toBe(0);
  });
});
