import { expect, test } from 'vitest';
import { registerExperiment, startExperiment } from '../../src/loop/experiments/register.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { monday, openHouse } from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { crowd, leakOf, trialDocument } from './trial.ts';

test('words that are shown only assign nobody: the test begins when people are told', async () => {
  const people = crowd(10);
  const store = await lendEmbedded();
  try {
    const house = openHouse({ store, people, delivery: { mode: 'shadow', perPersonPerDayMax: 50 } });
    house.clock.set(monday);
    const document = trialDocument({});
    await registerExperiment(house.parts, document, { id: 'p1', name: 'Ana' });
    const started = await startExperiment(house.parts, document.id, { id: 'p2', name: 'Ben' }, true);
    expect(started).toMatchObject({ kind: 'started' });
    await leakOf(
      house,
      people.map(({ id }) => id),
      monday,
    );
    await house.settleDown();
    const { items } = await store.read.messages(loopPrincipal, { limit: 50 });
    expect(items.length).toBeGreaterThan(5);
    expect(items.filter(({ variant }) => variant !== undefined)).toEqual([]);
    expect(await store.read.followedUnits(loopPrincipal, document.id)).toEqual([]);
  } finally {
    await store.close();
  }
});
