import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deliver } from '../../src/loop/deliver.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { replay } from '../../src/loop/replay.ts';
import type { Channel, SendResult } from '../../src/ports/channel.ts';
import type { Principal } from '../../src/ports/principal.ts';
import type { Store } from '../../src/ports/store.ts';
import { fakeSecret, hour, leak, monday, openHouse, status } from '../support/house.ts';
import { testStores } from '../support/stores.ts';

const ofTeam = (team: string): Principal => ({ ...loopPrincipal, id: `of ${team}`, teams: [team] });

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(`what the doors ask of the ${kind.name} store`, () => {
    let store: Store;
    let answer: SendResult = { kind: 'accepted' };
    const channel: Channel = {
      id: 'told-to',
      title: 'A channel that answers as told',
      leavesMachine: false,
      reconcile: 'none',
      address: (recipient) => recipient.id,
      send: async () => answer,
      checkSetup: async () => [],
    };
    beforeAll(async () => {
      store = await kind.open();
    });
    afterAll(() => store?.close());

    test('a refused message is sent again once, however many ask for it, and the story tells who', async () => {
      const house = openHouse({ store, channels: [channel], delivery: { channel: channel.id } });
      answer = { kind: 'uncertain', reason: 'the line broke' };
      const taken = await ingest(house.parts, {
        source: 'scanner',
        receivedAt: monday,
        mode: 'live',
        events: [leak({ at: monday - hour, receivedAt: monday, secret: fakeSecret(900), author: 'ana' })],
      });
      await house.settleDown();
      const loop = taken.loops[0] ?? '';
      const [message] = (await store.read.loop(loopPrincipal, loop))?.messages ?? [];
      expect(message).toMatchObject({ state: 'uncertain' });
      const id = message?.id ?? '';

      expect(await replay(house.parts, ofTeam('red'), id)).toEqual({ kind: 'not-found' });
      const both = await Promise.all([
        replay(house.parts, ofTeam('blue'), id),
        replay(house.parts, loopPrincipal, id),
      ]);
      expect(both.map((one) => one.kind).sort()).toEqual(['queued', 'refused']);

      answer = { kind: 'accepted' };
      expect(await deliver(house.parts)).toMatchObject({ sent: 1 });
      expect((await store.read.loop(loopPrincipal, loop))?.messages).toMatchObject([
        { id, state: 'accepted', attempt: 1 },
      ]);
      expect(await replay(house.parts, loopPrincipal, id)).toEqual({ kind: 'refused', state: 'accepted' });
      const entries = (await store.read.ledger(loopPrincipal, loop))?.entries ?? [];
      expect(entries.filter((entry) => entry.kind === 'replayed')).toHaveLength(1);
    });

    test('a message that asks for what is no longer needed is not sent again', async () => {
      const house = openHouse({
        store,
        channels: [channel],
        delivery: { channel: channel.id, perPersonPerDayMax: 50 },
      });
      answer = { kind: 'uncertain', reason: 'the line broke' };
      const secret = fakeSecret(901);
      const taken = await ingest(house.parts, {
        source: 'scanner',
        receivedAt: monday,
        mode: 'live',
        events: [leak({ at: monday - hour, receivedAt: monday, secret, author: 'bob', file: 'over.py' })],
      });
      await house.settleDown();
      await ingest(house.parts, {
        source: 'scanner',
        receivedAt: monday,
        mode: 'live',
        events: [status({ at: monday, secret, validity: 'inactive' })],
      });
      answer = { kind: 'accepted' };
      const messages = (await store.read.loop(loopPrincipal, taken.loops[0] ?? ''))?.messages ?? [];
      const told = messages.find((message) => message.moment === 'told');
      expect(told).toMatchObject({ state: 'uncertain' });
      expect(await replay(house.parts, loopPrincipal, told?.id ?? '')).toEqual({ kind: 'unwanted' });
      expect((await store.read.message(loopPrincipal, told?.id ?? ''))?.message.state).toBe('uncertain');
    });

    test('another team sees neither the link’s message, nor the loops, nor the counts', async () => {
      const [loop] = (await store.read.loops(loopPrincipal, { owner: 'ana', limit: 10 })).items;
      const id = loop?.id ?? '';
      const [message] = (await store.read.loop(loopPrincipal, id))?.messages ?? [];
      const house = openHouse({ store });
      const hash = house.parts.replyLink(message?.id ?? '', message?.to.id ?? '').tokenHash;
      const seen = async (principal: Principal) => ({
        message: (await store.read.messageByToken(principal, hash))?.message.id,
        loops: (await store.read.loopsByIds(principal, [id])).map((row) => row.id),
        sentAt: await store.read.firstSentAt(principal, loop?.caseCode ?? ''),
        totals: await store.read.totals(principal),
        checkpoints: await store.read.checkpointsOf(principal, id),
      });
      const all = { message: message?.id, loops: [id], sentAt: monday, checkpoints: [] };
      expect(await seen(loopPrincipal)).toMatchObject({
        ...all,
        totals: {
          events: 3,
          messages: [
            { state: 'accepted', n: 1 },
            { state: 'uncertain', n: 1 },
          ],
        },
      });
      expect(await seen(ofTeam('blue'))).toMatchObject({ ...all, totals: { events: 3 } });
      expect(await seen(ofTeam('red'))).toEqual({
        message: undefined,
        loops: [],
        sentAt: undefined,
        totals: { events: 0, messages: [], wants: 0 },
        checkpoints: [],
      });
      expect(await store.read.firstSentAt(loopPrincipal, 'FB-00000-00000')).toBeUndefined();
      expect(Object.fromEntries(await store.read.lastSourceDays(loopPrincipal))).toEqual({
        scanner: '2026-11-23',
      });
    });

    test('the mark of changes is another after a sight, and the same while nothing happens', async () => {
      const mark = () => store.read.changeMark(loopPrincipal);
      const before = await mark();
      expect(await mark()).toBe(before);
      const house = openHouse({ store });
      await ingest(house.parts, {
        source: 'scanner',
        receivedAt: monday,
        mode: 'history',
        events: [
          leak({ at: monday + hour, receivedAt: monday + hour, secret: fakeSecret(902), author: 'bob' }),
        ],
      });
      expect(await mark()).not.toBe(before);
    });

    test('the rhythm of a source is what it was in the four weeks before it spoke last', async () => {
      await store.transaction(async (tx) => {
        for (const day of ['2026-10-20', '2026-11-02', '2026-11-16', '2026-11-23'])
          await tx.addSourceDay('weekly', Date.parse(day));
      });
      expect(Object.fromEntries(await store.read.sourceRhythms(loopPrincipal))).toMatchObject({
        weekly: { lastDay: '2026-11-23', firstDay: '2026-11-02', heardDays: 3 },
      });
    });
  });
}
