import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { patchOf } from '../src/core/review/patch.ts';
import type { Draft } from '../src/core/review/proposal.ts';
import { loadPacks } from '../src/packs/load.ts';
import { shippedPacksDir } from '../src/packs/pack-folder.ts';
import { packTexts } from '../src/packs/pack-texts.ts';
import { shippedPacks } from './support/house.ts';

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'foldback-patches-'));
  cpSync(shippedPacksDir(), dir, { recursive: true });
  execFileSync('git', ['init', '-q'], { cwd: dir });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const evidence = [{ code: 'not-fixed', subject: '', x: 9, n: 40, lower: 0.123, upper: 0.375 } as const];

function patch(kind: Draft['kind'], behaviour: string, subject = '') {
  const draft: Draft = { kind, behaviour, subject, evidence, words: [] };
  const version = shippedPacks().behaviours.get(behaviour)?.behaviour.version ?? 0;
  return patchOf({ draft, id: 'ab'.repeat(16), day: '2026-11-28', version, packs: packTexts(dir) });
}

/** What the loader says of the packs with a patch, which is taken away again. */
function problemsWith(text: string): readonly string[] {
  execFileSync('git', ['apply'], { cwd: dir, input: text });
  try {
    const loaded = loadPacks(dir);
    return loaded.kind === 'ok' ? [] : loaded.problems.map(({ file }) => file);
  } finally {
    execFileSync('git', ['apply', '-R'], { cwd: dir, input: text });
  }
}

test.each([...shippedPacks().behaviours.keys()])(
  'every proposal about %s fits the packs, and goes back',
  (id) => {
    const made = (['reword', 'variant', 'control'] as const).map((kind) => patch(kind, id));
    const texts = made.flatMap((one) => (one.kind === 'written' ? [one.text] : []));
    expect(texts).toHaveLength(3);
    expect(problemsWith(texts.join(''))).toEqual([]);
    const split = patch('split', id, 'hour-band=night');
    // One that is not plain selections with one condition is left to a person.
    if (split.kind === 'left') expect(split.gap).toBe('form-not-known');
    else expect(problemsWith(split.text)).toEqual([]);
  },
);

test('two behaviours that become one fit the packs; what still names the other is left to a person', () => {
  const made = patch('merge', 'clicked-simulated-phish', 'submitted-credentials');
  if (made.kind === 'left') throw new Error(made.gap);
  expect(made.files).toContain('remaps/submitted-credentials.yaml');
  expect(problemsWith(made.text)).toEqual([]);
  const named = patch('merge', 'orphaned-identity', 'agent-outside-policy');
  if (named.kind === 'left') throw new Error(named.gap);
  expect(new Set(problemsWith(named.text))).toEqual(
    new Set(['controls/agent-tool-denied.yaml', 'remaps/agent-outside-policy-2.yaml']),
  );
});
