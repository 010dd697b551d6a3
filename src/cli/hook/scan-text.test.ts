import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { scanText } from './scan-text.ts';

const any = (_line: number): boolean => true;
const found = async (text: string, isNew = any) =>
  (await scanText('config/app.txt', text, isNew)).map(({ line, provider }) => [line, provider]);

const pem = (type: 'ed25519' | 'rsa'): string => {
  const made =
    type === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519');
  return made.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
};

test.each([
  ['an AWS key id', ['AKIA', 'QYLPMN5HTVWRKZ3B'], 'aws'],
  ['a GitHub token', ['ghp', '_', 'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO', '0pINUx'], 'github'],
  ['a GitLab token', ['glpat', '-', 'x8KpQz4TnW2rYv7LmB3c'], 'gitlab'],
  ['a Stripe key', ['sk', '_live_', '4eC39HqLyjWDarjtT1zdp7dc'], 'stripe'],
  [
    'a connection with its password',
    ['postgres', '://shop:', 'h7Gz9qWxTr4', '@db.acme.io/shop'],
    'database-url',
  ],
])('%s is found, with its line and kind', async (_name, parts, provider) => {
  expect(await found(`first\nvalue = "${parts.join('')}"\nlast\n`)).toEqual([[2, provider]]);
});

test.each(['rsa', 'ed25519'] as const)(
  'a private key (%s) is found once, whole or with written-out breaks',
  async (type) => {
    const key = pem(type);
    expect(await found(`a\n${key}`)).toEqual([[2, 'private-key']]);
    expect(await found(`{"key": ${JSON.stringify(key)}}`)).toEqual([[1, 'private-key']]);
  },
);

test('a key block of which one line is new is new', async () => {
  const text = `a\n${pem('rsa')}`;
  expect(await found(text, (line) => line === 5)).toEqual([[2, 'private-key']]);
  expect(await found(text, (line) => line === 1)).toEqual([]);
});

test('examples, placeholders and names of secrets are none', async () => {
  const lines = [
    'AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE',
    `token: ghp_${'x'.repeat(36)}`,
    'password = process.env.PASSWORD',
    'postgres://user:password@localhost:5432/app',
    "if (text.startsWith('-----BEGIN PRIVATE KEY-----')) return;",
    'sk_live_…',
  ];
  expect(await found(lines.join('\n'))).toEqual([]);
});

test('hostile text is read in a moment', async () => {
  const texts = [
    '-----BEGIN PRIVATE KEY-----'.repeat(20_000),
    'a'.repeat(1_000_000),
    'postgres://a:b@'.repeat(50_000),
  ];
  for (const text of texts) await scanText('a.txt', text, any);
}, 10_000);
