import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { chooseSource } from '../src/adapters/choose-source.ts';
import { sources } from '../src/adapters/index.ts';
import { type ReadItem, readEvents } from '../src/adapters/read-events.ts';
import type { Event } from '../src/core/event.ts';
import { isDict } from '../src/lib/guards.ts';
import { limits } from '../src/lib/limits.ts';
import { parseRecord } from '../src/lib/records/parse-record.ts';
import { peekRecords } from '../src/lib/records/peek-records.ts';
import { eventProblems } from './support/event-problems.ts';
import { secretsIn, survivingParts } from './support/secret-survival.ts';
import { sourceContext } from './support/source-context.ts';

/** Real reports and deliveries, which are not part of this repository. */
const corpus = process.env.FOLDBACK_CORPUS ?? join(import.meta.dirname, '../../shared/corpus');
const isThere = existsSync(join(corpus, 'secret-scanners'));
const reason = isThere ? '' : ' (skipped: no corpus at FOLDBACK_CORPUS)';

/** Folders below `secret-scanners` whose format a source speaks; the rest is of other scanners. */
const supported =
  /^secret-scanners\/(?:gitleaks\/(?!.*\.xml$)|detect-secrets\/|secretlint\/(?!formatter\/)|defectdojo\/(?:gitleaks|trufflehog|github-secret-scanning-api|detect-secrets|ggshield|gitlab-secret-detection|secretlint)\/)|^github-webhooks\/(?!_schemas)/u;

/** The source whose file it is, by the folders of the corpus; undefined for what no source speaks. */
const folders: readonly (readonly [RegExp, string])[] = [
  [/^github-webhooks\/|github-secret-scanning-api\//u, 'github'],
  [/\/(?:gitleaks|trufflehog|detect-secrets|ggshield|secretlint)\//u, ''],
  [/gitlab-secret-detection\//u, 'gitlab'],
];
function sourceOfFolder(file: string): string | undefined {
  for (const [pattern, id] of folders) {
    const match = pattern.exec(file);
    if (match !== null) return id === '' ? match[0].slice(1, -1) : id;
  }
  return undefined;
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(join(corpus, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(corpus, join(entry.parentPath, entry.name)))
    .toSorted();
}

async function read(file: string): Promise<readonly ReadItem[]> {
  const items: ReadItem[] = [];
  const options = { sources, context: sourceContext, fileName: file };
  for await (const item of readEvents(createReadStream(join(corpus, file)), options)) items.push(item);
  return items;
}

/** The secrets that a file shows, as lists, lines or one document. */
function secretsOf(text: string): readonly string[] {
  const whole = parseRecord(text, limits);
  if (whole.ok) return secretsIn(whole.value);
  return text.split('\n').flatMap((line) => {
    const parsed = parseRecord(line, limits);
    return parsed.ok ? secretsIn(parsed.value) : [];
  });
}

const eventsOf = (items: readonly ReadItem[]): readonly Event[] =>
  items.flatMap((item) => ('event' in item ? [item.event] : []));
const files = isThere ? [...filesIn('secret-scanners'), ...filesIn('github-webhooks')] : [];

describe.skipIf(!isThere)(`real reports and deliveries${reason}`, () => {
  test('all of them are there', () => {
    expect(files.filter((file) => file.startsWith('secret-scanners/')).length).toBeGreaterThan(100);
    expect(files.filter((file) => file.startsWith('github-webhooks/')).length).toBeGreaterThan(70);
  });

  test('every file of a kind that we speak is read to its end, with valid events and no secret in them', async () => {
    for (const file of files.filter((one) => supported.test(one))) {
      const items = await read(file);
      const events = eventsOf(items);
      expect([file, items.filter((item) => 'fatal' in item && item.fatal)]).toEqual([file, []]);
      expect([file, events.flatMap(eventProblems)]).toEqual([file, []]);
      const secrets = secretsOf(readFileSync(join(corpus, file), 'utf8'));
      expect([file, survivingParts(JSON.stringify(items), secrets)]).toEqual([file, []]);
    }
  });

  test('every file of a kind that we speak is told by itself, whatever the order of the sources', async () => {
    for (const file of files.filter((one) => supported.test(one))) {
      const peeked = await peekRecords(createReadStream(join(corpus, file)));
      await peeked.close();
      if (peeked.isNothing) continue;
      for (const order of [sources, sources.toReversed()]) {
        const chosen = chooseSource(peeked.sample, order)?.id;
        expect([file, chosen]).toEqual([file, sourceOfFolder(file)]);
      }
    }
  });

  test('every other file is said to be unknown, or holds nothing; none of its text is shown', async () => {
    for (const file of files.filter((one) => !supported.test(one))) {
      const items = await read(file);
      expect([file, eventsOf(items)]).toEqual([file, []]);
      const isSilent = items.length === 0;
      if (isSilent) expect([file, holdsNothing(file)]).toEqual([file, true]);
      else expect(items).toEqual([expect.objectContaining({ code: 'unrecognised-file', fatal: true })]);
      expect(JSON.stringify(items).length).toBeLessThan(300);
    }
  });

  test.each([
    ['secret-scanners/gitleaks/expected/report/json_simple.json', 1],
    ['secret-scanners/gitleaks/expected/report/csv_simple.csv', 1],
    ['secret-scanners/gitleaks/expected/report/sarif_simple.sarif', 1],
    ['secret-scanners/gitleaks/baseline/baseline.json', 2],
    ['secret-scanners/gitleaks/baseline/baseline.sarif', 0],
    ['secret-scanners/defectdojo/gitleaks/data_one.json', 1],
    ['secret-scanners/defectdojo/gitleaks/data_many.json', 2],
    ['secret-scanners/defectdojo/gitleaks/gitleaks8_many.json', 4],
    ['secret-scanners/defectdojo/gitleaks/issue4336.json', 1],
    ['secret-scanners/defectdojo/gitleaks/no_findings.json', 0],
    ['secret-scanners/defectdojo/trufflehog/v3_github.json', 4],
    [
      'secret-scanners/defectdojo/github-secret-scanning-api/github_secrets_detection_report_zero_vul.json',
      0,
    ],
    ['secret-scanners/detect-secrets/secrets.baseline.json', 16],
    ['secret-scanners/defectdojo/detect-secrets/many_findings.json', 4],
    ['secret-scanners/defectdojo/ggshield/one_finding.json', 1],
    ['secret-scanners/defectdojo/ggshield/no_finding.json', 0],
    ['secret-scanners/defectdojo/gitlab-secret-detection/gitlab_secret_detection_report_1_vuln_v14.json', 1],
    ['secret-scanners/defectdojo/gitlab-secret-detection/gitlab_secret_detection_report_1_vuln_v15.json', 1],
    ['secret-scanners/defectdojo/gitlab-secret-detection/gitlab_secret_detection_report_0_vuln.json', 0],
    ['secret-scanners/defectdojo/secretlint/secretlint_many_vuln.json', 4],
    ['secret-scanners/defectdojo/secretlint/secretlint_one_vuln.json', 1],
    ['secret-scanners/secretlint/secretlint-rule-slack--ng.found-slack-token.json', 4],
    ['secret-scanners/secretlint/secretlint-rule-pattern--ng.patterns-and-pattern-error.json', 0],
    ['github-webhooks/push/with-new-branch.payload.json', 1],
    ['github-webhooks/push/payload.json', 1],
    ['github-webhooks/secret_scanning_alert/ghes-34.reopened.json', 1],
  ])('%s gives %i events', async (file, count) => {
    expect(eventsOf(await read(file))).toHaveLength(count);
  });

  test('one finding as JSON, CSV and SARIF has the same place and author', async () => {
    const forms = await Promise.all(
      ['json_simple.json', 'csv_simple.csv', 'sarif_simple.sarif'].map((name) =>
        read(`secret-scanners/gitleaks/expected/report/${name}`),
      ),
    );
    const [json, csv, sarif] = forms.map((items) => eventsOf(items)[0]);
    for (const other of [csv, sarif]) {
      expect(other?.where).toEqual(json?.where);
      expect(other?.actor).toEqual(json?.actor);
      expect(other?.fingerprints).toEqual(json?.fingerprints);
    }
  });

  test('a result that a report repeats has one id', async () => {
    const events = eventsOf(await read('secret-scanners/defectdojo/trufflehog/v3_github.json'));
    const uris = events.filter((event) => event.secret?.rule === 'URI');
    expect(uris).toHaveLength(2);
    expect(events.map((event) => event.secret?.validity)).toEqual(['active', 'active', 'active', 'active']);
    expect(events.every((event) => event.where.repository === 'trufflesecurity/test_keys')).toBe(true);
  });

  test('impossible commit hashes of a report are dropped', async () => {
    const file =
      'secret-scanners/defectdojo/github-secret-scanning-api/github_secrets_detection_report_many_vul.json';
    const found = eventsOf(await read(file)).filter((event) => event.kind === 'secret.committed');
    expect(found.map((event) => event.where.commit !== undefined)).toEqual([true, false, false]);
  });

  test('the actor is whom the independent reading accepts', async () => {
    let compared = 0;
    for (const line of readFileSync(join(corpus, 'truth.jsonl'), 'utf8').split('\n')) {
      if (!supported.test(/"file": ?"([^"]+)"/u.exec(line)?.[1] ?? '')) continue;
      const truth: {
        file: string;
        event: number | string;
        names_actor: boolean;
        actor: { accept: readonly string[] };
      } = JSON.parse(line);
      const items = (await read(truth.file)).filter((item) => String(item.index) === String(truth.event));
      for (const event of eventsOf(items)) {
        const { actor } = event;
        const names = [actor.name, actor.email, actor.account?.name].filter((name) => name !== undefined);
        const accepted = truth.actor.accept.map((name) => name.toLowerCase());
        if (truth.names_actor)
          expect([truth.file, names.some((name) => accepted.includes(name.toLowerCase()))]).toEqual([
            truth.file,
            true,
          ]);
        else
          expect([truth.file, names.filter((name) => !accepted.includes(name.toLowerCase()))]).toEqual([
            truth.file,
            [],
          ]);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(100);
  });
});

/** A report of another scanner without a finding is silent, whoever wrote it. */
function holdsNothing(file: string): boolean {
  const value: unknown = JSON.parse(readFileSync(join(corpus, file), 'utf8'));
  const members = isDict(value) ? Object.values(value) : [];
  return Array.isArray(value)
    ? value.length === 0
    : members.length === 0 || members.some((member) => Array.isArray(member) && member.length === 0);
}
