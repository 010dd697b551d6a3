import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ingest } from '../../src/loop/ingest.ts';
import { replyByLink } from '../../src/loop/listen.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { plan } from '../../src/loop/plan.ts';
import type { Channel, Delivery, SendResult } from '../../src/ports/channel.ts';
import type { Store } from '../../src/ports/store.ts';
import { day, fakeSecret, hour, leak, monday } from '../support/house.ts';
import { testStores } from '../support/stores.ts';
import { type Doors, openDoors } from './doors.ts';

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(`operators over the ${kind.name} store`, () => {
    let store: Store;
    let doors: Doors;
    let answer: SendResult = { kind: 'accepted' };
    let serial = 40;
    const said: Delivery[] = [];
    const tokens = { all: '', blue: '', red: '', messages: '' };
    const chat: Channel = {
      id: 'chat',
      title: 'Chat',
      leavesMachine: true,
      reconcile: 'none',
      address: ({ id }) => id,
      send: async (delivery) => {
        said.push(delivery);
        return answer;
      },
      checkSetup: async () => [],
    };
    beforeAll(async () => {
      store = await kind.open();
      doors = openDoors({ store, channels: [chat], delivery: { channel: 'chat', perPersonPerDayMax: 50 } });
      const operator = [
        'loops:read',
        'messages:read',
        'messages:write',
        'owners:write',
        'delivery:write',
      ] as const;
      tokens.all = await doors.token(operator);
      tokens.blue = await doors.token(operator, { teams: ['blue'] });
      tokens.red = await doors.token(operator, { teams: ['red'] });
      tokens.messages = await doors.token(['messages:read', 'messages:write']);
    });
    afterAll(() => store?.close());

    /** A case of ana's in team blue; its message waits, or was answered like this. */
    async function tell(result?: SendResult) {
      serial += 1;
      const at = doors.house.clock.now();
      const taken = await ingest(doors.house.parts, {
        source: 'scanner',
        receivedAt: at,
        mode: 'live',
        events: [
          leak({
            at: at - hour,
            receivedAt: at,
            secret: fakeSecret(serial),
            author: 'ana',
            file: `${serial}.py`,
          }),
        ],
      });
      const loop = taken.loops[0] ?? '';
      if (result === undefined) await plan(doors.house.parts);
      else {
        answer = result;
        await doors.house.settleDown();
        answer = { kind: 'accepted' };
      }
      const story = await storyOf(loop);
      return { loop, id: story.messages.at(-1)?.id ?? '' };
    }
    async function storyOf(loop: string) {
      const story = await store.read.loop(loopPrincipal, loop);
      if (story === undefined) throw new Error('no such loop');
      return story;
    }
    const act = (id: string, what: string, json: unknown, token = tokens.all) => {
      doors.house.clock.pass(1000);
      return doors.ask(`/v1/messages/${id}/${what}`, { token, json });
    };
    const heardOf = async (loop: string) =>
      (await storyOf(loop)).messages.map(({ to, moment, state }) => [to.id, moment, state]);
    const ledgerOf = async (loop: string) =>
      JSON.stringify((await store.read.ledger(loopPrincipal, loop))?.entries.map(({ body }) => body));

    test('a message that waits is withdrawn, its recipient hears nothing, and the next in line is asked', async () => {
      const { loop, id } = await tell();
      const count = said.length;
      const withdrawn = await act(id, 'withdraw', { reason: 'not meant for her' });
      expect(withdrawn.json).toMatchObject({ id, state: 'withdrawn' });
      await doors.house.settleDown();
      expect(said.slice(count).map(({ recipient }) => recipient.id)).toEqual(['blue']);
      expect(await heardOf(loop)).toEqual([
        ['ana', 'told', 'withdrawn'],
        ['blue', 'asked', 'accepted'],
      ]);
      expect(await ledgerOf(loop)).toContain('withdrawn');
      expect((await act(id, 'withdraw', { reason: 'once again' })).status).toBe(409);
    });

    test('what a channel accepted cannot be withdrawn, and is told so', async () => {
      const { id } = await tell({ kind: 'accepted' });
      const refused = await act(id, 'withdraw', { reason: 'too late' });
      expect(refused.status).toBe(409);
      expect(refused.json).toMatchObject({ detail: expect.stringContaining('cannot be unsent') });
    });

    test('the last in line cannot be silenced', async () => {
      const { loop, id } = await tell();
      await act(id, 'redirect', { to: { kind: 'duty' }, reason: 'nobody knows' });
      await plan(doors.house.parts);
      const queued = (await storyOf(loop)).messages.find(({ state }) => state === 'queued');
      expect(queued?.to.kind).toBe('duty');
      expect((await act(queued?.id ?? '', 'withdraw', { reason: 'quiet please' })).status).toBe(409);
      await doors.house.settleDown();
      expect((await storyOf(loop)).loop.state).toBe('told');
    });

    test('whoever lost a message gets the same words again with a link of its own, and not without end', async () => {
      const { loop, id } = await tell({ kind: 'accepted' });
      const first = said.at(-1);
      for (let n = 0; n < 3; n += 1) {
        const resent = await act(id, 'resend', { reason: 'she deleted it' });
        expect(resent.status).toBe(200);
        expect((await act(id, 'resend', {})).status).toBe(409);
        await doors.house.settleDown();
        const again = said.at(-1);
        expect(again?.messageId).toBe(resent.json['id']);
        expect(again?.message.subject).toBe(first?.message.subject);
        expect(again?.message.replyUrl).not.toBe(first?.message.replyUrl);
      }
      expect((await act(id, 'resend', {})).json).toMatchObject({
        detail: expect.stringContaining('3 times'),
      });
      expect((await storyOf(loop)).loop.state).toBe('told');
      expect(await ledgerOf(loop)).toContain('resent');
    });

    test('a message that was said is redirected: the other is asked, silence counts from there, the story tells why', async () => {
      const { loop, id } = await tell({ kind: 'accepted' });
      const reason = 'Ana is on the way to the airport';
      expect((await act(id, 'redirect', { to: { kind: 'person', id: 'mia' }, reason })).status).toBe(200);
      await doors.house.settleDown();
      doors.house.clock.pass(3 * day);
      await doors.house.settleDown();
      doors.house.clock.set(monday);
      expect((await heardOf(loop)).slice(0, 3)).toEqual([
        ['ana', 'told', 'accepted'],
        ['mia', 'handed-over', 'accepted'],
        ['mia', 'reminder', 'accepted'],
      ]);
      expect(await ledgerOf(loop)).toContain('redirected');
    });

    test('a message that waits is redirected before anybody heard of it', async () => {
      const { loop, id } = await tell();
      const count = said.length;
      expect(
        (await act(id, 'redirect', { to: { kind: 'person', id: 'bob' }, reason: 'his' })).json,
      ).toMatchObject({
        state: 'withdrawn',
      });
      await doors.house.settleDown();
      expect(said.slice(count).map(({ recipient }) => recipient.id)).toEqual(['bob']);
      expect((await storyOf(loop)).loop.state).toBe('told');
    });

    test('a digest that is redirected becomes one digest again', async () => {
      doors.house.clock.set(monday - 4 * hour);
      await tell();
      const parts = doors.house.parts;
      const at = parts.clock.now();
      for (let n = 0; n < 3; n += 1) {
        serial += 1;
        const secret = fakeSecret(serial);
        const event = leak({ at: at - hour, receivedAt: at, secret, author: 'bob', file: `${serial}.py` });
        await ingest(parts, { source: 'scanner', receivedAt: at, mode: 'live', events: [event] });
      }
      doors.house.clock.set(monday);
      await doors.house.settleDown();
      const digest = said.findLast(({ message }) => message.moment === 'digest');
      expect(digest?.recipient.id).toBe('bob');
      const count = said.length;
      await act(digest?.messageId ?? '', 'redirect', { to: { kind: 'person', id: 'mia' }, reason: 'hers' });
      await doors.house.settleDown();
      expect(said.slice(count).map(({ recipient, message }) => [recipient.id, message.moment])).toEqual([
        ['mia', 'digest'],
      ]);
    });

    test('nothing is redirected to an outside address, a leaver, or by a token of messages alone', async () => {
      const { id } = await tell({ kind: 'accepted' });
      const reason = 'to be read elsewhere';
      for (const who of ['email:eve@evil.example', 'eve@evil.example', 'leo', 'nobody', '__proto__'])
        expect((await act(id, 'redirect', { to: { kind: 'person', id: who }, reason })).status, who).toBe(
          409,
        );
      expect((await act(id, 'redirect', { to: { kind: 'team', id: 'green' }, reason })).status).toBe(409);
      const mia = { to: { kind: 'person', id: 'mia' }, reason };
      expect((await act(id, 'redirect', mia, tokens.messages)).status).toBe(403);
      expect((await act(id, 'redirect', { to: { kind: 'person', id: 'mia' } })).status).toBe(400);
    });

    test('a token of one team does nothing to messages of another, and shows its own to nobody else', async () => {
      const { id, loop } = await tell({ kind: 'uncertain', reason: 'silence' });
      const before = await storyOf(loop);
      const reason = 'mine now';
      for (const [what, json] of [
        ['redirect', { to: { kind: 'duty' }, reason }],
        ['withdraw', { reason }],
        ['resend', {}],
        ['settle', { as: 'arrived' }],
        ['settle', { as: 'send-again' }],
      ] as const)
        expect((await act(id, what, json, tokens.red)).status, what).toBe(404);
      expect((await act('replay', '', {}, tokens.red)).status).toBe(404);
      expect(await storyOf(loop)).toEqual(before);
      const outward = { to: { kind: 'person', id: 'dora' }, reason };
      expect((await act(id, 'redirect', outward, tokens.blue)).status).toBe(409);
      expect(
        (await act(id, 'redirect', { to: { kind: 'person', id: 'mia' }, reason }, tokens.blue)).status,
      ).toBe(200);
    });

    test('an uncertain message is settled: it arrived, or it goes again', async () => {
      const at = doors.house.clock.now();
      const { loop, id } = await tell({ kind: 'uncertain', reason: 'silence' });
      expect((await act(id, 'settle', { as: 'arrived', reason: 'she showed it to me' })).json).toMatchObject({
        state: 'accepted',
      });
      const [fact] = (await storyOf(loop)).loop.facts.messages;
      expect(fact).toMatchObject({ outcome: 'accepted', at });
      expect((await act(id, 'settle', { as: 'arrived' })).status).toBe(409);
      const other = await tell({ kind: 'uncertain', reason: 'silence' });
      const count = said.length;
      await act(other.id, 'settle', { as: 'send-again' });
      await doors.house.settleDown();
      expect(said.slice(count).map(({ messageId }) => messageId)).toEqual([other.id]);
    });

    test('dead letters go again together: those the operator sees, and that are still needed', async () => {
      const fail: SendResult = { kind: 'refused', reason: 'no such mailbox' };
      const [one, other] = [await tell(), await tell()];
      answer = fail;
      await doors.house.settleDown();
      await store.transaction((tx) =>
        tx.recordMessages([one, other].map(({ id }) => ({ id, state: 'dead' as const }))),
      );
      answer = { kind: 'accepted' };
      const replayAs = (token: string) => doors.ask('/v1/messages/replay', { token, json: {} });
      expect((await replayAs(tokens.red)).json).toEqual({ queued: 0, left: 0 });
      const count = said.length;
      const done = await replayAs(tokens.blue);
      expect(done.json['queued']).toBe(new Set([one.id, other.id]).size);
      await doors.house.settleDown();
      expect(new Set(said.slice(count).map(({ messageId }) => messageId))).toEqual(
        new Set([one.id, other.id]),
      );
      expect((await replayAs(tokens.blue)).json).toEqual({ queued: 0, left: 0 });
      expect(await ledgerOf(one.loop)).toContain('replayed');
    });

    test('an answer ends the asking: nothing is redirected any more, and what is over is not resent', async () => {
      const { loop, id } = await tell({ kind: 'accepted' });
      const { tokenHash } = doors.house.parts.replyLink(id, 'ana');
      await replyByLink(doors.house.parts, tokenHash, { answer: 'not-me' });
      expect((await storyOf(loop)).loop.state).toBe('incident');
      expect((await act(id, 'redirect', { to: { kind: 'duty' }, reason: 'hide it' })).status).toBe(409);
    });

    test('counts of channels are those of a time', async () => {
      const at = new Date(monday + day).toISOString();
      const all = await doors.ask('/v1/channels', { token: tokens.all });
      const late = await doors.ask(`/v1/channels?since=${at}`, { token: tokens.all });
      const early = await doors.ask(`/v1/channels?until=${at}`, { token: tokens.all });
      const accepted = ({ json }: typeof all) => [json['items']].flat().map((item) => Object(item).accepted);
      expect(accepted(early).length).toBeGreaterThan(0);
      expect(Number(accepted(early)[0]) + Number(accepted(late)[0] ?? 0)).toBe(Number(accepted(all)[0]));
      expect((await doors.ask('/v1/channels?since=soon', { token: tokens.all })).status).toBe(400);
      const metrics = await doors.ask('/metrics', { token: await doors.token(['system:read']) });
      expect(metrics.text).toContain('foldback_channel_messages{channel="chat",outcome="accepted"}');
    });
  });
}
