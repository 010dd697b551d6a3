import { describe, expect, test } from 'vitest';
import { seededRandom } from '../numeric/seeded-random.ts';
import { type MessageRecord, messageTroubles } from './message-trouble.ts';
import { findMixture, type MixtureUnit } from './mixture.ts';
import { tellingWords, wordLogOdds } from './telling-words.ts';

/** Units whose risk depends on the kind of secret only, or on nothing. */
function units(seed: number, risks: readonly [number, number], size = 600): readonly MixtureUnit[] {
  const random = seededRandom(seed);
  return Array.from({ length: size }, () => {
    const isTest = random() < 0.4;
    return {
      features: {
        place: isTest ? 'tests' : 'source',
        language: ['go', 'python', 'java'][Math.floor(random() * 3)] ?? 'go',
        hour: random() < 0.5 ? 'day' : 'night',
        id: String(Math.floor(random() * 500)),
      },
      isEvent: random() < (isTest ? risks[1] : risks[0]),
      half: random() < 0.5 ? 0 : 1,
    };
  });
}

describe('mixtures', () => {
  test('a behaviour that is two is split by what tells them apart', () => {
    const found = findMixture(units(1, [0.15, 0.45]), seededRandom(1));
    expect(found).toMatchObject({ feature: 'place' });
    const [source, tests] = found?.levels ?? [];
    expect(tests?.lift).toBeGreaterThan(1.5);
    expect(source?.lift).toBeLessThan(0.67);
    expect((source?.units ?? 0) + (tests?.units ?? 0)).toBe(600);
  });

  test('a behaviour that is one is left alone, in 95 of 100 and more', () => {
    const found = Array.from({ length: 200 }, (_, seed) =>
      findMixture(units(seed, [0.25, 0.25]), seededRandom(1)),
    );
    expect(found.filter((mixture) => mixture !== undefined).length).toBeLessThanOrEqual(10);
  });

  test('a difference that is small, or of few units, proposes nothing', () => {
    expect(findMixture(units(3, [0.3, 0.36], 4_000), seededRandom(1))).toBeUndefined();
    expect(findMixture(units(3, [0.1, 0.9], 30), seededRandom(1))).toBeUndefined();
  });

  test('rare events are judged by permutation, and the seed decides', () => {
    const level = (tool: string, size: number, events: number): readonly MixtureUnit[] =>
      Array.from({ length: size }, (_, at) => ({
        features: { tool },
        isEvent: at < events,
        half: at % 2 === 0 ? 0 : 1,
      }));
    const rare = [...level('new', 20, 6), ...level('old', 400, 10)];
    const found = findMixture(rare, seededRandom(9));
    expect(found).toMatchObject({ feature: 'tool' });
    // one in 10,000 at the least: what 9,999 draws can say
    expect(found?.p).toBeGreaterThanOrEqual(1e-4);
    expect(found?.p).toBeLessThan(1e-3);
    expect(found).toEqual(findMixture(rare, seededRandom(9)));
    const oneHalf = rare.map((unit) => ({ ...unit, half: unit.isEvent ? 0 : unit.half }) as const);
    expect(findMixture(oneHalf, seededRandom(9))).toBeUndefined();
  });
});

describe('words', () => {
  test('a published value comes out', () => {
    const prior = { count: 2.4, words: 130 };
    const { delta, z } = wordLogOdds({ count: 18, words: 400 }, { count: 6, words: 900 }, prior);
    expect(delta).toBeCloseTo(1.5828023955, 9);
    expect(z).toBeCloseTo(3.8608700272, 9);
  });

  test('the words of several people that tell a group apart are found, those of one person never', () => {
    const use = (count: number, people: number) => ({ count, people });
    const one = new Map([
      ['unclear', use(18, 12)],
      ['key', use(300, 50)],
      ['banana', use(40, 1)],
      ['the', use(42, 40)],
    ]);
    const other = new Map([
      ['unclear', use(6, 5)],
      ['key', use(700, 90)],
      ['the', use(194, 80)],
    ]);
    expect(tellingWords(one, other).map(({ word }) => word)).toEqual(['unclear']);
  });
});

describe('messages in trouble', () => {
  const none = { x: 0, n: 40 };
  const record = (behaviour: string, more: Partial<MessageRecord> = {}): MessageRecord => ({
    behaviour,
    firsts: 100,
    riskRatioUpper: 0.9,
    verified: { x: 30, n: 40 },
    replies: { 'need-help': none, wrong: none, 'not-mine': none },
    ...more,
  });

  test('words that show no effect, no fix or much trouble are named with their counts', () => {
    const fine = Array.from({ length: 9 }, (_, at) => record(`fine-${at}`));
    const replies = { 'need-help': none, wrong: { x: 20, n: 40 }, 'not-mine': { x: 4, n: 40 } };
    const found = messageTroubles([
      ...fine,
      record('bad', { riskRatioUpper: null, verified: { x: 9, n: 40 }, replies }),
    ]);
    expect([...found.keys()]).toEqual(['bad']);
    expect(found.get('bad')?.map(({ code }) => code)).toEqual(['no-effect', 'not-fixed', 'replies']);
  });

  test('few events, few loops and fewer than ten behaviours say nothing', () => {
    const replies = { 'need-help': none, wrong: { x: 20, n: 40 }, 'not-mine': none };
    const young = record('young', { firsts: 59, riskRatioUpper: null, verified: { x: 1, n: 19 }, replies });
    expect(messageTroubles([young, record('other')]).size).toBe(0);
  });
});
