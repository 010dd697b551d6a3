import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decide } from '../src/loop/decide.ts';
import { deliver } from '../src/loop/deliver.ts';
import { ingest } from '../src/loop/ingest.ts';
import { receiveMail } from '../src/loop/mail-reply.ts';
import { loopPrincipal } from '../src/loop/parts.ts';
import { plan } from '../src/loop/plan.ts';
import { returnKeyOf } from '../src/loop/return-key.ts';
import type { Channel, Delivery, Inbound, SendResult } from '../src/ports/channel.ts';
import type { Store } from '../src/ports/store.ts';
import { openDoors } from './http/doors.ts';
import { day, fakeSecret, hour, leak, personOf } from './support/house.ts';
import { testStores } from './support/stores.ts';

let salt = 7_000;
type Script = (delivery: Delivery) => SendResult;
type Rungs = {
  readonly after?: readonly string[];
  readonly teams?: Readonly<Record<string, readonly string[]>>;
  readonly people?: Readonly<Record<string, readonly string[]>>;
};

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(`the ladder of channels, over the ${kind.name} store`, () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open();
    });
    afterAll(() => store?.close());

    /** A house whose channels `first`, `second` and `third` do what the test says; ana has no address in `third`. */
    const open = (scripts: Readonly<Record<string, Script>> = {}, rungs: Rungs = { after: ['second'] }) => {
      salt += 1;
      const said: (Delivery & { readonly via: string })[] = [];
      const [ana, mia] = [`ana${salt}`, `mia${salt}`];
      let inbound: Inbound = { kind: 'unreadable', reason: 'nothing' };
      const channel = (id: string): Channel => ({
        id,
        title: id,
        leavesMachine: false,
        reconcile: 'none',
        address: (recipient) => (id === 'third' && recipient.id === ana ? undefined : recipient.id),
        checkSetup: async () => [],
        send: async (delivery) => {
          said.push({ ...delivery, via: id });
          return scripts[id]?.(delivery) ?? { kind: 'accepted', reference: `${id}/${said.length}` };
        },
        receives: { mediaType: `test/${id}`, bytesMax: 10, read: async () => inbound },
      });
      const channels = ['first', 'second', 'third'].map(channel);
      const doors = openDoors({
        store,
        channels,
        people: [
          personOf(ana, { manager: mia, team: `blue${salt}` }),
          personOf(mia, { team: `blue${salt}` }),
          personOf('dora', { isDuty: true, team: 'red' }),
        ],
        delivery: {
          channel: 'first',
          perPersonPerDayMax: 50,
          ladder: {
            after: rungs.after ?? [],
            teams: rungs.teams ?? {},
            people: Object.fromEntries(
              Object.entries(rungs.people ?? {}).map(([id, list]) => [`${id}${salt}`, list]),
            ),
          },
        },
      });
      const { house } = doors;
      const take = async () => {
        const at = house.clock.now();
        const secret = fakeSecret(salt * 10);
        const events = [leak({ at, secret, author: ana, file: 'a.py' })];
        const taken = await ingest(house.parts, { source: 'scanner', receivedAt: at, mode: 'live', events });
        return taken.loops[0] ?? '';
      };
      const bounce = (message: string) => {
        inbound = {
          kind: 'mail',
          messageId: message,
          isAutomatic: true,
          isBounce: true,
          returnKey: returnKeyOf(house.parts, message),
          bounces: [{ address: ana, status: '5.1.1' }],
        };
        return receiveMail(house.parts, channels[0] ?? channel('first'), new Uint8Array());
      };
      return { doors, house, said, ana, mia, take, bounce };
    };
    const storyOf = async (loop: string) => {
      const story = await store.read.loop(loopPrincipal, loop);
      if (story === undefined) throw new Error('no such loop');
      return story;
    };
    const vias = (said: readonly { readonly via: string; readonly recipient: { readonly id: string } }[]) =>
      said.map(({ via, recipient }) => `${recipient.id} by ${via}`);

    test('what one channel refuses goes out by the next: the same message, words and link, and the next in line hears nothing', async () => {
      const { house, said, ana, take } = open({
        first: () => ({ kind: 'refused', reason: 'not found there' }),
      });
      const loop = await take();
      await house.settleDown();
      expect(vias(said)).toEqual([`${ana} by first`, `${ana} by second`]);
      expect(said[1]?.messageId).toBe(said[0]?.messageId);
      expect(said[1]?.message).toEqual(said[0]?.message);
      expect(said[1]?.attempt).toBe(1);
      const { messages, loop: row } = await storyOf(loop);
      expect(row.state).toBe('told');
      expect(messages).toMatchObject([{ channel: 'second', state: 'accepted', reference: 'second/2' }]);
      expect(JSON.stringify(await store.read.ledger(loopPrincipal, loop))).toContain('moved');
    });

    test('who has no address in a channel is written to in the first that has one', async () => {
      const { house, said, ana, take } = open({}, { people: { ana: ['third', 'second', 'first'] } });
      await take();
      await house.settleDown();
      expect(vias(said)).toEqual([`${ana} by second`]);
    });

    test('a person has their own ladder, a team one for its people, and everybody else the installation’s', async () => {
      const own = open({}, { after: ['second'], people: { ana: ['second'] } });
      await own.take();
      await own.house.settleDown();
      expect(vias(own.said)).toEqual([`${own.ana} by second`]);
      const next = salt + 1;
      const team = open({}, { teams: { [`blue${next}`]: ['second', 'first'] } });
      await team.take();
      await team.house.settleDown();
      expect(vias(team.said)).toEqual([`${team.ana} by second`]);
    });

    test('what the last channel refuses is refused, and the next in line is told', async () => {
      const refused: Script = ({ recipient }) =>
        recipient.id.startsWith('ana') ? { kind: 'refused', reason: 'gone' } : { kind: 'accepted' };
      const { house, said, ana, take } = open({ first: refused, second: refused });
      const loop = await take();
      await house.settleDown();
      expect(vias(said).slice(0, 2)).toEqual([`${ana} by first`, `${ana} by second`]);
      expect(said.length).toBeGreaterThan(2);
      expect(said[2]?.recipient.id).not.toBe(ana);
      const { messages } = await storyOf(loop);
      expect(messages.find(({ to }) => to.id === ana)).toMatchObject({ channel: 'second', state: 'refused' });
    });

    test('a message that comes back goes out by the next channel, once, however often it comes back', async () => {
      const { house, said, ana, take, bounce, doors } = open();
      const loop = await take();
      await house.settleDown();
      const id = said[0]?.messageId ?? '';
      expect(await bounce(id)).toEqual({ kind: 'bounced' });
      expect(await bounce(id)).toMatchObject({ kind: 'ignored' });
      await house.settleDown();
      expect(await bounce(id)).toMatchObject({ kind: 'ignored' });
      await house.settleDown();
      expect(vias(said)).toEqual([`${ana} by first`, `${ana} by second`]);
      expect((await storyOf(loop)).loop.state).toBe('told');
      const answer = await doors.ask('/v1/channels', { token: await doors.token(['messages:read']) });
      expect(answer.status).toBe(200);
      expect(answer.json).toMatchObject({ ladder: { channels: ['first', 'second'], teams: 0, people: 0 } });
      const first = z(answer.json['items']).find(({ id: channel }) => channel === 'first');
      expect(Number(first?.['bounced'])).toBeGreaterThanOrEqual(1);
    });

    test('what came back of a case that is closed by now is told to nobody', async () => {
      const { house, said, take, bounce } = open();
      const loop = await take();
      await house.settleDown();
      await decide(house.parts, loopPrincipal, loop, { kind: 'dismiss' });
      await house.settleDown();
      const before = said.length;
      await bounce(said[0]?.messageId ?? '');
      await house.settleDown();
      expect(said.slice(before).filter(({ via }) => via === 'second')).toEqual([]);
    });

    test('an uncertain message is never repeated in another channel; its reminder comes sooner, by the next one', async () => {
      const uncertain: Script = () => ({ kind: 'uncertain', reason: 'no answer' });
      const { house, said, ana, take } = open({ first: uncertain });
      const loop = await take();
      await house.settleDown();
      expect(vias(said)).toEqual([`${ana} by first`]);
      const [first] = (await storyOf(loop)).messages;
      expect(first).toMatchObject({ channel: 'first', state: 'uncertain' });
      for (let hours = 0; hours < 24 * 14 && said.length < 2; hours += 6) {
        house.clock.pass(6 * hour);
        await house.settleDown();
      }
      expect(said[1]).toMatchObject({ via: 'second', message: { moment: 'reminder' } });
      expect(said[1]?.messageId).not.toBe(said[0]?.messageId);
      expect(said.filter(({ messageId }) => messageId === said[0]?.messageId)).toHaveLength(1);
    });

    test('a channel in which a message was lost is passed over by the reminder', async () => {
      const { house, said, ana, take, bounce } = open();
      // Other cases of this store are reminded of on the same days.
      const reminder = () =>
        said.find(({ message, recipient }) => message.moment === 'reminder' && recipient.id === ana);
      await take();
      await house.settleDown();
      await bounce(said[0]?.messageId ?? '');
      await house.settleDown();
      for (let days = 0; days < 20 && reminder() === undefined; days += 1) {
        house.clock.pass(day);
        await house.settleDown();
      }
      expect(reminder()).toMatchObject({ via: 'second' });
    });

    test('two workers that record one refusal move the message once', async () => {
      const { house, said, take, ana } = open({ first: () => ({ kind: 'refused', reason: 'gone' }) });
      await take();
      await plan(house.parts);
      await Promise.all([deliver(house.parts), deliver(house.parts)]);
      await Promise.all([house.settleDown(), house.settleDown()]);
      expect(vias(said)).toEqual([`${ana} by first`, `${ana} by second`]);
    });
  });
}

const z = (items: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(items) ? items.map((item: unknown) => Object(item)) : [];
