import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { release } from '../src/loop/decide.ts';
import { ingest } from '../src/loop/ingest.ts';
import { replyByLink } from '../src/loop/listen.ts';
import { loopPrincipal } from '../src/loop/parts.ts';
import { plan } from '../src/loop/plan.ts';
import { replay } from '../src/loop/replay.ts';
import { turnSwitch } from '../src/loop/rollout.ts';
import type { Channel, Delivery } from '../src/ports/channel.ts';
import type { Store } from '../src/ports/store.ts';
import { day, fakeSecret, hour, leak, openHouse, personOf, testClock } from './support/house.ts';
import { testStores } from './support/stores.ts';

let salt = 9000;

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(`from shadow to live over the ${kind.name} store`, () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open();
    });
    afterAll(() => store?.close());

    /** A house of its own, with a real channel beside the outbox; in shadow until somebody turns a switch. */
    const open = (peopleCount = 1) => {
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
          return { kind: 'accepted' };
        },
      };
      const team = `t${salt}`;
      const boss = `boss${salt}`;
      const names = Array.from({ length: peopleCount }, (_, n) => `ana${salt}x${n}`);
      const people = [...names, boss].map((id) =>
        personOf(id, { team, ...(id === boss ? {} : { manager: boss }), isDuty: id === boss }),
      );
      const house = openHouse({
        store,
        clock: testClock(),
        channels: [channel],
        people,
        teams: [{ id: team, name: team, handles: [] }],
        delivery: { mode: 'shadow', channel: 'scripted', perPersonPerDayMax: 50, digestLoopsMax: 1 },
      });
      const secret = (n: number) => fakeSecret(salt * 1000 + n);
      const take = async (n: number, at = house.clock.now(), who = names[n % names.length] ?? '') => {
        const event = leak({
          at,
          receivedAt: house.clock.now(),
          secret: secret(n),
          author: who,
          file: `${n}.py`,
        });
        const taken = await ingest(house.parts, {
          source: 'scanner',
          receivedAt: house.clock.now(),
          mode: 'live',
          events: [event],
        });
        return taken.loops[0] ?? '';
      };
      const turn = (stage: 'shadow' | 'canary' | 'live' | 'settings', share?: number) =>
        turnSwitch(house.parts, loopPrincipal, {
          team,
          stage,
          reason: 'a test',
          ...(share === undefined ? {} : { share }),
        });
      return { house, said, take, turn, team, names, boss };
    };
    const storyOf = async (loop: string) => {
      const story = await store.read.loop(loopPrincipal, loop);
      if (story === undefined) throw new Error('no such loop');
      return story;
    };
    /** What left, as recipient and occasion of each case: the same twice is telling twice. */
    const toldOf = async (loop: string) =>
      (await storyOf(loop)).loop.facts.messages
        .filter(({ isShadow, outcome }) => isShadow !== true && outcome !== 'refused')
        .map(({ recipient, occasion }) => `${recipient.id} ${occasion}`);

    test('a switch for one team tells its people, and what was only shown before is history until it is released', async () => {
      const { house, said, take, turn } = open();
      const shown = await take(1);
      await house.settleDown();
      expect(said).toEqual([]);
      expect((await storyOf(shown)).loop.state).toBe('told');
      await turn('live');
      house.clock.pass(hour);
      await house.settleDown();
      expect((await storyOf(shown)).loop.state).toBe('backlog');
      const fresh = await take(2);
      await house.settleDown();
      expect(said.length).toBe(1);
      expect((await storyOf(fresh)).loop.state).toBe('told');
      house.clock.pass(3 * day);
      await house.settleDown();
      expect(said.map(({ message }) => message.moment)).toEqual(['told', 'reminder']);
      await release(house.parts, loopPrincipal, { ids: [shown] });
      await house.settleDown();
      expect((await storyOf(shown)).loop.state).toBe('told');
      expect(said.length).toBe(3);
    });

    test('a message that waits does not leave once the switch is turned to shadow, nor does one sent again', async () => {
      const { house, said, take, turn } = open();
      await turn('live');
      const loop = await take(1);
      await plan(house.parts);
      await turn('shadow');
      await house.settleDown();
      // What was taken back is looked at anew in the next turn.
      await house.settleDown();
      expect(said).toEqual([]);
      const messages = (await storyOf(loop)).messages.map(({ isShadow, state }) => [isShadow, state]);
      expect(messages).toEqual([[true, 'accepted']]);
      await turn('live');
      const other = await take(2);
      await house.settleDown();
      const [sent] = (await storyOf(other)).messages;
      await store.transaction((tx) => tx.recordMessages([{ id: sent?.id ?? '', state: 'dead' }]));
      const count = said.length;
      expect((await replay(house.parts, loopPrincipal, sent?.id ?? '')).kind).toBe('queued');
      await turn('shadow');
      await house.settleDown();
      expect(said.length).toBe(count);
    });

    test('silence goes on from where it was when the switch went to shadow and back', async () => {
      const { house, said, take, turn } = open();
      await turn('live');
      const loop = await take(1);
      await house.settleDown();
      await turn('shadow');
      house.clock.pass(3 * day);
      await house.settleDown();
      expect(said.length).toBe(1);
      await turn('live');
      house.clock.pass(hour);
      await house.settleDown();
      expect(said.map(({ message }) => message.moment)).toEqual(['told', 'reminder']);
      for (let n = 0; n < 12; n += 1) {
        house.clock.pass(day);
        await house.settleDown();
      }
      expect(said.some(({ message }) => message.moment === 'escalation')).toBe(true);
      const told = await toldOf(loop);
      expect(new Set(told).size).toBe(told.length);
    });

    test('a canary that grows adds people and drops nobody; one that shrinks breaks off no conversation', async () => {
      const { house, said, take, turn, names } = open(40);
      const heard = async (share: number, from: number) => {
        await turn('canary', share);
        const before = said.length;
        for (let n = 0; n < names.length; n += 1) await take(from + n);
        await house.settleDown();
        return new Set(said.slice(before).map(({ recipient }) => recipient.id));
      };
      const few = await heard(0.25, 0);
      const many = await heard(0.75, 100);
      expect(few.size).toBeGreaterThan(2);
      expect(many.size).toBeGreaterThan(few.size);
      expect(many.size).toBeLessThan(names.length);
      for (const id of few) expect(many.has(id)).toBe(true);
      expect(await heard(0.25, 200)).toEqual(few);
      // Those outside who were told while it was wide are reminded all the same.
      const before = said.length;
      house.clock.pass(3 * day);
      await house.settleDown();
      const reminded = new Set(said.slice(before).map(({ recipient }) => recipient.id));
      expect(reminded).toEqual(many);
    });

    test('random switches and events tell nobody twice, and history never shouts', async () => {
      const action = fc.oneof(
        { weight: 3, arbitrary: fc.constant({ kind: 'event' as const }) },
        { weight: 1, arbitrary: fc.constant({ kind: 'again' as const }) },
        { weight: 1, arbitrary: fc.constant({ kind: 'history' as const }) },
        { weight: 2, arbitrary: fc.constant({ kind: 'plan' as const }) },
        {
          weight: 3,
          arbitrary: fc.record({
            kind: fc.constant('pass' as const),
            hours: fc.integer({ min: 1, max: 60 }),
          }),
        },
        {
          weight: 1,
          arbitrary: fc.record({ kind: fc.constant('back' as const), hours: fc.integer({ min: 1, max: 5 }) }),
        },
        { weight: 1, arbitrary: fc.constant({ kind: 'reply' as const }) },
        {
          weight: 3,
          arbitrary: fc.record({
            kind: fc.constant('turn' as const),
            stage: fc.constantFrom(
              'shadow' as const,
              'canary' as const,
              'live' as const,
              'settings' as const,
            ),
            share: fc.constantFrom(0, 0.3, 0.6, 1),
          }),
        },
      );
      await fc.assert(
        fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 18 }), async (actions) => {
          const { house, said, take, turn, names } = open(4);
          const loops = new Set<string>();
          const shown = new Set<string>();
          let n = 0;
          let isShadow = true;
          for (const step of actions) {
            const before = said.length;
            if (step.kind === 'event') {
              n += 1;
              loops.add(await take(n));
            } else if (step.kind === 'again' && n > 0) await take(n);
            else if (step.kind === 'history') {
              n += 1;
              const loop = await take(n, house.clock.now() - 30 * day);
              loops.add(loop);
              shown.add(loop);
            } else if (step.kind === 'plan') {
              await plan(house.parts);
              continue;
            } else if (step.kind === 'pass') house.clock.pass(step.hours * hour);
            else if (step.kind === 'back') house.clock.pass(-step.hours * hour);
            else if (step.kind === 'turn') {
              await turn(step.stage, step.stage === 'canary' ? step.share : undefined);
              isShadow = step.stage === 'shadow' || step.stage === 'settings';
            } else if (step.kind === 'reply') {
              const last = said.at(-1);
              if (last !== undefined) {
                const { tokenHash } = house.parts.replyLink(last.messageId, last.recipient.id);
                await replyByLink(house.parts, tokenHash, { answer: 'done' });
              }
            }
            await house.settleDown();
            if (isShadow) expect(said.length).toBe(before);
            for (const loop of loops) {
              const { messages } = (await storyOf(loop)).loop.facts;
              if (messages.length > 0 && messages.every((message) => message.isShadow === true))
                shown.add(loop);
            }
          }
          for (const loop of loops) {
            const told = await toldOf(loop);
            expect(new Set(told).size).toBe(told.length);
            // Nothing was released here: what was shown first, or came as history, was never said.
            if (shown.has(loop)) expect(told).toEqual([]);
          }
          const ids = said.map(({ messageId }) => messageId);
          expect(new Set(ids).size).toBe(ids.length);
          expect(names.length).toBe(4);
        }),
        { numRuns: 12, seed: 42 },
      );
    }, 120_000);
  });
}
