import { describe, expect, test } from 'vitest';
import { aroundLeave } from './around-leave.ts';
import { emptyFacts, type LoopFacts } from './facts.ts';
import { type Addressee, duty } from './position.ts';

const day = 86_400_000;
const person = (id: string): Addressee => ({ kind: 'person', id });
const team: Addressee = { kind: 'team', id: 'blue' };
const owner = { confidence: 1, addressee: person('ana'), manager: person('mia'), team };
const colleagues = [{ to: 'owner' }, { to: 'manager' }, { to: 'duty' }] as const;
const confidential = [{ to: 'owner' }, { to: 'duty' }] as const;
const nobody = [{ to: 'owner' }] as const;
const facts = emptyFacts('secret-in-repository');

type Given = {
  readonly days: number;
  readonly isPressing?: boolean;
  readonly ladder?: readonly { readonly to: 'owner' | 'manager' | 'team' | 'duty' }[];
  readonly standIn?: Addressee;
  readonly away?: readonly string[];
  readonly moment?: 'told' | 'verified' | 'escalation';
  readonly of?: LoopFacts;
};

/** Ana is away for so many days; who hears it, when, and in which words. */
function around({
  days,
  isPressing = false,
  ladder = colleagues,
  standIn,
  away = [],
  moment = 'told',
  of = facts,
}: Given) {
  const want: Parameters<typeof aroundLeave>[0] = {
    occasion: 'first:0',
    moment,
    to: person('ana'),
    dueAt: 0,
  };
  const gone = new Set(['ana', ...away]);
  const {
    to,
    dueAt,
    moment: words,
    standInFor,
  } = aroundLeave(
    want,
    of,
    {
      owner,
      isPressing,
      ladder,
      waitMaxMs: 21 * day,
      absenceOf: ({ id }) =>
        gone.has(id) ? { returnAt: days * day, ...(standIn === undefined ? {} : { standIn }) } : undefined,
    },
    0,
  );
  return [to.id, dueAt / day, words, standInFor];
}

describe('words for somebody who is away', () => {
  const ben = person('ben');
  test.each<[string, Given, readonly unknown[]]>([
    ['that can wait do', { days: 10, standIn: ben }, ['ana', 10, 'told', undefined]],
    [
      'that would wait too long go to the stand-in',
      { days: 22, standIn: ben },
      ['ben', 0, 'handed-over', 'ana'],
    ],
    [
      'of danger go to the stand-in at once',
      { days: 1, isPressing: true, standIn: ben },
      ['ben', 0, 'handed-over', 'ana'],
    ],
    ['of danger go to the lead without one', { days: 1, isPressing: true }, ['mia', 0, 'handed-over', 'ana']],
    [
      'of danger go to the team when the lead is away',
      { days: 1, isPressing: true, away: ['mia'] },
      ['blue', 0, 'handed-over', 'ana'],
    ],
    [
      'that are confidential wait for years, if they lead to nobody',
      { days: 4_000, ladder: nobody, standIn: ben },
      ['ana', 4_000, 'told', undefined],
    ],
    [
      'that are confidential go to the duty role alone, even of danger',
      { days: 1, isPressing: true, ladder: confidential, standIn: ben },
      ['duty', 0, 'handed-over', 'ana'],
    ],
    [
      'about how it ended wait',
      { days: 10, moment: 'verified', isPressing: true },
      ['ana', 10, 'verified', undefined],
    ],
    [
      'about how it ended are told to nobody else',
      { days: 400, moment: 'verified' },
      ['ana', 0, 'verified', undefined],
    ],
    [
      'that escalate stay what they are',
      { days: 1, isPressing: true, moment: 'escalation', standIn: ben },
      ['ben', 0, 'escalation', 'ana'],
    ],
  ])('%s', (_name, given, expected) => {
    expect(around(given)).toEqual(expected);
  });

  const told = (id: string, over: object) => ({
    message: id,
    moment: 'handed-over' as const,
    occasion: `x:${id}`,
    recipient: person(id),
    at: 0,
    outcome: 'accepted' as const,
    ...over,
  });

  test('go past a stand-in whose address refused them', () => {
    const of = { ...facts, messages: [told('ben', { outcome: 'refused' })] };
    expect(around({ days: 1, isPressing: true, standIn: ben, of })[0]).toBe('mia');
  });

  test('are handed from person to person three times at most', () => {
    const messages = ['b', 'c', 'd'].map((id) => told(id, { standInFor: 'ana' }));
    expect(around({ days: 1, isPressing: true, standIn: ben, of: { ...facts, messages } })[0]).toBe('blue');
  });

  test('are never for nobody', () => {
    const refused = ['ben', 'mia', 'blue', 'duty'].map((id) => told(id, { outcome: 'refused' }));
    const messages = refused.map((one) => {
      const { id } = one.recipient;
      return id === 'blue' ? { ...one, recipient: team } : id === 'duty' ? { ...one, recipient: duty } : one;
    });
    expect(around({ days: 1, isPressing: true, standIn: ben, of: { ...facts, messages } })[0]).toBe('ana');
  });
});
