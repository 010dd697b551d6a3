import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { checkPacks } from '../src/packs/check.ts';
import { readCueFiles } from '../src/packs/cue-files.ts';
import { openPackFolder, shippedPacksDir } from '../src/packs/pack-folder.ts';
import type { PackProblem } from '../src/packs/problem.ts';
import { copyOneBehaviour } from './support/one-behaviour.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** The shipped packs with one file changed, or without it. */
function changed(file: string, change: ((text: string) => string) | 'removed'): string {
  const dir = mkdtempSync(join(tmpdir(), 'foldback-packs-'));
  folders.push(dir);
  copyOneBehaviour(dir);
  const path = join(dir, file);
  if (change === 'removed') rmSync(path);
  else writeFileSync(path, change(readFileSync(path, 'utf8')));
  return dir;
}

function read(dir: string): readonly PackProblem[] {
  const problems: PackProblem[] = [];
  readCueFiles(openPackFolder(dir, problems), problems);
  return problems;
}

describe('the cues in packs', () => {
  test('are sound in every shipped language, and no phrase stands for two signs of one mail', () => {
    const problems: PackProblem[] = [];
    const { words, phrases } = readCueFiles(openPackFolder(shippedPacksDir(), problems), problems);
    expect(problems).toEqual([]);
    expect([...words.keys()].sort()).toEqual(['en', 'es']);
    for (const list of Object.values(phrases)) expect(new Set(list).size).toBe(list.length);
  });

  test('are refused with file and line where a slot is not offered or a sign has no explanation', () => {
    const slot = read(
      changed('cues/en.yaml', (text) => text.replace('"It sets a short time.', '"It sets {time}.')),
    );
    expect(slot).toEqual([
      {
        file: 'cues/en.yaml',
        line: expect.any(Number),
        reason: expect.stringContaining('{time} is no slot here'),
      },
    ]);
    const gone = read(changed('cues/es.yaml', (text) => text.replace(/^ {2}urgency: "Le.*\n/mu, '')));
    expect(gone.map(({ file, reason }) => `${file} ${reason}`).join()).toMatch(/cues\/es\.yaml .*urgency/u);
  });

  test('may not blame their reader, and stand in every language', () => {
    const options = {};
    const blames = checkPacks(
      changed('cues/en.yaml', (text) => text.replace('"It sets a short time.', '"You were careless.')),
      options,
    );
    expect(blames.problems).toContainEqual({
      file: 'cues/en.yaml',
      line: expect.any(Number),
      reason: expect.stringContaining('"careless" blames'),
    });
    const missing = checkPacks(changed('cues/es.yaml', 'removed'), options);
    expect(missing.problems).toContainEqual({
      file: 'cues/es.yaml',
      line: 0,
      reason: 'this file is missing or has problems',
    });
  });
});
