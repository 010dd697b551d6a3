import { createHmac } from 'node:crypto';
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sources } from '../src/adapters/index.ts';
import { type ReadItem, readEvents } from '../src/adapters/read-events.ts';
import { byHand } from '../src/adapters/sources/generic/by-hand.ts';
import type { Event } from '../src/core/event.ts';
import type { MapContext } from '../src/ports/source.ts';
import { sourceContract } from './contracts/source-contract.ts';
import { survivingParts, withBehind } from './support/secret-survival.ts';
import { sourceContext } from './support/source-context.ts';

/** How each vendor signs. */
const signers: Readonly<
  Record<string, (body: Uint8Array, secret: string) => Readonly<Record<string, string>>>
> = {
  github: (body, secret) => ({
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    'x-github-delivery': '7f3a',
  }),
  gophish: (body, secret) => ({
    'x-gophish-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  }),
};

for (const source of sources) {
  const sign = signers[source.id];
  sourceContract({ source, sources, ...(sign === undefined ? {} : { sign }) });
}

test('every folder of a source is registered, and every registered source has a folder', () => {
  const folders = readdirSync(new URL('../src/adapters/sources/', import.meta.url));
  expect(folders.toSorted()).toEqual(sources.map((source) => source.id).toSorted());
});

async function read(
  input: string | Uint8Array,
  context: Partial<MapContext> = {},
  id?: string,
): Promise<ReadItem[]> {
  const items: ReadItem[] = [];
  const source = sources.find((one) => one.id === id);
  const bytes = typeof input === 'string' ? Buffer.from(input) : input;
  const options = {
    sources,
    context: { ...sourceContext, ...context },
    ...(source === undefined ? {} : { source }),
  };
  for await (const item of readEvents([bytes], options)) items.push(item);
  return items;
}

async function events(input: unknown, context: Partial<MapContext> = {}, id?: string): Promise<Event[]> {
  const items = await read(typeof input === 'string' ? input : JSON.stringify(input), context, id);
  return items.flatMap((item) => ('event' in item ? [item.event] : []));
}

function contents(event: Event | undefined): readonly string[] {
  return event?.fingerprints.filter(({ kind }) => kind === 'content').map(({ value }) => value) ?? [];
}

const fake = 'not-a-real-token-Yw5Kd9Hs4Jf6Gg1Q';
const gitleaks = (more: object = {}) => ({
  RuleID: 'aws-access-token',
  Secret: fake,
  Match: fake,
  StartLine: 1,
  File: 'a.py',
  Commit: 'a'.repeat(40),
  ...more,
});
const trufflehog = (more: object = {}) => ({
  SourceMetadata: { Data: { Git: { commit: 'b'.repeat(40), file: 'b.py', line: 2 } } },
  DetectorName: 'AWS',
  DecoderName: 'PLAIN',
  Verified: false,
  Raw: fake,
  ...more,
});

describe('fingerprints', () => {
  test('the same secret has the same content whoever found it, in whatever form', async () => {
    const forms = [
      ...(await events([gitleaks()])),
      ...(await events([gitleaks({ Secret: `"${fake}"` })])),
      ...(await events([trufflehog()])),
      ...(await events([
        {
          SourceMetadata: { Data: { Git: {} } },
          DetectorName: 'AWS',
          Raw: Buffer.from(fake).toString('base64'),
        },
      ])),
      ...(await events([{ rule: 'AWS', offender: `KEY = '${fake}'`, file: 'a', commit: '', line: '' }])),
      ...(await events([
        {
          number: 1,
          secret_type: 'aws',
          resolution: null,
          secret: fake,
          repository: { full_name: 'acme/x' },
        },
      ])),
      ...(await events({
        specversion: '1.0',
        id: '1',
        source: 's',
        type: 'secret.found',
        data: { secret: fake },
      })),
    ];
    expect(forms).toHaveLength(7);
    expect(new Set(forms.flatMap(contents)).size).toBe(1);
    expect(forms.every((event) => contents(event).length === 1)).toBe(true);
  });

  test('a private key is one secret with line feeds and with escapes', async () => {
    const lines = [
      '-----BEGIN EXAMPLE PRIVATE KEY-----',
      'bm90IGEgcmVhbCBrZXkgYXQgYWxsLCBqdXN0IDQy',
      '-----END EXAMPLE PRIVATE KEY-----',
    ];
    const found = [
      ...(await events([gitleaks({ Secret: lines.join('\\n') })])),
      ...(await events([trufflehog({ Raw: `${lines.join('\n')}\n` })])),
    ];
    expect(new Set(found.flatMap(contents)).size).toBe(1);
  });

  test('fifty redacted findings share no fingerprint at all', async () => {
    for (const secret of ['REDACTED', 'AKIA...', '****************']) {
      const found = await events(
        Array.from({ length: 50 }, (_, n) => gitleaks({ Secret: secret, StartLine: n + 1 })),
      );
      const all = found.flatMap((event) => event.fingerprints.map(({ kind, value }) => `${kind}:${value}`));
      expect(new Set(all).size).toBe(50);
      expect(all.every((one) => one.startsWith('place:'))).toBe(true);
      expect(
        found.every((event) => event.secret?.lastFour === undefined && event.secret?.length === undefined),
      ).toBe(true);
    }
  });

  test('key blocks of which only the first line was reported are not one key', async () => {
    const [one, two] = await events(
      [1, 2].map((line) => gitleaks({ Secret: '-----BEGIN RSA PRIVATE KEY-----', StartLine: line })),
    );
    expect(one?.fingerprints.map(({ value }) => value)).not.toEqual(
      two?.fingerprints.map(({ value }) => value),
    );
    expect(contents(one)).toEqual([]);
  });

  test('a new secret on an old line is a new one', async () => {
    const found = await events(
      [fake, 'not-a-real-token-2fPz8Rw3Tn6Uj9Vb'].map((Secret) =>
        gitleaks({ Secret, Commit: '', StartColumn: 5 }),
      ),
    );
    expect(new Set(found.flatMap((event) => event.fingerprints.map(({ value }) => value))).size).toBe(4);
  });

  test('two secrets in one place do not become one, whether or not the scanner tells columns', async () => {
    const other = 'not-a-real-token-2fPz8Rw3Tn6Uj9Vb';
    const alert = { secret_type: 'x', resolution: null };
    const pairs = [
      await events([trufflehog(), trufflehog({ Raw: other })]),
      await events([
        {
          reason: 'High Entropy',
          commitHash: 'a'.repeat(40),
          path: 'a',
          stringsFound: [fake, other],
          printDiff: '',
        },
      ]),
      await events([1, 2].map((number) => ({ ...alert, number, repository: { full_name: 'acme/x' } }))),
      ['Key in the wiki', 'Key in the chat'].map((title) =>
        byHand(
          { title, repository: 'acme/x' },
          { id: 'key', title: 'A key', event: { kind: 'secret.committed' }, asks: {} },
          sourceContext,
        ),
      ),
    ];
    for (const pair of pairs) {
      expect(pair).toHaveLength(2);
      expect(new Set(pair.flatMap((event) => event.fingerprints.map(({ value }) => value))).size).toBe(
        pair.reduce((count, event) => count + event.fingerprints.length, 0),
      );
    }
  });

  test('an alert, its location and its status share the provider’s id', async () => {
    const repository = { full_name: 'Acme/Shop' };
    const alert = { number: 7, secret_type: 'x', resolution: null };
    const found = [
      ...(await events({ action: 'created', alert, repository })),
      ...(await events({ action: 'reopened', alert, repository })),
      ...(await events({
        action: 'created',
        alert,
        repository,
        location: { type: 'commit', details: { path: 'a' } },
      })),
      ...(await events([{ ...alert, repository: { full_name: 'acme/shop' } }])),
    ];
    expect(found.map((event) => event.kind)).toEqual([
      'secret.committed',
      'secret.status',
      'secret.location',
      'secret.committed',
    ]);
    const ids = found.flatMap((event) =>
      event.fingerprints.filter(({ kind }) => kind === 'provider-id').map(({ value }) => value),
    );
    expect(ids).toHaveLength(4);
    expect(new Set(ids).size).toBe(1);
  });
});

test('no part of any secret survives in any event, wherever it stood', () => {
  const unit = fc.constantFrom(...'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789/+_-.');
  const token = fc.string({ unit, minLength: 12, maxLength: 80 });
  const records = (secret: string): readonly unknown[] => [
    gitleaks({
      Secret: secret,
      Author: 'Ana',
      Email: 'ana@example.com',
      Link: 'https://github.com/acme/x',
      Description: 'd',
    }),
    {
      rule: 'r',
      offender: `KEY="${secret}"`,
      file: 'f',
      author: 'a',
      email: 'e@example.com',
      repo: 'r',
      tags: 't',
    },
    trufflehog({
      Raw: secret,
      RawV2: `id:${secret}`,
      ExtraData: { account: '1', arn: 'arn' },
      Redacted: secret,
    }),
    { reason: 'High Entropy', commitHash: 'a'.repeat(40), path: 'p', branch: 'b', stringsFound: [secret] },
    {
      number: 1,
      secret_type: 'x',
      resolution: 'revoked',
      state: 'resolved',
      secret,
      html_url: 'https://github.com/acme/x/y',
      repository: { full_name: 'acme/x' },
    },
    {
      specversion: '1.0',
      id: '1',
      source: 's',
      type: 'a.secret.found',
      subject: 's',
      data: { secret, title: 't', file: 'f', owner: 'o' },
    },
  ];
  fc.assert(
    fc.property(token, fc.nat(5), fc.nat(80), fc.nat(80), (secret, which, from, to) => {
      const record = records(secret)[which];
      const behind = withBehind(record, secret.slice(Math.min(from, to), Math.max(from, to)));
      for (const source of sources) {
        const text = JSON.stringify(source.map(behind, sourceContext));
        expect(survivingParts(text, [secret])).toEqual([]);
      }
    }),
    { numRuns: 2000 },
  );
});

describe('CloudEvents', () => {
  test('source and id are the identity, in every mode', async () => {
    const attributes = {
      specversion: '1.0',
      id: '1',
      source: '/s',
      type: 'secret.found',
      time: '2024-05-01T10:00:00Z',
    };
    const data = { repository: 'acme/x', secret: fake };
    const [structured] = await events({ ...attributes, data });
    const [batched] = await events([{ ...attributes, data }]);
    const [encoded] = await events({
      ...attributes,
      data_base64: Buffer.from(JSON.stringify(data)).toString('base64'),
    });
    const headers = Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [`ce-${name}`, encodeURIComponent(value)]),
    );
    const [binary] = await events(data, { headers }, 'generic');
    for (const other of [batched, encoded, binary]) expect(other).toEqual(structured);
  });

  test('an event under the same source and id is the same, whatever else it says', async () => {
    const event = { specversion: '1.0', id: '1', source: '/s', type: 'secret.found' };
    const ids = await events([
      { ...event, data: { file: 'a', secret: fake } },
      { ...event, data: { file: 'b' } },
      { ...event, id: '2', data: { file: 'b' } },
    ]);
    expect(ids.map(({ id }) => id === ids[0]?.id)).toEqual([true, true, false]);
  });

  test('what a stranger sends as data is not kept', async () => {
    const [event] = await events({
      specversion: '1.0',
      id: '1',
      source: '/s',
      type: 'x',
      data: { note: 'keep me?', title: fake.slice(0, 3) },
    });
    expect(event?.kind).toBe('finding.reported');
    expect(JSON.stringify(event)).not.toContain('keep me');
  });
});
