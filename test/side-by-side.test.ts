import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Event } from '../src/core/event.ts';
import { ingest } from '../src/loop/ingest.ts';
import { loopPrincipal } from '../src/loop/parts.ts';
import type { Store } from '../src/ports/store.ts';
import { fakeSecret, type House, hour, leak, monday, openHouse } from './support/house.ts';
import { testStores } from './support/stores.ts';

/** How often two writers are let loose on one case; each time they meet at another point. */
const rounds = 25;

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(`two writers on one ${kind.name} store`, () => {
    let store: Store;
    let house: House;
    beforeAll(async () => {
      store = await kind.open();
      house = openHouse({ store });
    });
    afterAll(() => store?.close());

    const take = (...events: readonly Event[]) =>
      ingest(house.parts, { source: 'any', receivedAt: monday, mode: 'live', events });
    /** The one loop of these events, with as many sightings as there are events. */
    const expectOne = async (events: readonly Event[]) => {
      const loops = await store.loopsOfEvents(events.map(({ id }) => id));
      expect(loops.size).toBe(events.length);
      const ids = [...new Set(loops.values())];
      expect(ids.length).toBe(1);
      const story = await store.read.loop(loopPrincipal, ids[0] ?? '');
      expect(story?.loop).toMatchObject({ state: 'open', facts: { sightings: events.length } });
    };
    const at = (round: number, over: Partial<Parameters<typeof leak>[0]>) =>
      leak({
        at: monday - hour,
        receivedAt: monday,
        author: 'ana',
        commit: round.toString(16).padStart(40, 'a'),
        columns: [5, 40],
        ...over,
      });

    test('what arrives while two cases turn out to be one goes to the one that stays', async () => {
      for (let round = 0; round < rounds; round += 1) {
        const secret = fakeSecret(8000 + round);
        const hidden = at(round, { secret: 'REDACTED' });
        const elsewhere = at(round, { secret, file: 'elsewhere.py', line: 1 });
        const shown = at(round, { secret });
        const late = at(round, { secret: '[hidden]' });
        await take(hidden);
        await take(elsewhere);
        await Promise.all([take(shown), take(late)]);
        await expectOne([hidden, elsewhere, shown, late]);
      }
    });

    test('a finding and an alert of the same bytes are one case, also when they arrive at once', async () => {
      for (let round = 0; round < rounds; round += 1) {
        const finding = at(1000 + round, { secret: fakeSecret(9000 + round) });
        const alert = at(1000 + round, { secret: 'REDACTED', source: 'alerts' });
        await Promise.all([take(finding), take(alert)]);
        await expectOne([finding, alert]);
      }
    });

    test('the same new secret in two deliveries at once is one case', async () => {
      for (let round = 0; round < rounds; round += 1) {
        const secret = fakeSecret(10_000 + round);
        const events = [1, 2, 3, 4].map((n) => at(2000 + round, { secret, file: `${n}.py` }));
        await Promise.all(events.map((event) => take(event)));
        await expectOne(events);
      }
    });

    test('many writers with the same cases in different orders all come to an end', async () => {
      const secrets = Array.from({ length: 30 }, (_, n) => fakeSecret(11_000 + n));
      const batch = (n: number) => {
        const events = secrets.map((secret, i) => at(3000 + n, { secret, file: `${n}-${i}.py` }));
        return n % 2 === 0 ? events : events.toReversed();
      };
      await Promise.all([0, 1, 2, 3, 4, 5].map((n) => take(...batch(n))));
      const loops = await store.loopsOfEvents(
        [0, 1, 2, 3, 4, 5].flatMap((n) => batch(n).map(({ id }) => id)),
      );
      expect(loops.size).toBe(180);
      expect(new Set(loops.values()).size).toBe(30);
    });
  });
}
