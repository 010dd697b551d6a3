import { beforeAll, describe, expect, test } from 'vitest';
import { type Simulated, simulate } from '../src/simulate/simulate.ts';

const day = 24 * 3_600_000;
const days = 66;

/** What goes wrong from the middle of a story on is no effect of a message and no fix. */
describe('in a story in which sources fall silent and a third of all leave at once', () => {
  let played: Simulated;
  let middle: number;
  beforeAll(async () => {
    played = await simulate({
      seed: 3,
      days,
      people: 32,
      circumstances: ['silent-source', 'leaver-wave', 'detector-change', 'broken-delivery'],
    });
    middle = played.outcome.end - days * day + Math.floor(days / 2) * day;
  }, 600_000);

  test('nothing holds whose source said nothing in its window, and what another source watches does', () => {
    const heldOf = (behaviour: string) =>
      played.outcome.loops.filter((loop) => loop.behaviour === behaviour).flatMap(({ heldAt }) => heldAt);
    const keys = played.outcome.loops.filter(({ behaviour }) => behaviour === 'token-outside-approved-path');
    expect(keys.some(({ verifiedAt }) => verifiedAt.some((at) => at > middle - 25 * day))).toBe(true);
    // A window of thirty days of which more than three are silent is not judged.
    expect(heldOf('token-outside-approved-path').filter((at) => at > middle + 4 * day)).toEqual([]);
    expect(heldOf('secret-in-repository').some((at) => at > middle + 4 * day)).toBe(true);
  });

  test('no words are said to work, to harm or to make no difference', () => {
    for (const { verdict } of played.effects) expect(['broken', 'too early to tell']).toContain(verdict);
  });

  test('nobody who has left is told anything', () => {
    const left = new Set(
      played.truth.cases
        .filter(({ behaviour }) => behaviour === 'orphaned-identity')
        .map(({ id }) => id.split(' ')[1] ?? ''),
    );
    expect(left.size).toBeGreaterThan(3);
    const told = played.outcome.messages.filter(
      ({ to, at }) => at > middle + day && to.kind === 'person' && left.has(to.id),
    );
    expect(told).toEqual([]);
  });

  test('what is said to be fixed is fixed, and nobody is told twice', () => {
    expect(played.score).toMatchObject({ falseFixes: 0, toldTwice: 0 });
  });
});
