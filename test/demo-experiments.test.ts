import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runSplit } from '../src/core/measures/experiment/split-run.ts';
import { evidenceThreshold } from '../src/core/measures/experiment/verdict.ts';
import { lookAtExperiments } from '../src/loop/experiments/look.ts';
import { readOutExperiments } from '../src/loop/experiments/read-out.ts';
import { type LoopParts, loopPrincipal } from '../src/loop/parts.ts';
import type { Store } from '../src/ports/store.ts';
import { readArchive } from '../src/simulate/archive.ts';
import { archivedId, loadArchive } from '../src/simulate/demo-experiments.ts';
import { openHouse, personOf, testClock } from './support/house.ts';
import { lendEmbedded } from './support/lent-stores.ts';

describe('the archived experiment of the demonstration', () => {
  let store: Store;
  let parts: LoopParts;
  const archive = readArchive();
  const endedAt = Date.UTC(2026, 0, 1);
  beforeAll(async () => {
    store = await lendEmbedded();
    ({ parts } = openHouse({ store, clock: testClock(), channels: [], people: [personOf('ana', {})] }));
    await loadArchive(parts, archive, 'ana@example.com', endedAt);
    // Once more is no news.
    await loadArchive(parts, archive, 'ana@example.com', endedAt);
    await lookAtExperiments(parts);
  });
  afterAll(() => store.close());

  test('is of 4,000 people and says so in its title; one wording helps, and one harms', async () => {
    const row = await store.read.experiment(loopPrincipal, archivedId);
    if (row === undefined) throw new Error('it is not there');
    expect(row).toMatchObject({ state: 'ended', endedAt });
    expect(row.document).toContain('Archived simulation of 4,000 people');
    const shown = (await readOutExperiments(parts, loopPrincipal, [row])).get(archivedId);
    if (shown?.kind !== 'shown') throw new Error('nothing is shown of it');
    expect(shown.readout.comparisons.map(({ arm, code }) => [arm, code])).toEqual([
      ['helpful', 'works'],
      ['harmful', 'worse'],
    ]);
    expect(archive.effects.map(({ variant, verdict }) => [variant, verdict])).toEqual([
      ['helpful', 'works'],
      ['harmful', 'worse'],
    ]);
    for (const { true: ratio, low, high } of archive.effects) {
      expect(low ?? 1).toBeLessThan(ratio);
      expect(high ?? Number.POSITIVE_INFINITY).toBeGreaterThan(ratio);
    }
  });

  test('says from its rows what it said when it was played', async () => {
    const units = await store.read.followedUnits(loopPrincipal, archivedId);
    expect(units).toHaveLength(archive.units.length);
    const firsts = units
      .filter(({ outcomeAt }) => outcomeAt !== undefined)
      .toSorted((a, b) => (a.outcomeN ?? 0) - (b.outcomeN ?? 0));
    for (const { variant, low, high } of archive.effects) {
      const isArm = firsts.flatMap(({ arm }) =>
        arm === variant || arm === 'usual' ? [arm === variant] : [],
      );
      const { riskRatio } = runSplit(isArm, 0.5, evidenceThreshold(archive.arms.length));
      expect(riskRatio.lower).toBeCloseTo(low ?? 0, 2);
      expect(riskRatio.upper).toBeCloseTo(high ?? 0, 2);
    }
    const arms = await store.read.experimentArms(loopPrincipal, archivedId);
    expect(arms.find(({ arm }) => arm === 'helpful')?.crossedLowerAt).toBeDefined();
    expect(arms.find(({ arm }) => arm === 'harmful')?.crossedHigherAt).toBeDefined();
  });
});
