import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkStoredChain } from '../src/ledger/check-store.ts';
import { entriesOfRows } from '../src/ledger/rows.ts';
import { decide } from '../src/loop/decide.ts';
import { followIdentities } from '../src/loop/follow-identities.ts';
import { ingest } from '../src/loop/ingest.ts';
import { replyByLink } from '../src/loop/listen.ts';
import { loopPrincipal } from '../src/loop/parts.ts';
import { forgetDetail } from '../src/loop/retention.ts';
import type { Store } from '../src/ports/store.ts';
import { day, fakeSecret, type House, hour, leak, openHouse } from './support/house.ts';
import { testStores } from './support/stores.ts';

const retention = {
  eventDays: 90,
  outcomeDays: 396,
  messageDays: 396,
  refusedReplyDays: 90,
  auditDays: 1095,
};

for (const { name, skip, open } of testStores()) {
  describe.skipIf(skip !== undefined)(`how long detail is kept, ${name}`, () => {
    let store: Store;
    let house: House;
    let ended = '';
    let running = '';

    const leaked = async (n: number): Promise<string> => {
      const at = house.clock.now();
      const event = leak({
        at: at - hour,
        receivedAt: at,
        secret: fakeSecret(n),
        author: 'ana',
        file: `${n}.py`,
      });
      const taken = await ingest(house.parts, {
        source: 'scanner',
        receivedAt: at,
        mode: 'live',
        events: [event],
      });
      return taken.loops[0] ?? '';
    };
    const story = async (loop: string) => store.read.loop(loopPrincipal, loop);

    beforeAll(async () => {
      store = await open();
      house = openHouse({ store });
      [ended, running] = [await leaked(1), await leaked(2)];
      await house.settleDown();
      const message = (await story(ended))?.messages[0];
      const { tokenHash } = house.parts.replyLink(message?.id ?? '', message?.to.id ?? '');
      await replyByLink(house.parts, tokenHash, { answer: 'wrong', reason: 'a test value', loop: ended });
      await decide(house.parts, { ...loopPrincipal, id: 'mia', kind: 'operator' }, ended, { kind: 'uphold' });
      expect((await story(ended))?.loop.state).toBe('dismissed');
      await followIdentities(house.parts);
      expect((await store.read.identities(loopPrincipal, { limit: 5 })).items).toHaveLength(2);
    });
    afterAll(() => store?.close());

    test('nothing is forgotten of a case before its time, and nothing ever of one that runs', async () => {
      house.clock.pass(89 * day);
      expect(await forgetDetail(house.parts, retention)).toMatchObject({
        events: 0,
        outcomes: 0,
        messages: 0,
      });
    });

    test('90 days after its end the detail of what was reported goes, and the same report is still known', async () => {
      house.clock.pass(2 * day);
      expect(await forgetDetail(house.parts, retention)).toMatchObject({ events: 1, outcomes: 0 });
      expect(await forgetDetail(house.parts, retention)).toMatchObject({ events: 0 });
      const events = (await story(ended))?.events ?? [];
      expect(events.map(({ body }) => body)).toEqual([{ forgotten: true }]);
      expect(JSON.stringify((await story(running))?.events)).toContain('ana@example.com');
      expect((await store.loopsOfEvents(events.map(({ id }) => id))).size).toBe(1);
    });

    test('after 13 months nobody stands in it any more, and its chain is whole', async () => {
      house.clock.pass(400 * day);
      expect(await forgetDetail(house.parts, retention)).toMatchObject({ outcomes: 1, messages: 1 });
      const after = await story(ended);
      expect(after?.loop.owner).toMatchObject({ kind: 'unknown' });
      expect(after?.loop.state).toBe('dismissed');
      expect(JSON.stringify(after)).not.toMatch(/ana|mia/u);
      const ledger = await store.read.ledger(loopPrincipal, ended);
      expect(ledger?.personal).toEqual([]);
      const row = after?.loop ?? { seq: -1, head: '' };
      expect(checkStoredChain(ended, entriesOfRows(ledger?.entries ?? []), row, [])).toEqual([]);
      expect((await story(running))?.loop.owner).toMatchObject({ kind: 'person', id: 'ana' });
      const { items } = await store.read.identities(loopPrincipal, { limit: 5 });
      expect(items.map(({ loop }) => loop)).toEqual([running]);
    });
  });
}
