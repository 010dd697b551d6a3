import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgePath, type StepSeen } from './path.ts';

const path = {
  within: '30d',
  steps: [
    { id: 'proposed', detection: {}, optional: true },
    { id: 'reviewed', detection: {}, optional: false, actorNot: 'proposed' },
    { id: 'gate', detection: {}, optional: false },
  ],
};
const seen = (step: string, at: number, who = 'bob', lastAt = at): StepSeen => ({
  step,
  who,
  firstAt: at,
  lastAt,
});
const always = () => true;
const deedAt = 100 * 86_400_000;
const judge = (...marks: readonly StepSeen[]) => judgePath(path, marks, deedAt, always);

describe('an approved path', () => {
  const good = [
    seen('proposed', deedAt - 30, 'ana'),
    seen('reviewed', deedAt - 20),
    seen('gate', deedAt - 10),
  ];

  test('that was walked in order by the right people stands', () => expect(judge(...good)).toBeUndefined());

  test('of which a step is missing is broken there', () =>
    expect(judge(seen('proposed', deedAt - 30, 'ana'), seen('gate', deedAt - 10))).toEqual({
      step: 'reviewed',
      how: 'skipped',
    }));

  test('of which several steps are missing is broken at the first', () =>
    expect(judge()).toEqual({ step: 'reviewed', how: 'skipped' }));

  test('of which a step came after the deed is out of order there', () =>
    expect(judge(seen('reviewed', deedAt - 20), seen('gate', deedAt + 5))).toEqual({
      step: 'gate',
      how: 'out-of-order',
    }));

  test('of which a step came after the next one is out of order there', () =>
    expect(judge(seen('reviewed', deedAt - 5), seen('gate', deedAt - 10))).toEqual({
      step: 'reviewed',
      how: 'out-of-order',
    }));

  test('that was approved by whoever proposed it has the wrong actor', () =>
    expect(
      judge(
        seen('proposed', deedAt - 30, 'ana'),
        seen('reviewed', deedAt - 20, 'ana'),
        seen('gate', deedAt - 10),
      ),
    ).toEqual({ step: 'reviewed', how: 'wrong-actor' }));

  test('stands when somebody else approved it too', () =>
    expect(judge(...good, seen('reviewed', deedAt - 25, 'ana'))).toBeUndefined());

  test('a step that the installation never sees is no step that was skipped', () =>
    expect(judgePath(path, [seen('gate', deedAt - 10)], deedAt, (step) => step === 'gate')).toBeUndefined());

  test('an approval from long ago is none', () =>
    expect(judge(seen('reviewed', deedAt - 40 * 86_400_000), seen('gate', deedAt - 10))).toEqual({
      step: 'reviewed',
      how: 'skipped',
    }));

  test('once it stands, nothing that is seen of these steps later breaks it, save who proposed it', () => {
    const mark = fc.record({
      step: fc.constantFrom('reviewed', 'gate'),
      who: fc.constantFrom('', 'bob', 'cleo'),
      firstAt: fc.integer({ min: deedAt - 1000, max: deedAt + 1000 }),
    });
    fc.assert(
      fc.property(fc.array(mark), (more) => {
        const added = more.map(({ step, who, firstAt }) => seen(step, firstAt, who));
        expect(judge(...good, ...added)).toBeUndefined();
      }),
    );
  });
});
