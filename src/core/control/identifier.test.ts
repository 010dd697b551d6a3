import fc from 'fast-check';
import { expect, test } from 'vitest';
import { identifierTypes, isIdentifier } from './identifier.ts';

const hostile = [
  '',
  ' ',
  'a b',
  'a\nb',
  'a\r\n+++ b/etc/passwd',
  'a\u0000b',
  '../../etc/passwd',
  'acme/../shop',
  'acme/..',
  './x',
  '/etc/passwd',
  'acme//shop',
  'acme/shop/',
  '.git/hooks',
  'acme/.git/config',
  '-rf',
  '--exec=sh',
  'a;rm -rf ~',
  '$(id)',
  '`id`',
  ['$', '{{ secrets.TOKEN }}'].join(''),
  'a"b',
  "a'b",
  'a\\b',
  'a,b',
  'a{b}',
  'a[b]',
  'a*',
  'a?',
  '!a',
  '#a',
  'a#b',
  '&a',
  '*a',
  'a|b',
  'a>b',
  '<<id>>',
  '%TEMP%',
  '~root',
  'é',
  'а/shop',
  'acme/shоp',
  'a\u202eb',
  'a\u2028b',
  'ａｃｍｅ/shop',
  'x'.repeat(5000),
];

test('what could be read as more than a name is never an identifier, of whatever type', () => {
  for (const type of identifierTypes)
    for (const text of hostile) expect([type, text, isIdentifier(type, text)]).toEqual([type, text, false]);
});

test('every identifier is plain ASCII without anything that a file format or a shell reads', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...identifierTypes),
      fc.string({ unit: 'binary', maxLength: 30 }),
      (type, text) => {
        if (isIdentifier(type, text)) expect(text).toMatch(/^[A-Za-z0-9_.@:/+=-]+$/u);
      },
    ),
    { numRuns: 3000 },
  );
});

test('ordinary names are identifiers', () => {
  const ordinary = {
    repository: ['acme/shop-api', 'acme/tools/x.y', 'Acme/.github'],
    organisation: ['acme'],
    directory: ['src', 'src/pay', '.github/workflows', 'config/prod_eu'],
    file: ['src/pay.ts', '.env', 'config/prod.env'],
    branch: ['main', 'release/1.2', 'feature/pay-2'],
    environment: ['production', 'prod-eu'],
    team: ['platform', 'shop-2'],
    role: ['arn:aws:iam::123456789012:role/ci/deploy', 'arn:aws-cn:iam::123456789012:user/ben'],
    identity: ['shop-deploy', 'ci@acme-prod.iam.gserviceaccount.com', 'system:serviceaccount:shop:api'],
    resource: ['production', 'arn:aws:s3:::reports', 'environment/prod'],
    action: ['issue_token', 's3:GetObject', 'iam.serviceAccounts.signJwt'],
    rule: ['secret-reach', 'push-to-protected-branch'],
    tool: ['execute_order', 'Read', 'mcp.files-read'],
  } as const;
  for (const type of identifierTypes)
    for (const text of ordinary[type]) expect([text, isIdentifier(type, text)]).toEqual([text, true]);
});
