import { describe, expect, test } from 'vitest';
import { coverageOf } from './coverage.ts';
import { loadPacks } from './load.ts';
import { shippedPacksDir } from './pack-folder.ts';
import { problemText } from './problem.ts';

const loaded = loadPacks(shippedPacksDir());
if (loaded.kind === 'error') throw new Error(loaded.problems.map(problemText).join('\n'));
const coverage = coverageOf(loaded.packs);
const of = (framework: string) => {
  const found = coverage.find((one) => one.framework === framework);
  if (found === undefined) throw new Error(`no framework ${framework}`);
  return found;
};

describe('the coverage of frameworks', () => {
  test('names the behaviours that point to an item', () => {
    expect(of('OWASP-NHI').items.find(({ id }) => id === 'NHI1')?.behaviours).toEqual(['orphaned-identity']);
    expect(of('OWASP-ASI').items.find(({ id }) => id === 'ASI02')?.behaviours).toEqual([
      'agent-outside-policy',
      'denied-by-policy',
    ]);
  });

  test('shows every item that no behaviour covers as a gap, and none that one does', () => {
    for (const { items, gaps } of coverage) {
      expect(gaps).toEqual(items.filter(({ behaviours }) => behaviours.length === 0).map(({ id }) => id));
    }
    expect(of('OWASP-NHI').gaps).toContain('NHI3');
    expect(of('OWASP-NHI').gaps).not.toContain('NHI2');
  });

  test('counts what can be done, not its headings: the 106 live outcomes of CSF 2.0', () => {
    const { items } = of('NIST-CSF');
    expect(items).toHaveLength(106);
    expect(items.every(({ id }) => /^[A-Z]{2}\.[A-Z]{2}-\d\d$/u.test(id))).toBe(true);
  });

  test('every behaviour of the packs covers something', () => {
    const named = new Set(coverage.flatMap(({ items }) => items.flatMap(({ behaviours }) => behaviours)));
    expect([...named].sort()).toEqual([...loaded.packs.behaviours.keys()].sort());
  });
});
