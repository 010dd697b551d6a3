import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type RelapsedCase, scopesOf } from './scopes.ts';

const all = new Set(['owner', 'team', 'everyone'] as const);
const one = (n: number, over: Partial<RelapsedCase> = {}): RelapsedCase => ({
  loop: `loop-${n}`,
  event: `event-${n}`,
  at: n,
  habit: `habit-${n % 3}`,
  ...over,
});

describe('relapses ask for a control', () => {
  test('of a team, from so many on', () => {
    const of = (n: number) => Array.from({ length: n }, (_, at) => one(at, { team: 'blue' }));
    expect(scopesOf(of(2), 3, all)).toEqual([]);
    expect(scopesOf(of(3), 3, all)).toMatchObject([{ scope: { kind: 'team', id: 'blue' }, team: 'blue' }]);
  });

  test('of one program before its team, and each case counts once', () => {
    const cases = [0, 1, 2, 3].map((n) => one(n, { team: 'blue', program: n < 3 ? 'p' : 'q' }));
    expect(scopesOf(cases, 3, all).map(({ scope }) => scope)).toEqual([{ kind: 'owner', id: 'p' }]);
  });

  test('of everyone, when no team has enough and it is more than one habit', () => {
    const cases = [0, 1, 2].map((n) => one(n, { team: `t${n}` }));
    expect(scopesOf(cases, 3, all).map(({ scope }) => scope)).toEqual([{ kind: 'everyone', id: '' }]);
    const ofOne = cases.map((each) => ({ ...each, habit: 'the same' }));
    expect(scopesOf(ofOne, 3, all)).toEqual([]);
  });

  test('in whatever order they are told', () => {
    const cases = Array.from({ length: 12 }, (_, n) =>
      one(n, { team: `t${n % 2}`, ...(n % 5 === 0 ? { program: 'p' } : {}) }),
    );
    const wanted = scopesOf(cases, 3, all);
    fc.assert(
      fc.property(fc.shuffledSubarray(cases, { minLength: 12 }), (shuffled) => {
        expect(scopesOf(shuffled, 3, all)).toEqual(wanted);
      }),
    );
  });
});
