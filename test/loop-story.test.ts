import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Store } from '../src/ports/store.ts';
import { lendEmbedded } from './support/lent-stores.ts';
import { newWalk, type Step, steps } from './support/story-walk.ts';

describe('whatever happens in whatever order', () => {
  let store: Store;
  beforeAll(async () => {
    store = await lendEmbedded();
  });
  afterAll(() => store?.close());

  const check = async (played: readonly Step[]) => {
    const walk = newWalk(store);
    for (const step of played) await walk.play(step);
    await walk.finish();
    expect(walk.faults).toEqual([]);
  };

  const leaked = { do: 'leak', secret: 0, author: 'ana', isHistory: false, form: 'elsewhere' } as const;

  test('what was withdrawn because the case had run out of time is said when it comes back', () =>
    check([
      leaked,
      { do: 'work' },
      { do: 'pass', hours: 24 * 31 },
      { do: 'work' },
      { do: 'pass', hours: 1 },
      { ...leaked, form: 'shown' },
    ]));

  test('what a channel put off is not said of a case that was dismissed meanwhile', () =>
    check([
      { do: 'channel', next: ['retry'] },
      leaked,
      { do: 'work' },
      { do: 'decide', loop: 0, kind: 'dismiss' },
      { do: 'work' },
    ]));

  test('nobody is told twice, history stays silent, silence approves nothing, and nothing is left unsaid', async () => {
    await fc.assert(fc.asyncProperty(steps, check), {
      numRuns: Number(process.env['FOLDBACK_STORY_RUNS'] ?? 10),
    });
  }, 120_000);
});
