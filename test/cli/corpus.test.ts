import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { jsonText } from '../../src/cli/output.ts';
import { openPacks } from '../../src/content.ts';
import { AppError } from '../../src/core/errors.ts';
import { limits } from '../../src/lib/limits.ts';
import { parseRecord } from '../../src/lib/records/parse-record.ts';
import { tryReport } from '../../src/try.ts';
import { runCli } from '../support/run-cli.ts';
import { secretsIn, survivingParts } from '../support/secret-survival.ts';

const corpus = process.env.FOLDBACK_CORPUS ?? join(import.meta.dirname, '../../../shared/corpus');
const folders = ['secret-scanners', 'github-webhooks'].map((name) => join(corpus, name));
const isThere = folders.every((folder) => existsSync(folder));
const reason = isThere ? '' : ' (skipped: no corpus at FOLDBACK_CORPUS)';

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesIn(path) : [path];
  });
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

describe.skipIf(!isThere)(`try over real reports${reason}`, () => {
  const files = isThere ? folders.flatMap(filesIn) : [];

  test('every file is read or refused with a reason, and no secret is in what is said', async () => {
    expect(files.length).toBeGreaterThan(100);
    const packs = openPacks(undefined);
    let said = 0;
    let secrets = 0;
    for (const path of files) {
      const bytes = readFileSync(path);
      const found = secretsOf(bytes.toString('utf8'));
      secrets += found.length;
      let output: string;
      try {
        const tried = await tryReport({ input: [bytes], fileName: basename(path), packs, now: Date.now() });
        said += tried.said.length;
        output = jsonText(tried);
      } catch (error) {
        if (!(error instanceof AppError)) throw new Error(`${path} failed`, { cause: error });
        output = `${error.message} ${JSON.stringify(error.places)}`;
      }
      expect(survivingParts(output, found), path).toEqual([]);
    }
    expect(said).toBeGreaterThan(15);
    expect(secrets).toBeGreaterThan(20);
  });

  test.each([
    ['secret-scanners/defectdojo/gitleaks/gitleaks8_many.json', 0],
    [
      'secret-scanners/defectdojo/github-secret-scanning-api/github_secrets_detection_report_many_vul.json',
      0,
    ],
    ['secret-scanners/gitleaks/expected/report/junit_simple.xml', 2],
  ])('%s ends with %i, for people and for programs, without a secret', async (name, code) => {
    const path = join(corpus, name);
    const secrets = secretsOf(readFileSync(path, 'utf8'));
    for (const args of [
      ['try', path],
      ['try', path, '--json'],
    ]) {
      const ran = await runCli(args);
      expect(ran.code).toBe(code);
      expect(survivingParts(`${ran.stdout}${ran.stderr}`, secrets)).toEqual([]);
    }
  });
});
