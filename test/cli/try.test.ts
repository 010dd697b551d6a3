import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type LeakyRepository, makeLeakyRepository } from '../support/leaky-repository.ts';
import { runCli } from '../support/run-cli.ts';

const saidSchema = z.object({
  behaviour: z.string(),
  loop: z.string().min(1),
  actor: z.object({ type: z.enum(['person', 'workload', 'agent', 'unknown']), name: z.string().nullable() }),
  identity: z.object({ type: z.string(), id: z.string() }).nullable(),
  owner: z.object({
    kind: z.enum(['person', 'team', 'unknown']),
    name: z.string().nullable(),
    email: z.string().nullable(),
    confidence: z.number().min(0).max(1),
    evidence: z.array(z.object({ kind: z.string(), detail: z.string(), weight: z.number() })),
  }),
  where: z.object({
    repository: z.string().nullable(),
    commit: z.string().nullable(),
    file: z.string().nullable(),
    line: z.int().nullable(),
  }),
  trust: z.enum(['trusted', 'unknown', 'untrusted']),
  events: z.int().min(1),
  message: z.object({
    moment: z.enum(['told', 'asked']),
    subject: z.string().min(1),
    text: z.string().min(1),
    words: z.int().min(1).max(80),
    answers: z.array(z.string()),
  }),
  frameworks: z
    .array(z.object({ framework: z.string(), edition: z.string(), id: z.string(), title: z.string() }))
    .min(1),
});

const summarySchema = z.strictObject({
  summary: z.strictObject({
    events: z.int(),
    duplicates: z.int(),
    untrusted: z.int(),
    unmatched: z.int(),
    rejected: z.int(),
    loops: z.int(),
    owners: z.strictObject({ person: z.int(), team: z.int(), unknown: z.int() }),
  }),
});

function read(stdout: string) {
  const lines = stdout.trimEnd().split('\n');
  const parsed = lines.map((line): unknown => JSON.parse(line));
  return {
    said: parsed.slice(0, -1).map((line) => saidSchema.parse(line)),
    summary: summarySchema.parse(parsed.at(-1)).summary,
  };
}

let leaky: LeakyRepository;
let folder: string;
beforeAll(() => {
  leaky = makeLeakyRepository();
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'foldback-try-')));
});
afterAll(() => {
  leaky.remove();
  rmSync(folder, { recursive: true, force: true });
});

const report = (name: string): string => join(leaky.repository.path, 'reports', name);
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe('try', () => {
  test.each(['v8.json', 'v8.csv', 'sarif.json', 'v7.json'])(
    'a leak in %s is told to the author of its commit, with evidence, and the secret is nowhere',
    async (name) => {
      const ran = await runCli(['try', report(name), '--repo', '.', '--people', 'people.yaml', '--json'], {
        cwd: leaky.repository.path,
      });
      expect(ran.stderr).not.toContain(leaky.secret);
      expect(ran.stdout).not.toContain(leaky.secret);
      expect(ran.code).toBe(0);
      const { said, summary } = read(ran.stdout);
      expect(summary).toEqual({
        events: 1,
        duplicates: 0,
        untrusted: 0,
        unmatched: 0,
        rejected: 0,
        loops: 1,
        owners: { person: 1, team: 0, unknown: 0 },
      });
      expect(said[0]).toMatchObject({
        behaviour: 'secret-in-repository',
        owner: { kind: 'person', name: 'Ana Costa', email: 'ana@example.com' },
        where: { repository: 'acme/shop', commit: leaky.commit, file: 'src/pay.py', line: 3 },
        trust: 'trusted',
        message: { moment: 'told' },
      });
      expect(said[0]?.owner.evidence.map(({ kind }) => kind)).toContain('commit-author');
      expect(said[0]?.message.text).toContain('src/pay.py');
    },
  );

  test('the same finding twice in a report, and in a packed one, is one case', async () => {
    const finding: unknown = JSON.parse(leaky.reports['v8.json']);
    const list = Array.isArray(finding) ? finding : [];
    const packed = file('twice.json.gz', gzipSync(JSON.stringify([...list, ...list, ...list])));
    const { summary, said } = read((await runCli(['try', packed, '--json'])).stdout);
    expect(summary).toMatchObject({ events: 3, duplicates: 2, loops: 1 });
    expect(said).toHaveLength(1);
    expect(said[0]?.events).toBe(1);
  });

  test('a report on standard input is read', async () => {
    const ran = await runCli(['try', '-', '--json'], { input: leaky.reports['v8.json'] });
    expect(ran.code).toBe(0);
    expect(read(ran.stdout).summary.loops).toBe(1);
  });

  test('for people it shows who hears what and why, without the secret', async () => {
    const ran = await runCli(['try', report('v8.json'), '--repo', '.', '--people', 'people.yaml'], {
      cwd: leaky.repository.path,
    });
    expect(ran.code).toBe(0);
    for (const text of [
      'Ana Costa <ana@example.com>',
      'src/pay.py:3',
      'acme/shop',
      'confidence',
      'Author of commit',
    ])
      expect(ran.stdout).toContain(text);
    expect(`${ran.stdout}${ran.stderr}`).not.toContain(leaky.secret);
    expect(ran.stderr.trimEnd().split('\n').at(-1)).toMatch(/^Next: /u);
  });

  test('whoever left hands over to the team', async () => {
    const people = file(
      'left.yaml',
      `people:
  - { id: ana, name: Ana Costa, emails: [ana@example.com], team: payments, status: left }
teams:
  - { id: payments, name: Payments, email: payments@example.com, handles: ["@acme/payments"] }
`,
    );
    const ran = await runCli([
      'try',
      report('v8.json'),
      '--repo',
      leaky.repository.path,
      '--people',
      people,
      '--json',
    ]);
    const { said, summary } = read(ran.stdout);
    expect(summary.owners).toEqual({ person: 0, team: 1, unknown: 0 });
    expect(said[0]).toMatchObject({
      owner: { kind: 'team', name: 'Payments' },
      message: { moment: 'asked' },
    });
  });

  test('without anything that points at someone the owner is unknown, and duty is asked', async () => {
    const anonymous = leaky.reports['v8.json'].replaceAll('Ana Costa', '').replaceAll('ana@example.com', '');
    const ran = await runCli(['try', file('anonymous.json', anonymous), '--json']);
    const { said, summary } = read(ran.stdout);
    expect(summary.owners).toEqual({ person: 0, team: 0, unknown: 1 });
    expect(said[0]).toMatchObject({
      owner: { kind: 'unknown', name: null, confidence: 0, evidence: [] },
      message: { moment: 'asked' },
    });
  });

  test.each([
    ['an empty list', '[]'],
    ['null', 'null'],
    ['an empty object', '{}'],
    ['an empty file', ''],
  ])('%s is good news and no error', async (_name, text) => {
    const ran = await runCli(['try', '-'], { input: text });
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toContain('No finding');
    const json = await runCli(['try', '-', '--json'], { input: text });
    expect(read(json.stdout)).toMatchObject({ said: [], summary: { events: 0, loops: 0 } });
  });

  test('one bad record is named with its line and the rest goes on', async () => {
    const text = `${leaky.reports['v8.json'].replace('[', '[\n{"RuleID": 7},\n')}`;
    const ran = await runCli(['try', file('mixed.json', text), '--source', 'gitleaks', '--json']);
    expect(ran.code).toBe(0);
    expect(read(ran.stdout).summary).toMatchObject({ events: 1, rejected: 1, loops: 1 });
    expect(ran.stderr).toMatch(/^line 2: /mu);
  });

  test.each([
    ['a file that is not there', ['try', '/no/such/report.json'], /no such file/u],
    ['a folder', ['try', '.'], /folder/u],
    ['a source that is not there', ['try', 'package.json', '--source', 'nothing'], /known: .*gitleaks/u],
    ['a file that is no report', ['try', 'package.json'], /no source recognises it/u],
    ['a clone that is none', ['try', '-', '--repo', '/'], /no git repository/u],
    ['a file of people that is not there', ['try', '-', '--people', 'none.yaml'], /none\.yaml/u],
    ['no file at all', ['try'], /missing required argument/u],
    ['an option that is not there', ['try', '-', '--nope'], /unknown option/u],
    ['a command that is not there', ['trie'], /unknown command/u],
  ])('%s ends with 2, and says what and where', async (_name, args, words) => {
    const ran = await runCli(args, { input: '[]' });
    expect(ran.stdout).toBe('');
    expect(ran.stderr).toMatch(words);
    expect(ran.code).toBe(2);
  });

  test('it leaves nothing behind in the folder where it runs', async () => {
    const empty = realpathSync(mkdtempSync(join(tmpdir(), 'foldback-empty-')));
    const ran = await runCli(['try', report('v8.json'), '--repo', leaky.repository.path], { cwd: empty });
    expect(ran.code).toBe(0);
    expect(readdirSync(empty)).toEqual([]);
    rmSync(empty, { recursive: true });
  });

  test('hostile text in a report stays text on the terminal', async () => {
    const hostile = '\u001b]0;owned\u0007\u001b[2J\u001b[31mred\u009b1m\u202eevil\r\nPwned: yes';
    const record = {
      RuleID: `rule${hostile}`,
      Description: hostile,
      StartLine: 1,
      StartColumn: 1,
      EndColumn: 41,
      Match: hostile,
      Secret: leaky.secret,
      File: `src/${hostile}.py`,
      Commit: '',
      Author: `Ana${hostile}`,
      Email: 'ana@example.com',
      Date: '',
      Fingerprint: hostile,
    };
    const path = file('hostile.json', JSON.stringify([record]));
    for (const args of [
      ['try', path],
      ['try', path, '--json'],
    ]) {
      const { stdout, stderr, code } = await runCli(args);
      expect(code).toBe(0);
      expect(`${stdout}${stderr}`).not.toMatch(
        /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u,
      );
      expect(stdout).not.toMatch(/^\s*Pwned/mu);
    }
  });
});
