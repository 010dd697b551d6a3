import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readOwnerWeights } from './owner-weights-file.ts';
import { openPackFolder, shippedPacksDir } from './pack-folder.ts';
import type { PackProblem } from './problem.ts';

const folder = mkdtempSync(join(tmpdir(), 'foldback-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string | undefined): readonly PackProblem[] {
  mkdirSync(join(folder, 'owners'), { recursive: true });
  const path = join(folder, 'owners/weights.yaml');
  rmSync(path, { force: true });
  if (text !== undefined) writeFileSync(path, text);
  const problems: PackProblem[] = [];
  readOwnerWeights(openPackFolder(folder, problems), problems);
  return problems;
}
const file = (kinds: string) =>
  `leaverFactor: 0.7\nunlistedWeightMax: 0.3\nplaceDiscount: 0.5\nkinds:\n${kinds}`;
const kind = (name: string, weight: number, family: string, says: string) =>
  `  ${name}:\n    weight: ${weight}\n    family: ${family}\n    says: ${says}\n    because: a sentence that says why\n`;

test('the weights that come with Foldback are sound', () => {
  const problems: PackProblem[] = [];
  const weights = readOwnerWeights(openPackFolder(shippedPacksDir(), problems), problems);
  expect(problems).toEqual([]);
  expect(Object.keys(weights.kinds).length).toBeGreaterThan(20);
  expect(weights.kinds['last-modifier']?.weight).toBeLessThan(0.3);
});

test('a missing file, certainty, nothing, and words that are not known are named with their line', () => {
  expect(read(undefined)).toMatchObject([{ file: 'owners/weights.yaml' }]);
  expect(read(file(kind('a', 0.5, 'x', 'deed')))).toEqual([]);
  for (const wrong of [kind('a', 1, 'x', 'deed'), kind('a', 0, 'x', 'deed'), kind('a', 0.5, 'x', 'maybe')]) {
    const [problem] = read(file(wrong));
    expect(problem?.file).toBe('owners/weights.yaml');
    expect(problem?.line).toBeGreaterThan(4);
  }
});

test('a family that adds and lowers is refused: the stronger would hide the other', () => {
  const [problem] = read(file(kind('a', 0.5, 'x', 'deed') + kind('b', 0.9, 'x', 'against')));
  expect(problem).toMatchObject({ line: 12, reason: expect.stringContaining('family x') });
});
