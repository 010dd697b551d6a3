import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decide } from '../src/loop/decide.ts';
import { deliver, settleAbandoned } from '../src/loop/deliver.ts';
import { ingest } from '../src/loop/ingest.ts';
import { repliesByLink } from '../src/loop/listen.ts';
import { type LoopParts, loopPrincipal } from '../src/loop/parts.ts';
import { plan } from '../src/loop/plan.ts';
import type { Channel, Delivery, SendResult } from '../src/ports/channel.ts';
import type { Store } from '../src/ports/store.ts';
import {
  day,
  fakeSecret,
  type House,
  hour,
  leak,
  openHouse,
  personOf,
  status,
  testClock,
} from './support/house.ts';
import { testStores } from './support/stores.ts';

let salt = 5000;

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(`delivery over the ${kind.name} store`, () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open();
    });
    afterAll(() => store?.close());

    /** A house with people of its own and a channel that does what the test says. */
    const open = (send: (delivery: Delivery) => Promise<SendResult> = async () => ({ kind: 'accepted' })) => {
      salt += 1;
      const said: Delivery[] = [];
      const channel: Channel = {
        id: 'scripted',
        title: 'Scripted',
        leavesMachine: false,
        reconcile: 'none',
        address: ({ id }) => id,
        checkSetup: async () => [],
        send: async (delivery) => {
          said.push(delivery);
          return send(delivery);
        },
      };
      const [ana, mia, dora] = [`ana${salt}`, `mia${salt}`, 'dora'];
      const people = [
        personOf(ana, { manager: mia, team: `blue${salt}` }),
        personOf(mia, { team: `blue${salt}` }),
        personOf(dora, { isDuty: true, team: 'red' }),
      ];
      const clock = testClock();
      const options = {
        store,
        clock,
        channels: [channel],
        delivery: { channel: 'scripted', perPersonPerDayMax: 50 },
      };
      const house = openHouse({ ...options, people });
      const secret = (n: number) => fakeSecret(salt * 100 + n);
      const take = async (n: number, over: Partial<Parameters<typeof leak>[0]> = {}) => {
        const event = leak({ at: clock.now(), secret: secret(n), author: ana, file: `${n}.py`, ...over });
        const taken = await ingest(house.parts, {
          source: 'scanner',
          receivedAt: clock.now(),
          mode: 'live',
          events: [event],
        });
        return taken.loops[0] ?? '';
      };
      const kill = (n: number) =>
        ingest(house.parts, {
          source: 'scanner',
          receivedAt: clock.now(),
          mode: 'live',
          events: [status({ at: clock.now(), secret: secret(n), validity: 'inactive' })],
        });
      const revive = (n: number) =>
        ingest(house.parts, {
          source: 'scanner',
          receivedAt: clock.now(),
          mode: 'live',
          events: [status({ at: clock.now(), secret: secret(n), validity: 'active' })],
        });
      return { house, said, ana, people, options, take, kill, revive, clock };
    };
    const storyOf = async (loop: string) => {
      const story = await store.read.loop(loopPrincipal, loop);
      if (story === undefined) throw new Error('no such loop');
      return story;
    };

    test('what was withdrawn unsaid is said when it is wanted again', async () => {
      const { house, said, take, kill, revive, clock } = open();
      const loop = await take(1);
      await plan(house.parts);
      await kill(1);
      await deliver(house.parts);
      expect(said).toEqual([]);
      expect((await storyOf(loop)).loop.state).toBe('verified');
      clock.pass(hour);
      await revive(1);
      await house.settleDown();
      expect(said.map(({ message }) => message.moment)).toEqual(['told']);
      expect((await storyOf(loop)).loop.state).toBe('told');
    });

    test('a retry is withdrawn once nobody needs to hear it any more', async () => {
      const { house, said, take, clock } = open(async () => ({ kind: 'retry', reason: 'later' }));
      const loop = await take(1);
      await house.settleDown();
      expect(said.length).toBe(1);
      await decide(house.parts, loopPrincipal, loop, { kind: 'dismiss' });
      clock.pass(day);
      await house.settleDown();
      expect(said.length).toBe(1);
    });

    test('a digest speaks for what is still wanted only; nothing else counts as said by it', async () => {
      const { house, said, take, kill, revive, clock } = open();
      const [first, second] = [await take(1), await take(2)];
      await plan(house.parts);
      await kill(2);
      await deliver(house.parts);
      expect((await storyOf(first)).loop.state).toBe('told');
      expect((await storyOf(second)).loop).toMatchObject({ state: 'verified', facts: { messages: [] } });
      clock.pass(hour);
      await revive(2);
      await house.settleDown();
      expect((await storyOf(second)).loop.state).toBe('told');
      expect(said.length).toBe(2);
    });

    test('silence goes on to the next step when nobody knows the recipient any more', async () => {
      const { house, ana, people, options, take, clock } = open();
      const loop = await take(1);
      await house.settleDown();
      const without = openHouse({ ...options, people: people.filter(({ id }) => id !== ana) });
      for (let d = 0; d < 14; d += 1) {
        clock.pass(day);
        await without.settleDown();
      }
      const { messages } = await storyOf(loop);
      expect(messages.map(({ moment, to, state }) => [moment, to.id, state])).toEqual([
        ['told', ana, 'accepted'],
        ['reminder', ana, 'refused'],
        // With the person went the way to their manager and team.
        ['escalation', 'duty', 'accepted'],
        ['escalation', 'duty', 'accepted'],
      ]);
    });

    test('a message that cannot be put into words is a dead letter and holds up no other', async () => {
      const { house, said, take } = open();
      const [mute, other] = [await take(1, { file: 'mute.py' }), await take(2)];
      const isMute = (request: Parameters<LoopParts['render']>[0]) =>
        request.loops.some(({ id }) => id === mute);
      const parts: LoopParts = {
        ...house.parts,
        delivery: { ...house.parts.delivery, digestLoopsMax: 1 },
        render: (request) => {
          if (isMute(request)) throw new Error('no words');
          return house.parts.render(request);
        },
      };
      for (let turn = 0; turn < 4; turn += 1) {
        await plan(parts);
        await deliver(parts);
      }
      expect((await storyOf(other)).loop.state).toBe('told');
      expect((await storyOf(mute)).messages.map(({ state }) => state)).toContain('dead');
      expect(said.length).toBe(1);
    });

    test('a channel that is slow is asked no more than the lease allows, and nothing becomes uncertain by it', async () => {
      let house: House | undefined;
      const slow = open(async () => {
        house?.clock.pass(20_000);
        return { kind: 'accepted' };
      });
      house = slow.house;
      const parts = { ...house.parts, delivery: { ...house.parts.delivery, digestLoopsMax: 1 } };
      const loops = [];
      for (let n = 0; n < 18; n += 1) loops.push(await slow.take(n));
      for (let turn = 0; turn < 20; turn += 1) {
        await plan(parts);
        await deliver(parts);
        expect(await settleAbandoned(parts)).toBe(0);
        house.clock.pass(1000);
      }
      const ids = slow.said.map(({ messageId }) => messageId);
      expect(new Set(ids).size).toBe(ids.length);
      for (const loop of loops) expect((await storyOf(loop)).loop.state).toBe('told');
    });

    test('replies taken together say the same as one after the other, and the second hears the first', async () => {
      const { house, said, take, ana } = open();
      const [one, two] = [await take(1), await take(2)];
      await house.settleDown();
      const message = said.find(({ recipient }) => recipient.id === ana)?.messageId ?? '';
      const { tokenHash } = house.parts.replyLink(message, ana);
      const answers = await repliesByLink(house.parts, [
        { tokenHash, input: { answer: 'done', loop: one, nonce: 'a' } },
        { tokenHash: 'unknown', input: { answer: 'done' } },
        { tokenHash, input: { answer: 'wrong', loop: two, nonce: 'b' } },
        { tokenHash, input: { answer: 'need-help', loop: one, nonce: 'c' } },
        { tokenHash, input: { answer: 'done', loop: one, nonce: 'a' } },
        { tokenHash, input: { answer: 'accept-risk', loop: one, nonce: 'd' } },
      ]);
      expect(answers.map(({ kind }) => kind)).toEqual([
        'recorded',
        'unknown-link',
        'recorded',
        'recorded',
        'recorded',
        'bad-until',
      ]);
      const { facts } = (await storyOf(one)).loop;
      expect(facts.replies.map(({ answer }) => answer)).toEqual(['done', 'need-help']);
      expect((await storyOf(two)).loop.state).toBe('disputed');
    });
  });
}
