import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  createWebhook,
  verifyStandardWebhook,
  webhookSettings,
} from '../src/adapters/channels/webhook/index.ts';
import { announce } from '../src/loop/announce.ts';
import { ingest } from '../src/loop/ingest.ts';
import { type LoopParts, loopPrincipal } from '../src/loop/parts.ts';
import { isGone, resumeReceivers } from '../src/loop/receivers.ts';
import type { Channel } from '../src/ports/channel.ts';
import type { Store } from '../src/ports/store.ts';
import { day, fakeSecret, type House, leak, monday, openHouse, testClock } from './support/house.ts';
import { listen } from './support/loopback.ts';
import { testStores } from './support/stores.ts';

const secret = `whsec_${randomBytes(32).toString('base64')}`;
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

/** A real receiver that checks every signature at its own clock, and answers what it is told to. */
async function receiver(now: () => number) {
  const seen: { id: string; type: string; data: Record<string, unknown>; raw: string }[] = [];
  const answers: number[] = [];
  let isUp = true;
  let calls = 0;
  const server = createServer(async (request, response) => {
    calls += 1;
    const raw = (await request.toArray()).join('');
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    const verdict = verifyStandardWebhook(headers, raw, [secret], now());
    if (!isUp || !verdict.ok) {
      response.writeHead(verdict.ok ? 503 : 401).end();
      return;
    }
    const { type, data } = JSON.parse(raw);
    seen.push({ id: verdict.id, type, data, raw });
    response.writeHead(answers.shift() ?? 204).end();
  });
  const url = `http://127.0.0.1:${await listen(server)}/cases`;
  const webhookTo = (messages: string, stateChanges = true): Channel => {
    const made = createWebhook(
      webhookSettings.parse({
        url: messages,
        secrets: secret,
        allowPrivateNetwork: true,
        stateChanges,
        stateChangesUrl: url,
      }),
    );
    opened.push({ close: () => made.close?.() });
    return made;
  };
  const channel = webhookTo('https://hooks.example.com/messages');
  opened.push({
    close() {
      server.closeAllConnections();
      server.close();
    },
  });
  return {
    seen,
    answers,
    channel,
    /** The same channel, whose messages go to the receiver too. */
    forMessages: () => webhookTo(url, false),
    url,
    calls: () => calls,
    setUp: (up: boolean) => {
      isUp = up;
    },
  };
}

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(`what becomes of cases, over the ${kind.name} store`, () => {
    let store: Store;
    let salt = 0;
    beforeAll(async () => {
      store = await kind.open();
    });
    afterAll(() => store?.close());

    async function open(): Promise<{
      house: House;
      parts: LoopParts;
      to: Awaited<ReturnType<typeof receiver>>;
    }> {
      const clock = testClock();
      const to = await receiver(clock.now);
      const house = openHouse({ store, clock, channels: [to.channel] });
      return { house, parts: house.parts, to };
    }
    const taken = async (parts: LoopParts, at: number) => {
      salt += 1;
      const events = [leak({ secret: fakeSecret(70_000 + salt), at, receivedAt: monday, author: 'ana' })];
      await ingest(parts, { source: 'scanner', receivedAt: monday, mode: 'live', events, receipts: [] });
    };

    test('is told once each, signed, in order, by id and nobody by name', async () => {
      const { house, parts, to } = await open();
      await taken(parts, monday);
      await house.settleDown();
      await announce(parts);
      expect(to.seen.map(({ type }) => type)).toEqual(['loop.opened', 'loop.told']);
      expect(new Set(to.seen.map(({ id }) => id)).size).toBe(2);
      const [first] = to.seen;
      const story = await parts.store.read.loop(loopPrincipal, String(first?.data['caseCode']));
      expect(first?.data['loop']).toBe(story?.loop.id);
      for (const { raw } of to.seen) expect(raw).not.toMatch(/ana|shop|example|AKIA|settings/iu);
      await announce(parts);
      expect(to.seen).toHaveLength(2);
    });

    test('waits while nobody takes it, is told later with the same id, and never out of order', async () => {
      const { house, parts, to } = await open();
      to.setUp(false);
      await taken(parts, monday);
      await announce(parts);
      await house.settleDown();
      await announce(parts);
      expect(to.seen).toEqual([]);
      to.setUp(true);
      // Taken, and the answer is a fault: the receiver sees the same id again.
      to.answers.push(500);
      house.clock.pass(10_000);
      await announce(parts);
      house.clock.pass(day);
      await announce(parts);
      expect(to.seen.map(({ type }) => type)).toEqual(['loop.opened', 'loop.opened', 'loop.told']);
      expect(to.seen[0]?.id).toBe(to.seen[1]?.id);
    });

    test('is written with the change: what is rolled back was never told', async () => {
      const { parts, to } = await open();
      const broken: LoopParts = {
        ...parts,
        store: {
          ...parts.store,
          transaction: (work) =>
            parts.store.transaction(async (tx) => {
              await work(tx);
              throw new Error('the disk is full');
            }),
        },
      };
      await expect(taken(broken, monday)).rejects.toThrow('the disk is full');
      await announce(parts);
      expect(to.seen).toEqual([]);
    });

    test('survives a process that died while it told, and two who tell at once tell each once', async () => {
      const { house, parts, to } = await open();
      for (let n = 0; n < 40; n += 1) await taken(parts, monday);
      await parts.store.transaction((tx) =>
        tx.claimNotices(house.clock.now(), to.channel.id, 5, 'of the dead', house.clock.now() + 60_000),
      );
      await Promise.all([announce(parts), announce(parts)]);
      expect(to.seen).toHaveLength(35);
      house.clock.pass(61_000);
      await announce(parts);
      expect(to.seen).toHaveLength(40);
      expect(new Set(to.seen.map(({ id }) => id)).size).toBe(40);
    });

    test('is told again when Standard Webhooks says: at once, then nine times within three days', async () => {
      const { house, parts, to } = await open();
      to.setUp(false);
      await taken(parts, monday);
      const waits: number[] = [];
      for (let minutes = 0; minutes <= 80 * 60; minutes += 5) {
        const before = to.calls();
        await announce(parts);
        if (to.calls() > before) waits.push(minutes);
        // The second follows within seconds.
        if (minutes === 0) {
          house.clock.pass(5_000);
          await announce(parts);
        }
        house.clock.pass(300_000);
      }
      const hours = waits.map((minutes) => Number((minutes / 60).toFixed(2)));
      expect(hours).toEqual([0, 0.08, 0.58, 2.58, 7.58, 17.58, 31.58, 51.58, 75.58]);
      expect(to.calls()).toBe(10);
    });

    test('who answers 410 is called no more, until an operator or other settings say so; nothing is lost meanwhile', async () => {
      const { house, parts, to } = await open();
      to.answers.push(410);
      await taken(parts, monday);
      await announce(parts);
      expect(to.seen).toHaveLength(1);
      await taken(parts, monday);
      await house.settleDown();
      for (let n = 0; n < 20; n += 1) {
        house.clock.pass(day);
        expect(await announce(parts)).toEqual({ told: 0, dead: 0 });
      }
      expect(to.calls()).toBe(1);
      const admin = { ...loopPrincipal, id: 'admin' };
      expect(await resumeReceivers(parts, admin, to.channel)).toBe(true);
      expect(await resumeReceivers(parts, admin, to.channel)).toBe(false);
      expect((await announce(parts)).told).toBeGreaterThan(3);
      expect(to.seen.filter(({ id }) => id === to.seen[0]?.id)).toHaveLength(2);
      const ofFirst = to.seen.filter(({ data }) => data['loop'] === to.seen[0]?.data['loop']);
      const seqs = ofFirst.map(({ data }) => Number(data['seq']));
      expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    });

    test('a message to whom answers 410 is refused, and no other is sent there; other settings make another receiver', async () => {
      const clock = testClock();
      const to = await receiver(clock.now);
      const channel = to.forMessages();
      const house = openHouse({
        store,
        clock,
        channels: [channel],
        delivery: { channel: 'webhook', perPersonPerDayMax: 500 },
      });
      to.answers.push(410);
      await taken(house.parts, monday);
      await house.settleDown();
      const calls = to.calls();
      expect(calls).toBe(1);
      expect(await isGone(house.parts, channel)).toBe(true);
      await taken(house.parts, monday);
      await house.settleDown();
      expect(to.calls()).toBe(calls);
      const { items } = await store.read.messages(loopPrincipal, { state: 'refused', limit: 10 });
      expect(items[0]?.lastError).toContain('wants no more messages');
      const other = createWebhook(
        webhookSettings.parse({ url: `${to.url}2`, secrets: secret, allowPrivateNetwork: true }),
      );
      opened.push({ close: () => other.close?.() });
      expect(await isGone(house.parts, other)).toBe(false);
    });

    test('is given up after three days of silence, and that is said', async () => {
      const { house, parts, to } = await open();
      to.setUp(false);
      await taken(parts, monday);
      const ends: number[] = [];
      for (let n = 0; n < 20; n += 1) {
        ends.push((await announce(parts)).dead);
        house.clock.pass(day / 3);
      }
      expect(ends.filter((dead) => dead > 0)).toEqual([1]);
      to.setUp(true);
      expect(await announce(parts)).toEqual({ told: 0, dead: 0 });
    });

    test('history is not told of, and nothing is written where nobody listens', async () => {
      const { parts, to } = await open();
      await taken(parts, monday - 40 * day);
      const silent = openHouse({ store, clock: testClock() });
      await taken(silent.parts, monday);
      await announce(parts);
      expect(to.seen).toEqual([]);
      expect(silent.parts.announcers).toEqual([]);
    });
  });
}
