import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  actorLine,
  compareActors,
  compareLabels,
  labelLine,
  truthLine,
} from '../../scripts/compare-truth.ts';
import { sources } from '../../src/adapters/readers.ts';
import { runCli } from '../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'foldback-test-corpus-'));
const outside = mkdtempSync(join(tmpdir(), 'foldback-test-outside-'));
afterAll(() => {
  for (const path of [folder, outside]) rmSync(path, { recursive: true, force: true });
});

const sourceLine = z.object({
  source: z.string(),
  files: z.number(),
  events: z.number(),
  parsed: z.number(),
  rejected: z.array(z.object({ file: z.string(), reason: z.string() })),
  unsupported: z.number(),
  ms: z.number(),
  kind: z.enum(['source', 'unsupported', 'context']),
});

const finding = (email: string) => ({
  RuleID: 'generic-api-key',
  Description: 'an example',
  StartLine: 3,
  EndLine: 3,
  StartColumn: 5,
  EndColumn: 40,
  Match: 'REDACTED',
  Secret: 'REDACTED',
  File: 'config/app.env',
  Commit: '4f2c1ab9d0e17c55aa0b6a4f5dd6e8f1c2b3a495',
  Author: 'Ana Costa',
  Email: email,
  Date: '2026-01-05T10:00:00Z',
  Message: 'add settings',
  Tags: [],
  Fingerprint: 'x',
});

const click = {
  email: 'bo@example.com',
  time: '2026-01-05T10:00:00Z',
  message: 'Clicked Link',
  details: '',
  campaign_id: 4,
};

function put(path: string, content: unknown): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
}

beforeAll(() => {
  put('scans/report.json', [finding('ana@example.com'), finding('bo@example.com')]);
  put('scans/gitleaks/report.xml', '<testsuites></testsuites>');
  put('scans/gitleaks/bad.csv', 'RuleID,Commit,File,StartLine\na,b\n');
  put('rules/rule.json', {
    rule_id: 'A.Rule',
    log_types: ['Acme.Audit'],
    tests: [
      { name: 'a click', expected_alert: true, log: { ...click, p_log_type: 'Acme.Audit' } },
      { name: 'an unknown log', expected_alert: false, log: { who: 'carol', what: 'left' } },
      { name: 'nothing at all', expected_alert: false, log: null },
    ],
  });
  put('rules/state.json', { log_types: ['AWS.IAM.User'], tests: [{ name: 'a', log: { Arn: 'x' } }] });
  put('line.yml', `LogType: Acme.Audit\nLogs:\n  - ${JSON.stringify(click)}\n  - {who: carol}\n`);
  put('mail/one.eml', 'Subject: hello\n\nhello\n');
  put('schema.json', { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' });
  put('rule.yml', 'title: a\nlogsource: {product: aws}\ndetection:\n  a: {b: c}\n  condition: a\n');
  put('.github_CODEOWNERS', '* @acme/shop\n');
  put('notes.txt', 'what this is about\n');
  put('README.md', '# Examples\n');
  put('acme/log.jsonl', '{"a":1}\n{"a":2}\n');
  writeFileSync(join(outside, 'report.json'), JSON.stringify([finding('eve@example.com')]));
  symlinkSync(join(outside, 'report.json'), join(folder, 'linked.json'));
  symlinkSync(outside, join(folder, 'linked'));
});

const linesOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));

describe('corpus over a folder of examples', () => {
  test('every file is with the source that reads it, with another format, or is no event', async () => {
    const ran = await runCli(['corpus', folder, '--json']);
    expect(ran.code).toBe(0);
    const lines = linesOf(ran.stdout).map((line) => sourceLine.parse(line));
    const by = (source: string) => {
      const { files, events, parsed, unsupported, kind } = lines.find((line) => line.source === source) ?? {};
      return { files, events, parsed, unsupported, kind };
    };
    expect(by('gitleaks')).toEqual({ files: 2, events: 3, parsed: 2, unsupported: 0, kind: 'source' });
    expect(by('junit')).toEqual({ files: 1, events: 1, parsed: 0, unsupported: 1, kind: 'unsupported' });
    expect(by('gophish')).toEqual({ files: 2, events: 2, parsed: 2, unsupported: 0, kind: 'source' });
    // The log that no source knows, in the rule and in the timeline, and the lines of the folder `acme`.
    expect(by('acme')).toEqual({ files: 3, events: 4, parsed: 0, unsupported: 4, kind: 'unsupported' });
    const context = lines.filter(({ kind }) => kind === 'context').map(({ source }) => source);
    expect(context.toSorted()).toEqual([
      'detection rule',
      'list of owners',
      'mail',
      'schema',
      'state of a resource',
      'text',
    ]);
    expect(lines.flatMap(({ rejected }) => rejected)).toEqual([
      { file: 'scans/gitleaks/bad.csv', reason: expect.stringContaining('line 2') },
    ]);
    expect(ran.stdout).not.toContain('eve@example.com');
  });

  test('the lines about actors are keyed by test, by position in the timeline and by position in the file', async () => {
    const file = join(outside, 'actors.jsonl');
    const ran = await runCli(['corpus', folder, '--actors', file]);
    expect(ran.code).toBe(0);
    const lines = linesOf(readFileSync(file, 'utf8')).map((line) => actorLine.parse(line));
    expect(lines.map(({ file: name, event }) => [name, event])).toEqual([
      ['line.yml', '0'],
      ['rules/rule.json', 'a click'],
      ['scans/report.json', '0'],
      ['scans/report.json', '1'],
    ]);
    expect(lines[2]?.actor).toEqual({
      type: 'person',
      id: expect.any(String),
      names: expect.arrayContaining(['Ana Costa', 'ana@example.com']),
    });
    expect(lines[2]?.behaviours).toContain('secret-in-repository');
  });

  test('one source is shown alone, and one that nobody knows is refused', async () => {
    const one = await runCli(['corpus', folder, '--json', '--source', 'gophish']);
    expect(linesOf(one.stdout)).toHaveLength(1);
    expect((await runCli(['corpus', folder, '--source', 'nobody'])).code).toBe(2);
    expect((await runCli(['corpus', join(folder, 'missing')])).code).toBe(2);
    expect((await runCli(['corpus', join(folder, 'notes.txt')])).code).toBe(2);
  });
});

const corpus = process.env.FOLDBACK_CORPUS ?? join(import.meta.dirname, '../../../shared/corpus');
const isThere = existsSync(join(corpus, 'truth.jsonl'));
const reason = isThere ? '' : ' (skipped: no corpus at FOLDBACK_CORPUS)';

describe.skipIf(!isThere)(`corpus over real logs${reason}`, () => {
  const read = <T>(file: string, schema: z.ZodType<T>): readonly T[] =>
    linesOf(readFileSync(file, 'utf8')).map((line) => schema.parse(line));

  test('what is read is read without a loss, by its own source, and names whom the independent reading names', async () => {
    const file = join(outside, 'real.jsonl');
    const ran = await runCli(['corpus', corpus, '--json', '--actors', file]);
    expect(ran.code).toBe(0);
    const lines = linesOf(ran.stdout).map((line) => sourceLine.parse(line));
    for (const { source, events, parsed, rejected, unsupported } of lines.filter(
      ({ kind }) => kind === 'source',
    )) {
      expect([source, parsed + rejected.length + unsupported]).toEqual([source, events]);
    }
    // One row has more cells than its header: nobody can tell what they mean.
    expect(lines.flatMap((line) => line.rejected.map(({ file: name }) => name))).toEqual([
      'secret-scanners/gitleaks/baseline/baseline.csv',
    ]);
    const truth = read(join(corpus, 'truth.jsonl'), truthLine);
    const said = read(file, actorLine.extend({ source: z.string() }));
    const ids = new Set(sources.map(({ id }) => id));
    const sourceOf = new Map(truth.map((line) => [`${line.file}\n${line.event}`, line.source]));
    const strays = said.filter(({ file: name, event, source }) => {
      const known = sourceOf.get(`${name}\n${event}`);
      // Clouds wrap what Kubernetes logs in their own: the folders there hold both.
      if (name.startsWith('panther/gcp_k8s/') || event.startsWith('Non-K8s ')) return false;
      return known !== undefined && ids.has(known) && known !== source;
    });
    expect(strays.map(({ file: name, event, source }) => [name, event, source])).toEqual([]);
    const { sources: figures } = compareActors(
      truth.filter(({ source }) => ids.has(source)),
      said,
    );
    const named = [...figures.values()].map((one) => one.named);
    const total = named.reduce((sum, one) => sum + one.total, 0);
    expect(total).toBeGreaterThan(10);
    expect(named.reduce((sum, one) => sum + one.right, 0) / total).toBeGreaterThanOrEqual(0.99);
    expect([...figures.values()].reduce((sum, { nameless }) => sum + nameless.wrong, 0)).toBe(0);
    expect(compareLabels(read(join(corpus, 'labels.jsonl'), labelLine), said).falseFailed).toEqual([]);
  }, 120_000);
});
