import { describe, expect, test } from 'vitest';
import { dayMs } from '../duration.ts';
import { seededRandom } from '../measures/numeric/seeded-random.ts';
import type { ExperimentDocument } from './document.ts';
import type { TrialEvidence, TrialUnit } from './evidence.ts';
import { readOut } from './readout.ts';

const start = Date.UTC(2026, 0, 5);

function documentOf(over: Partial<ExperimentDocument> = {}): ExperimentDocument {
  return {
    id: 'words',
    title: 'Other words',
    hypothesis: 'Other words are followed by fewer cases.',
    behaviour: 'secret-in-repository',
    moment: 'told',
    unit: 'person',
    arms: [
      { id: 'usual', share: 0.5, message: 'usual' },
      { id: 'other', share: 0.5, message: 'other' },
    ],
    outcome: 'recurred',
    window: '90d',
    smallestEffect: 0.8,
    recurrencesMax: 100_000,
    endsOn: '2030-12-31',
    guardrails: [],
    registeredBy: 'ana',
    ...over,
  };
}

type ArmPlan = { readonly n: number; readonly recurred: number; readonly shares?: readonly number[] };

/** Units of each arm in turn; the first ones of an arm recur, spread evenly over the record. */
function evidenceOf(plans: Readonly<Record<string, ArmPlan>>, shares: readonly number[]): TrialEvidence {
  const rows = Object.entries(plans).flatMap(([arm, plan]) =>
    Array.from({ length: plan.n }, (_, at) => ({
      unit: `${arm} ${at}`,
      arm,
      shares: plan.shares ?? shares,
      assignedAt: start,
      place: at < plan.recurred ? (at + 0.5) / plan.recurred : undefined,
    })),
  );
  const order = rows
    .filter(({ place }) => place !== undefined)
    .toSorted((a, b) => (a.place ?? 0) - (b.place ?? 0))
    .map(({ unit }) => unit);
  const ranks = new Map(order.map((unit, n) => [unit, n]));
  const units = rows.map(({ place: _place, ...row }): TrialUnit => {
    const n = ranks.get(row.unit);
    const at = start + 5 * dayMs;
    return n === undefined ? row : { ...row, outcomeAt: at, outcomeN: n, outcomeRecordedAt: at };
  });
  return {
    now: start + 20 * dayMs,
    units,
    funnel: [],
    guardrails: [],
    watchedUntil: start + 20 * dayMs,
    opportunities: new Map(),
    cases: new Map(),
    size: () => 1,
  };
}

const read = (document: ExperimentDocument, evidence: TrialEvidence) =>
  readOut(document, evidence, () => seededRandom(1));

describe('the read-out', () => {
  test('arms that are as good as each other show no difference that matters, and not with half of the cases', () => {
    const halves = [0.5, 0.5];
    const many = evidenceOf({ usual: { n: 1000, recurred: 420 }, other: { n: 1000, recurred: 420 } }, halves);
    expect(read(documentOf(), many).comparisons[0]?.code).toBe('no-difference');
    const few = evidenceOf({ usual: { n: 1000, recurred: 210 }, other: { n: 1000, recurred: 210 } }, halves);
    expect(read(documentOf(), few).comparisons[0]?.code).toBe('too-early');
  });

  test('with three arms each is held to twice the evidence, on the labels of the two', () => {
    const arms = [
      { id: 'usual', share: 0.5, message: 'usual' },
      { id: 'other', share: 0.25, message: 'other' },
      { id: 'third', share: 0.25, message: 'third' },
    ];
    const shares = arms.map(({ share }) => share);
    const plans = {
      usual: { n: 1200, recurred: 200 },
      other: { n: 600, recurred: 50 },
      third: { n: 600, recurred: 100 },
    };
    const three = read(documentOf({ arms }), evidenceOf(plans, shares)).comparisons;
    expect(three.map(({ arm, code, threshold }) => [arm, code, threshold])).toEqual([
      ['other', 'works', 40],
      ['third', 'too-early', 40],
    ]);
    // The ratio of risks is that of the arms, whatever their shares are.
    expect(three[0]?.riskRatio?.value).toBeCloseTo(0.5, 1);
    expect(three[1]?.riskRatio?.value).toBeCloseTo(1, 1);
    const [two, third] = [['usual', 'other'] as const, three[0]];
    const alone = read(
      documentOf({
        arms: [
          { id: 'usual', share: 2 / 3, message: 'usual' },
          { id: 'other', share: 1 / 3, message: 'other' },
        ],
      }),
      evidenceOf({ [two[0]]: plans.usual, [two[1]]: plans.other }, [2 / 3, 1 / 3]),
    ).comparisons[0];
    expect(alone?.e).toBeCloseTo(third?.e ?? 0, 6);
    expect(alone?.threshold).toBe(20);
  });

  test('whoever was assigned when an arm was closed says nothing about it', () => {
    const shares = [0.5, 0.5];
    const before = evidenceOf({ usual: { n: 400, recurred: 100 }, other: { n: 400, recurred: 60 } }, shares);
    const after = evidenceOf({ late: { n: 400, recurred: 400, shares: [1, 0] } }, shares);
    const late = after.units.map((unit) => ({ ...unit, arm: 'usual' }));
    const both = { ...before, units: [...before.units, ...late] };
    expect(read(documentOf(), both).comparisons).toEqual(read(documentOf(), before).comparisons);
  });

  test('a source that is heard for one arm only is broken, also when that arm has few cases', () => {
    const shares = [0.5, 0.5];
    const plain = evidenceOf({ usual: { n: 400, recurred: 45 }, other: { n: 400, recurred: 10 } }, shares);
    const spoken = (of: (unit: TrialUnit, at: number) => string): TrialEvidence => ({
      ...plain,
      units: plain.units.map((unit, at) =>
        unit.outcomeAt === undefined ? unit : { ...unit, outcomeSource: of(unit, at) },
      ),
    });
    const lopsided = spoken(({ arm }, at) => (arm === 'usual' && at % 3 > 0 ? 'second' : 'first'));
    expect(read(documentOf(), lopsided).comparisons[0]).toMatchObject({
      code: 'broken',
      faults: [{ code: 'source', arm: 'other', missing: ['second'] }],
    });
    const one = spoken(() => 'first');
    expect(read(documentOf(), one).comparisons[0]).toMatchObject({ code: 'works', faults: [] });
  });
});
