import { describe, expect, test } from 'vitest';
import { firstsInOrder } from '../bench/support/coverage.ts';
import {
  type Making,
  type Organisation,
  populate,
  windowDays,
} from '../bench/support/coverage-organisation.ts';
import { type ArmCheck, findFaults } from '../src/core/measures/experiment/faults.ts';
import { runSplit } from '../src/core/measures/experiment/split-run.ts';
import { judgeArm } from '../src/core/measures/experiment/verdict.ts';
import { seededRandom } from '../src/core/measures/numeric/seeded-random.ts';
import { aalenJohansen, type Exit } from '../src/core/measures/survival/aalen-johansen.ts';
import { kaplanMeier } from '../src/core/measures/survival/kaplan-meier.ts';

const usual: Making = {
  size: 8_000,
  share: 0.5,
  effect: 1,
  // About 2,700 first recurrences of 8,000 people: to find nothing takes the most of them.
  mean: 0.6,
  shape: 0.5,
  leaving: { arm: 0.0005, usual: 0.0005 },
};
const make = (more: Partial<Making>, seed = 1) => populate({ ...usual, ...more }, seededRandom(seed));

function checkOf({ people }: Organisation, isArm: boolean, more: Partial<ArmCheck>): ArmCheck {
  const own = people.filter((person) => person.isArm === isArm);
  return {
    arm: isArm ? 'b' : 'usual',
    share: 0.5,
    assigned: own.length,
    analysed: own.length,
    due: own.length,
    delivered: own.length,
    exits: own.filter(({ leftAfter }) => leftAfter !== null).length,
    detectors: ['secrets@3'],
    sources: ['scanner'],
    opportunities: [],
    ...more,
  };
}

function verdictOf(organisation: Organisation, arm: Partial<ArmCheck> = {}) {
  const faults = findFaults(
    [checkOf(organisation, false, {}), checkOf(organisation, true, arm)],
    seededRandom(1),
  );
  const run = runSplit(firstsInOrder(organisation.people), 0.5);
  return judgeArm({ run, share: 0.5, faults, guardrails: [], eventsMax: 100_000, isPastEnd: false });
}

const exitsOf = ({ people }: Organisation): readonly Exit[] =>
  people.map(({ recurrences: [first], leftAfter }) =>
    first === undefined
      ? { time: leftAfter ?? windowDays, cause: leftAfter === null ? null : 'left' }
      : { time: first, cause: 'recurred' },
  );

describe('planted effects', () => {
  test('among 8,000 people a useless, a helpful and a harmful message are found as such', () => {
    for (const seed of [1, 2, 3]) {
      expect(verdictOf(make({}, seed)).code).toBe('no-difference');
      expect(verdictOf(make({ effect: 0.5 }, seed)).code).toBe('works');
      expect(verdictOf(make({ effect: 2 }, seed))).toMatchObject({ code: 'worse', stopsAssignment: true });
    }
  });

  test('the interval at the end holds the true ratio of the risks, not that of the rates', () => {
    const organisation = make({ effect: 0.5 });
    const { riskRatio } = verdictOf(organisation);
    expect(organisation.riskRatio).toBeGreaterThan(0.55);
    expect(riskRatio.lower).toBeLessThan(organisation.riskRatio);
    expect(riskRatio.upper ?? 0).toBeGreaterThan(organisation.riskRatio);
  });

  test('among 200 people it is too early to tell, whatever the message does', () => {
    for (const effect of [0.7, 1, 1.4]) expect(verdictOf(make({ size: 200, effect })).code).toBe('too-early');
  });
});

describe('what is no effect', () => {
  test('people who leave one arm look like success, and the experiment is broken instead', () => {
    const left = make({ leaving: { arm: 0.02, usual: 0.0005 } });
    const run = runSplit(firstsInOrder(left.people), 0.5);
    expect(run.crossedLowerAt).not.toBeNull();
    expect(verdictOf(left)).toMatchObject({ code: 'broken', faults: [{ code: 'exits' }] });
  });

  test('a detector, a source or a channel that failed in one arm breaks the experiment', () => {
    const helped = make({ effect: 0.5 });
    expect(verdictOf(helped, { detectors: ['secrets@3', 'secrets@4'] }).code).toBe('broken');
    expect(verdictOf(helped, { sources: [] }).code).toBe('broken');
    expect(verdictOf(helped, { delivered: 3_000 }).code).toBe('broken');
  });

  test('a wave of leavers in both arms is an exit in the risk, and would raise it counted as lost from sight', () => {
    const wave = make({ leaving: { arm: 0.03, usual: 0.03 }, mean: 1, size: 4_000 });
    const exits = exitsOf(wave);
    const risk = aalenJohansen(exits, ['recurred', 'left']).at(-1)?.incidences[0];
    expect(risk?.lower ?? 1).toBeLessThan(wave.risks.usual);
    expect(risk?.upper ?? 0).toBeGreaterThan(wave.risks.usual);
    const naive = kaplanMeier(exits.map(({ time, cause }) => ({ time, isEvent: cause === 'recurred' })));
    expect(1 - (naive.at(-1)?.survival ?? 1)).toBeGreaterThan((risk?.upper ?? 1) + 0.05);
    expect(['no-difference', 'too-early']).toContain(verdictOf(wave).code);
  });
});
