import { describe, expect, test } from 'vitest';
import { sources } from '../src/adapters/index.ts';
import { type ReadItem, readEvents } from '../src/adapters/read-events.ts';
import type { Event } from '../src/core/event.ts';
import { sourceContext } from './support/source-context.ts';

async function read(input: unknown): Promise<readonly ReadItem[]> {
  const items: ReadItem[] = [];
  const options = { sources, context: sourceContext };
  for await (const item of readEvents([Buffer.from(JSON.stringify(input))], options)) items.push(item);
  return items;
}

async function events(input: unknown): Promise<readonly Event[]> {
  return (await read(input)).flatMap((item) => ('event' in item ? [item.event] : []));
}

const values = (event: Event | undefined, kind: string): readonly string[] =>
  event?.fingerprints.filter((one) => one.kind === kind).map((one) => one.value) ?? [];

const fake = 'not-a-real-token-Yw5Kd9Hs4Jf6Gg1Q';
const sha1 = (digit: string) => digit.repeat(40);

const hashed = (more: object = {}) => ({
  type: 'Secret Keyword',
  filename: 'a.py',
  hashed_secret: sha1('a'),
  is_verified: false,
  line_number: 1,
  ...more,
});
const baseline = (...findings: readonly object[]) => ({
  version: '1.5.0',
  plugins_used: [],
  results: { 'a.py': findings },
});
const secretlint = (message: object, sourceContent?: string) => [
  {
    filePath: 'a.env',
    sourceContentType: 'text',
    ...(sourceContent === undefined ? {} : { sourceContent }),
    messages: [
      {
        type: 'message',
        ruleId: '@secretlint/secretlint-rule-slack',
        messageId: 'SLACK_TOKEN',
        message: 'found',
        ...message,
      },
    ],
  },
];
const incident = (occurrence: object, more: object = {}) => ({
  id: '.',
  type: 'path_scan',
  total_incidents: 1,
  total_occurrences: 1,
  entities_with_incidents: [
    {
      mode: 'FILE',
      filename: 'a.env',
      incidents: [
        {
          policy: 'Secrets detection',
          type: 'Slack Token',
          validity: 'unknown',
          ignore_sha: 'f'.repeat(64),
          occurrences: [{ type: 'apikey', line_start: 1, line_end: 1, ...occurrence }],
          ...more,
        },
      ],
    },
  ],
});
const gitlab = (more: object = {}) => ({
  version: '15.0.0',
  vulnerabilities: [
    {
      name: 'Slack token',
      raw_source_code_extract: fake,
      location: { file: 'a.env', start_line: 1, commit: { sha: '0000000', date: '0001-01-01T00:00:00Z' } },
      identifiers: [{ type: 'gitleaks_rule_id', value: 'slack' }],
      ...more,
    },
  ],
});

describe('joins', () => {
  test('the same secret in clear has the same content, whichever of them found it', async () => {
    const found = [
      ...(await events(secretlint({ data: { TOKEN: fake } }))),
      ...(await events(secretlint({ range: [4, 37], data: { TOKEN: '*'.repeat(33) } }, `KEY=${fake}\n`))),
      ...(await events(incident({ match: fake }))),
      ...(await events(gitlab())),
      ...(await events([{ RuleID: 'x', Secret: fake, StartLine: 1 }])),
    ];
    expect(found).toHaveLength(5);
    expect(new Set(found.flatMap((event) => values(event, 'content'))).size).toBe(1);
    expect(found.every((event) => values(event, 'content').length === 1)).toBe(true);
  });

  test('a hash joins what its scanner found, and nothing of another', async () => {
    const found = await events(
      baseline(
        hashed(),
        hashed({ filename: 'b.py', hashed_secret: sha1('A') }),
        hashed({ hashed_secret: sha1('b') }),
      ),
    );
    const [one, again, other] = found.map((event) => values(event, 'scanner-hash'));
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
    const [elsewhere] = await events(incident({ match: '****' }, { ignore_sha: sha1('a') }));
    expect(values(elsewhere, 'scanner-hash')).not.toEqual(one);
    expect(JSON.stringify(found)).not.toContain(sha1('a'));
  });

  test('a masked value is no content, and none of what the mask leaves is kept', async () => {
    for (const report of [
      incident({ match: 'Yw5Kd9Hs*************Jf6Gg1Q' }),
      secretlint({ range: [0, 37], data: { KEY: '*'.repeat(33) } }, `KEY=${fake}\n`),
      secretlint({ range: [0, 37], data: { KEY: '*'.repeat(33) } }),
    ]) {
      const [event] = await events(report);
      expect(event?.kind).toBe('secret.committed');
      expect(values(event, 'content')).toEqual([]);
      expect(event?.secret?.lastFour).toBeUndefined();
      expect(JSON.stringify(event)).not.toMatch(/Yw5Kd9|Jf6Gg1/u);
    }
  });

  test('a finding has one id whether or not ggshield told the scan to be verbose about it', async () => {
    const found = [
      ...(await events(incident({ match: 'Yw5K*********Gg1Q' }))),
      ...(await events(incident({ match: '*****************' }, { validity: 'valid', known_secret: true }))),
    ];
    expect(new Set(found.map((event) => event.id)).size).toBe(1);
    expect(found.map((event) => event.secret?.validity)).toEqual(['unknown', 'active']);
  });
});

describe('judgements', () => {
  test('what an auditor called no secret is no failure, and closes no case as fixed', async () => {
    const found = await events(
      baseline(hashed({ is_secret: false }), hashed({ is_secret: true, line_number: 2 })),
    );
    expect(found.map((event) => [event.kind, event.secret?.validity, event.record.resolution])).toEqual([
      ['secret.status', 'unknown', 'false_positive'],
      ['secret.committed', 'unknown', undefined],
    ]);
  });

  test('what GitGuardian was told to ignore is not reported again', async () => {
    expect(await read(incident({ match: '****' }, { ignore_reason: 'ignored_by_dashboard' }))).toEqual([]);
  });

  test('only the word of a provider makes a secret active or inactive', async () => {
    const validities = [
      ...(await events(
        baseline(hashed({ is_verified: true }), hashed({ verified_result: false }), hashed()),
      )),
      ...(await events(incident({ match: '****' }, { validity: 'valid' }))),
      ...(await events(incident({ match: '****' }, { validity: 'invalid' }))),
      ...(await events(incident({ match: '****' }, { validity: 'no_checker' }))),
      ...(await events(gitlab())),
      ...(await events(secretlint({ data: {} }))),
    ].map((event) => event.secret?.validity);
    expect(validities).toEqual([
      'active',
      'inactive',
      'unknown',
      'active',
      'inactive',
      'unknown',
      'unknown',
      'unknown',
    ]);
  });
});

test('reports of other tools with the same frame are left to them', async () => {
  const others = [
    // A linter of code, a linter of prose, and other scans of the same pipeline.
    [
      {
        filePath: 'a.js',
        messages: [{ ruleId: 'no-eval', severity: 2, message: 'x', line: 1 }],
        errorCount: 1,
      },
    ],
    [{ filePath: 'a.md', messages: [{ type: 'lint', ruleId: 'ja', message: 'x', index: 1, severity: 2 }] }],
    {
      version: '15',
      vulnerabilities: [{ category: 'sast', name: 'x', location: {} }],
      scan: { type: 'sast' },
    },
    { version: '15', vulnerabilities: [{ name: 'x', location: {} }], scan: { type: 'dependency_scanning' } },
    { id: 'x', type: 'scan', results: [{ a: 1 }] },
    { version: '1', results: { a: { b: 1 } } },
    [{ email: 'a@example.com', time: '2024-05-01T10:00:00Z', message: 'Logged In', details: '' }],
  ];
  for (const other of others)
    expect(await read(other)).toEqual([expect.objectContaining({ code: 'unrecognised-file', fatal: true })]);
});

test('dates and commits of a scan without history are left out', async () => {
  const [event] = await events(gitlab());
  expect(event?.where).toEqual({ file: 'a.env', line: 1 });
  expect(event?.occurredAt).toBe(sourceContext.receivedAt);
});
