import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTeams, teamsSettings } from '../src/adapters/channels/teams/index.ts';
import { deliver } from '../src/loop/deliver.ts';
import { ingest } from '../src/loop/ingest.ts';
import { plan } from '../src/loop/plan.ts';
import type { Store } from '../src/ports/store.ts';
import { fakeSecret, leak, monday, openHouse, personOf, testClock } from './support/house.ts';
import { testStores } from './support/stores.ts';
import { openTeamsFlow } from './support/teams-flow.ts';

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(`the pace of a flow, over the ${kind.name} store`, () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open();
    });
    afterAll(() => store?.close());

    test('two workers begin four requests a second together, all arrive, and waiting counts as no attempt', async () => {
      const flow = await openTeamsFlow();
      const personUrl = `http://127.0.0.1:${flow.port}/workflows/x`;
      const channel = createTeams(teamsSettings.parse({ personUrl, allowPrivateNetwork: true }));
      const clock = testClock();
      const names = Array.from({ length: 11 }, (_, n) => `paced${n}`);
      const open = () =>
        openHouse({
          store,
          clock,
          channels: [channel],
          people: names.map((name) => personOf(name)),
          delivery: { channel: 'teams', attemptsMax: 1 },
        });
      const [one, other] = [open(), open()];
      for (const [n, author] of names.entries()) {
        const events = [leak({ secret: fakeSecret(81_000 + n), at: monday, receivedAt: monday, author })];
        await ingest(one.parts, { source: 'scanner', receivedAt: monday, mode: 'live', events });
      }
      clock.pass(120_000);
      await plan(one.parts);
      const bySecond: number[] = [];
      for (let tick = 0; tick < 20; tick += 1) {
        const before = flow.posts.length;
        await Promise.all([deliver(one.parts), deliver(other.parts)]);
        const second = Math.floor(tick / 4);
        bySecond[second] = (bySecond[second] ?? 0) + flow.posts.length - before;
        clock.pass(250);
      }
      await channel.close?.();
      await flow.close();
      expect(bySecond).toEqual([4, 4, 3, 0, 0]);
      expect(new Set(flow.posts.map((post) => JSON.parse(post).messageId)).size).toBe(11);
    });

    test('a clock that was set back holds nothing up', async () => {
      const ask = [{ key: 'set back', n: 9, max: 4, withinMs: 1_000 }];
      const take = (now: number) => store.transaction((tx) => tx.takePace(ask, now));
      expect(await take(monday)).toEqual([4]);
      expect(await take(monday + 999)).toEqual([0]);
      expect(await take(monday + 1_000)).toEqual([4]);
      expect(await take(monday - 86_400_000)).toEqual([4]);
    });
  });
}
