import { describe, expect, test } from 'vitest';
import { seededRandom } from '../numeric/seeded-random.ts';
import { type ArmCheck, findFaults } from './faults.ts';
import { runSplit } from './split-run.ts';
import { evidenceThreshold, type Judged, judgeArm, openRiskGap } from './verdict.ts';

/** First recurrences, `arm` of `n` in the arm, spread evenly over the order. */
const spread = (arm: number, n: number) =>
  Array.from({ length: n }, (_, at) => Math.floor(((at + 1) * arm) / n) > Math.floor((at * arm) / n));
const judged = (arm: number, n: number, more: Partial<Judged> = {}): Judged => ({
  run: runSplit(spread(arm, n), 0.5),
  share: 0.5,
  faults: [],
  guardrails: [],
  eventsMax: 1_000,
  isPastEnd: false,
  ...more,
});
const code = (arm: number, n: number, more: Partial<Judged> = {}) => judgeArm(judged(arm, n, more)).code;

describe('verdicts', () => {
  test('each is said when its rule is the first that matches', () => {
    expect(code(0, 0)).toBe('not-enough');
    expect(code(9, 19)).toBe('not-enough');
    expect(code(20, 40)).toBe('too-early');
    expect(code(8, 40)).toBe('works');
    expect(code(32, 40)).toBe('worse');
    expect(code(400, 800)).toBe('no-difference');
    expect(code(20, 40, { isPastEnd: true })).toBe('cannot-tell');
    expect(code(50, 100, { eventsMax: 100 })).toBe('cannot-tell');
  });

  test('harm is said at any number of events and stops new assignment; help waits for twenty', () => {
    const helped = judgeArm(judged(0, 15));
    expect(helped.code).toBe('not-enough');
    const harmed = judgeArm(judged(15, 15));
    expect(harmed).toMatchObject({ code: 'worse', stopsAssignment: true, decidedAt: 14 });
    expect(code(0, 20)).toBe('works');
  });

  test('what is broken shows no other verdict', () => {
    expect(code(8, 40, { faults: [{ code: 'exits', e: 120 }] })).toBe('broken');
  });

  test('a guardrail that moves the harmful way is harm, the other way is none', () => {
    const moved = runSplit(spread(32, 40), 0.5);
    const still = runSplit(spread(20, 40), 0.5);
    const wrong = [
      { id: 'wrong', harmIs: 'more', run: moved } as const,
      { id: 'help', harmIs: 'more', run: still } as const,
    ];
    expect(judgeArm(judged(20, 40, { guardrails: wrong }))).toMatchObject({
      code: 'worse',
      harmedGuardrails: ['wrong'],
    });
    expect(code(20, 40, { guardrails: [{ id: 'reports', harmIs: 'less', run: moved }] })).toBe('too-early');
  });

  test('several arms need the more evidence', () => {
    expect(evidenceThreshold(2)).toBe(20);
    expect(evidenceThreshold(4)).toBe(60);
    const rejects = spread(34, 100);
    expect(runSplit(rejects, 0.5, 20).riskRatio.upper).toBeLessThan(1);
    expect(runSplit(rejects, 0.5, 60).riskRatio.upper).toBeGreaterThan(1);
  });

  test('what is open is null, so that it can be written as JSON', () => {
    const { riskRatio, detectable, e } = judgeArm(judged(0, 0));
    expect([riskRatio.value, riskRatio.upper, detectable, e]).toEqual([null, null, null, 1]);
    expect(JSON.parse(JSON.stringify(judgeArm(judged(900, 900)))).e).toBeGreaterThan(1e100);
  });

  test('risks above one half are marked, and the open gap has the sign of the help', () => {
    expect(judgeArm(judged(20, 40, { risks: { arm: 0.6, usual: 0.7 } })).isDrifting).toBe(true);
    const gap = openRiskGap(0.2, { lower: 0.25, upper: 0.95 });
    expect(gap.lower).toBeCloseTo(0.01, 12);
    expect(gap.upper).toBeCloseTo(0.15, 12);
  });
});

describe('faults', () => {
  const arm = (more: Partial<ArmCheck> = {}): ArmCheck => ({
    arm: 'b',
    share: 0.5,
    assigned: 200,
    analysed: 190,
    due: 180,
    delivered: 175,
    exits: 10,
    detectors: ['secrets@3'],
    sources: ['scanner'],
    opportunities: Array.from({ length: 40 }, (_, at) => at % 7),
    ...more,
  });
  const codes = (more: Partial<ArmCheck>) =>
    findFaults([arm({ arm: 'usual' }), arm(more)], seededRandom(1)).map((fault) => fault.code);

  test('arms alike have none', () => {
    expect(codes({})).toEqual([]);
  });

  test('each way in which arms can differ is named', () => {
    expect(codes({ assigned: 300 })).toEqual(['sample-ratio']);
    expect(codes({ analysed: 100 })).toEqual(['sample-ratio']);
    expect(codes({ delivered: 150 })).toEqual(['delivery']);
    expect(codes({ detectors: ['secrets@3', 'secrets@4'] })).toEqual(['detector']);
    expect(codes({ sources: [] })).toEqual(['source']);
    expect(codes({ opportunities: Array.from({ length: 40 }, (_, at) => 20 + (at % 7)) })).toEqual([
      'opportunities',
    ]);
    expect(codes({ exits: 60 })).toEqual(['exits']);
  });

  test('a new detector for all arms at once is none, and few messages due say nothing', () => {
    const changed = { detectors: ['secrets@4'] };
    expect(findFaults([arm({ arm: 'usual', ...changed }), arm(changed)], seededRandom(1))).toEqual([]);
    expect(codes({ due: 10, delivered: 2 })).toEqual([]);
  });
});
