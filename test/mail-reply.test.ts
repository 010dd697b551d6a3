import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEmail } from '../src/adapters/channels/email/index.ts';
import { decide } from '../src/loop/decide.ts';
import { ingest } from '../src/loop/ingest.ts';
import { replyByLink } from '../src/loop/listen.ts';
import { loopPrincipal } from '../src/loop/parts.ts';
import type { Store } from '../src/ports/store.ts';
import { openDoors } from './http/doors.ts';
import { day, fakeSecret, hour, leak, personOf, testPeople } from './support/house.ts';
import { closeAfterTest } from './support/http-servers.ts';
import { mailSettings } from './support/mail-settings.ts';
import { openSmtpSink, type SunkMail } from './support/smtp-sink.ts';
import { testStores } from './support/stores.ts';

const us = 'foldback@corp.example';

type Written = {
  readonly from: string;
  readonly answers?: SunkMail | undefined;
  readonly headers?: readonly string[];
  readonly text?: string;
};

/** A mail as a person's program writes it. */
function written({ from, answers, headers = [], text = 'Done!' }: Written): string {
  const id = answers?.header('message-id') ?? '';
  return [
    `From: Somebody <${from}>`,
    `To: <${us}>`,
    `Subject: Re: ${answers?.mail.subject ?? 'hello'}`,
    'Message-ID: <some.id@mail.example>',
    ...(answers === undefined
      ? []
      : [`In-Reply-To: ${id}`, `References: ${answers.header('references') ?? ''} ${id}`]),
    ...headers,
    '',
    text,
  ].join('\r\n');
}

/** The report of a mail server that a mail did not arrive (RFC 3464). */
function bounceOf(mail: SunkMail, address: string, status: string, action = 'failed'): string {
  return [
    'From: Mail Delivery Subsystem <mailer-daemon@mx.example>',
    `To: <${us}>`,
    'Subject: Undelivered Mail Returned to Sender',
    'Auto-Submitted: auto-replied',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'I am sorry.',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example',
    '',
    `Final-Recipient: rfc822; ${address}`,
    `Action: ${action}`,
    `Status: ${status}`,
    '',
    '--b',
    'Content-Type: text/rfc822-headers',
    '',
    `Message-ID: ${mail.header('message-id')}`,
    `References: ${mail.header('references')}`,
    `X-Foldback-Return: ${mail.header('x-foldback-return')}`,
    '',
    '--b--',
  ].join('\r\n');
}

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(`mail that comes back, over the ${kind.name} store`, () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open();
    });
    afterAll(() => store?.close());

    let count = 0;
    /** A case of its own person, told by mail through a real server. */
    const told = async (over: { leaks?: number; isShadow?: boolean; bounceTo?: string } = {}) => {
      count += 1;
      const id = `kim${count}`;
      const email = `${id}@example.com`;
      const sink = await openSmtpSink({
        allowInsecureAuth: true,
        onAuth: (_auth, _session, done) => done(null, { user: 'u' }),
      });
      const channel = createEmail({
        ...mailSettings(sink.port),
        ...(over.bounceTo === undefined ? {} : { bounceTo: over.bounceTo }),
      });
      closeAfterTest({ close: () => channel.close?.() });
      closeAfterTest(sink);
      const people = [...testPeople, personOf(id, { emails: [email, `${id}.private@example.net`] })];
      const doors = openDoors({
        store,
        people,
        channels: [channel],
        delivery: {
          channel: 'email',
          mode: over.isShadow === true ? 'shadow' : 'live',
          perPersonPerDayMax: 50,
        },
      });
      const { house } = doors;
      const events = Array.from({ length: over.leaks ?? 1 }, (_, n) =>
        leak({
          at: house.clock.now(),
          secret: fakeSecret(20_000 + count * 10 + n),
          author: id,
          file: `${id}/${n}.env`,
        }),
      );
      const batch = { source: 'scanner', receivedAt: house.clock.now(), mode: 'live', events } as const;
      const { loops } = await ingest(house.parts, batch);
      await house.settleDown();
      const token = await doors.token(['events:write']);
      const post = async (body: string) => {
        house.clock.pass(1000);
        const answer = await doors.ask('/v1/mail', { method: 'POST', token, type: 'message/rfc822', body });
        await house.settleDown();
        return answer;
      };
      const loop = loops[0] ?? '';
      const about = sink.mails.find(({ to }) => to.includes(email))?.header('x-foldback-case');
      // One store serves all tests: what falls due for their cases meanwhile comes here as well.
      const mails = () => sink.mails.filter((mail) => mail.header('x-foldback-case') === about);
      const story = async () => store.read.loop(loopPrincipal, loop);
      const said = async () =>
        ((await story())?.messages ?? []).map(({ moment, to, state }) => [moment, to.id, state]);
      return { ...house, doors, mails, id, email, loop, loops, post, story, said };
    };

    test('an answer by mail gets the link and changes nothing; its words are kept nowhere', async () => {
      const { mails, post, email, story, said, id, loop, parts } = await told();
      const [first] = mails();
      expect(first?.to).toEqual([email]);
      const words = 'I rotated it, please close the case: this-very-sentence';
      const answer = await post(written({ from: email, answers: first, text: words }));
      expect([answer.status, answer.json]).toEqual([202, { outcome: 'answered' }]);
      expect((await story())?.loop).toMatchObject({ state: 'told', rung: 'none', facts: { replies: [] } });

      const [, second] = mails();
      expect(second?.to).toEqual([email]);
      expect(second?.mail.subject).toMatch(/answer on the page/iu);
      expect(second?.header('references')).toBe(first?.header('references'));
      const link = /http:\/\/127\.0\.0\.1:4400\/r\/[\w-]+/u;
      expect(second?.mail.text).toMatch(link);
      expect(await said()).toEqual([
        ['told', id, 'accepted'],
        ['reminder', id, 'accepted'],
      ]);

      const ledger = await store.read.ledger(loopPrincipal, loop);
      expect(JSON.stringify([await story(), ledger])).not.toContain('this-very-sentence');
      const last = (await story())?.messages.at(-1);
      const hash = parts.replyLink(last?.id ?? '', id).tokenHash;
      expect(await replyByLink(parts, hash, { answer: 'done' })).toMatchObject({ kind: 'recorded' });
    });

    test('one answer an exchange and day: two machines cannot write to each other for ever', async () => {
      const { mails, post, email, clock } = await told();
      await post(written({ from: email, answers: mails()[0] }));
      expect(mails()).toHaveLength(2);
      for (const mail of [mails()[0], mails()[1]])
        expect((await post(written({ from: email, answers: mail }))).json).toEqual({
          outcome: 'answered-before',
        });
      expect(mails()).toHaveLength(2);
      clock.pass(day);
      expect((await post(written({ from: email, answers: mails()[1] }))).json).toEqual({
        outcome: 'answered',
      });
      expect(mails()).toHaveLength(3);
    });

    test('a mail about several cases is answered once, with a link to all of them', async () => {
      const { mails, post, email, loops, parts, id, story } = await told({ leaks: 3 });
      expect(new Set(loops).size).toBe(3);
      expect(mails()).toHaveLength(1);
      await post(written({ from: email, answers: mails()[0] }));
      expect(mails()).toHaveLength(2);
      const last = (await story())?.messages.at(-1);
      const answered = await replyByLink(parts, parts.replyLink(last?.id ?? '', id).tokenHash, {
        answer: 'need-help',
      });
      expect(answered.kind === 'recorded' ? answered.loops.length : 0).toBe(3);
    });

    test('the person’s other addresses and a mail that names only the case are known; strangers are recorded and get nothing', async () => {
      const { mails, post, id, email, said, story } = await told();
      const [first] = mails();
      const message = (await story())?.messages[0]?.id ?? '';
      const stranger = await post(written({ from: 'eve@example.net', answers: first }));
      expect(stranger.json).toEqual({ outcome: 'stranger' });
      expect((await post(written({ from: 'eve@example.net', answers: first }))).json).toEqual(stranger.json);
      expect((await post(written({ from: 'leo@example.com', answers: first }))).json).toEqual(stranger.json);
      const refused = await store.read.refusedReplies(loopPrincipal, 100);
      expect(refused.filter(({ body }) => JSON.stringify(body).includes(message))).toHaveLength(2);
      expect(JSON.stringify(refused)).not.toMatch(/eve|leo|example/u);
      expect(mails()).toHaveLength(1);

      const headers = [`References: ${first?.header('references')}`];
      const byCase = await post(written({ from: `${id}.private@example.net`, headers }));
      expect(byCase.json).toEqual({ outcome: 'answered' });
      expect(mails()[1]?.to).toEqual([email]);
      expect(await said()).toHaveLength(2);
    });

    test('machines and mails about nothing get no answer', async () => {
      const { mails, post, email } = await told();
      const [first] = mails();
      const automatic = { outcome: 'ignored', reason: 'automatic' };
      for (const header of [
        'Auto-Submitted: auto-replied',
        'Precedence: bulk',
        'List-Id: <all.example.com>',
        'X-Autoreply: yes',
      ]) {
        const answer = await post(written({ from: email, answers: first, headers: [header] }));
        expect([header, answer.json]).toEqual([header, automatic]);
      }
      const nothing = { outcome: 'ignored', reason: 'no-case' };
      expect((await post(written({ from: email }))).json).toEqual(nothing);
      const unknown = [`In-Reply-To: <${'0'.repeat(32)}@corp.example>`];
      expect((await post(written({ from: email, headers: unknown }))).json).toEqual(nothing);
      const elsewhere = [`References: ${first?.header('references')?.replace('corp', 'other')}`];
      expect((await post(written({ from: email, headers: elsewhere }))).json).toEqual(nothing);
      expect(mails()).toHaveLength(1);
    });

    test('a mail that came back reached nobody: the team hears of it instead, and it is told once', async () => {
      const { mails, post, email, story, said, id } = await told();
      const [first] = mails();
      if (first === undefined) throw new Error('no mail');
      expect((await post(bounceOf(first, email, '4.4.1', 'delayed'))).json).toMatchObject({
        outcome: 'ignored',
      });
      expect((await post(bounceOf(first, 'someone@list.example', '5.1.1'))).json).toEqual({
        outcome: 'ignored',
        reason: 'other-address',
      });
      expect((await story())?.loop.state).toBe('told');

      expect((await post(bounceOf(first, email, '5.1.1'))).json).toEqual({ outcome: 'bounced' });
      expect(await said()).toEqual([
        ['told', id, 'bounced'],
        ['asked', 'blue', 'accepted'],
      ]);
      expect((await story())?.messages[0]?.lastError).toBe('the message came back (5.1.1)');
      expect((await story())?.loop.state).toBe('told');
      expect(mails().at(-1)?.to).toEqual(['blue@example.com']);

      expect((await post(bounceOf(first, email, '5.1.1'))).json).toMatchObject({ outcome: 'ignored' });
      expect(mails()).toHaveLength(2);

      const member = await post(written({ from: 'bob@example.com', answers: mails()[1] }));
      expect(member.json).toEqual({ outcome: 'answered' });
      expect(mails().at(-1)?.to).toEqual(['blue@example.com']);
    });

    test('what came back for now waits and goes there again, twice; the third time the next in line hears of it', async () => {
      const { mails, post, email, story, said, id, clock, settleDown } = await told();
      const [first] = mails();
      if (first === undefined) throw new Error('no mail');
      for (const [n, wait] of [4, 12].entries()) {
        expect((await post(bounceOf(first, email, '4.2.2'))).json).toEqual({ outcome: 'bounced-for-now' });
        expect(await said()).toEqual([['told', id, 'queued']]);
        expect((await story())?.messages[0]?.lastError).toBe(
          `the message came back for now (4.2.2), after attempt ${n + 1}`,
        );
        // The same report once more is about what waits already.
        expect((await post(bounceOf(first, email, '4.2.2'))).json).toMatchObject({ outcome: 'ignored' });
        clock.pass((wait - 1) * hour);
        await settleDown();
        expect(mails()).toHaveLength(n + 1);
        clock.pass(hour);
        await settleDown();
        expect(mails()).toHaveLength(n + 2);
        expect(mails().at(-1)?.header('message-id')).toBe(first.header('message-id'));
        expect((await said())[0]).toEqual(['told', id, 'accepted']);
      }
      expect((await post(bounceOf(first, email, '4.2.2'))).json).toEqual({ outcome: 'bounced' });
      expect((await said())[0]).toEqual(['told', id, 'bounced']);
      clock.pass(10 * hour);
      await settleDown();
      expect((await said()).slice(1).map(([, to]) => to)).toContain('blue');
    });

    test('what waits after it came back is not said any more once the case is closed', async () => {
      const { mails, post, email, clock, settleDown, parts, loop, said } = await told();
      const [first] = mails();
      if (first === undefined) throw new Error('no mail');
      await post(bounceOf(first, email, '4.2.2'));
      const closed = await decide(parts, loopPrincipal, loop, { kind: 'dismiss', reason: 'a test key' });
      expect(closed.kind).toBe('decided');
      clock.pass(5 * hour);
      await settleDown();
      const ids = mails().map((mail) => mail.header('message-id'));
      expect(ids.filter((one) => one === first.header('message-id'))).toHaveLength(1);
      expect((await said()).filter(([moment]) => moment === 'told')).toEqual([]);
    });

    test('a report that anybody could write silences nobody: without the key that went with the mail nothing happens', async () => {
      const { mails, post, email, story, said, id } = await told();
      const [first] = mails();
      if (first === undefined) throw new Error('no mail');
      const key = first.header('x-foldback-return') ?? '';
      expect(key).toMatch(/^[0-9a-f]{16}$/u);
      const real = bounceOf(first, email, '5.1.1');
      const without = real.replace(/X-Foldback-Return: .*\r\n/u, '');
      const forged = [
        without,
        real.replace(key, '0'.repeat(16)),
        real.replace(key, (await story())?.messages[0]?.id.slice(0, 16) ?? ''),
        // Beside the returned mail it proves nothing.
        without.replace('From: Mail', `X-Foldback-Return: ${key}\r\nFrom: Mail`),
      ];
      for (const mail of forged) expect((await post(mail)).json).toEqual({ outcome: 'unproven' });
      expect(await said()).toEqual([['told', id, 'accepted']]);
      expect((await story())?.messages[0]?.lastError).toMatch(/without proof.*nothing was done/u);
      expect((await story())?.loop.state).toBe('told');
      expect(mails()).toHaveLength(1);
    });

    test('where the return address carries the key, a report must come to that address, and no header proves anything', async () => {
      const { mails, post, email, said, id } = await told({ bounceTo: 'bounces+*@corp.example' });
      const [first] = mails();
      if (first === undefined) throw new Error('no mail');
      expect(first.header('x-foldback-return')).toBeUndefined();
      const returnPath = first.from;
      expect(returnPath).toMatch(/^bounces\+[0-9a-f]{32}\.[0-9a-f]{16}@corp\.example$/u);
      const key = returnPath.slice(41, 57);
      const real = bounceOf(first, email, '5.1.1');
      for (const mail of [
        real,
        real.replace('X-Foldback-Return: undefined', `X-Foldback-Return: ${key}`),
        real.replace(`To: <${us}>`, `To: <${returnPath.replace(key, '0'.repeat(16))}>`),
        real.replace(`To: <${us}>`, `To: <x${returnPath}>`),
      ])
        expect((await post(mail)).json).toEqual({ outcome: 'unproven' });
      expect(await said()).toEqual([['told', id, 'accepted']]);
      // Servers that return no headers of ours are understood too.
      const bare = real
        .replace(/Message-ID: .*\r\nReferences: .*\r\n/u, '')
        .replace(`To: <${us}>`, `Delivered-To: ${returnPath}`);
      expect((await post(bare)).json).toEqual({ outcome: 'bounced' });
      expect((await said())[0]).toEqual(['told', id, 'bounced']);
    });

    test('whom a case was handed over to may be out of reach as well: then their team hears of it', async () => {
      const { mails, post, said, story, parts, id, settleDown, clock } = await told();
      const first = (await story())?.messages[0];
      clock.pass(1000);
      const hash = parts.replyLink(first?.id ?? '', id).tokenHash;
      await replyByLink(parts, hash, { answer: 'not-mine', owner: 'bob@example.com' });
      await settleDown();
      const over = mails().at(-1);
      if (over === undefined) throw new Error('no mail');
      expect(over.to).toEqual(['bob@example.com']);
      expect((await post(bounceOf(over, 'bob@example.com', '5.1.1'))).json).toEqual({ outcome: 'bounced' });
      expect((await said()).slice(1)).toEqual([
        ['handed-over', 'bob', 'bounced'],
        ['handed-over', 'blue', 'accepted'],
      ]);
      expect((await story())?.loop.state).toBe('told');
    });

    test('an answer at night is answered at night, and the ladder of silence goes on as it was', async () => {
      const { mails, post, email, clock, settleDown, said, id } = await told();
      clock.pass(13 * hour);
      await post(written({ from: email, answers: mails()[0] }));
      expect(mails()).toHaveLength(2);
      clock.pass(9 * hour);
      for (let n = 0; n < 3; n += 1) {
        clock.pass(day);
        await settleDown();
      }
      expect((await said()).map(([moment, to]) => [moment, to])).toEqual([
        ['told', id],
        ['reminder', id],
        ['reminder', id],
      ]);
    });

    test('only mail is taken, with a token, up to a size, and where a channel takes it', async () => {
      const { doors, email, mails } = await told();
      const mail = written({ from: email, answers: mails()[0] });
      const ask = async (options: Parameters<typeof doors.ask>[1]) =>
        (await doors.ask('/v1/mail', { method: 'POST', type: 'message/rfc822', body: mail, ...options }))
          .status;
      const token = await doors.token(['events:write']);
      expect(await ask({})).toBe(401);
      expect(await ask({ token: await doors.token(['loops:read']) })).toBe(403);
      expect(await ask({ token, type: 'text/plain' })).toBe(415);
      expect(await ask({ token, body: mail + 'x'.repeat(1_048_576) })).toBe(413);
      const deep = Array.from(
        { length: 30 },
        (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}`,
      );
      expect(await ask({ token, body: deep.join('\r\n') })).toBe(422);
      const none = openDoors({ store });
      const answer = await none.ask('/v1/mail', {
        method: 'POST',
        token: await none.token(['events:write']),
        type: 'message/rfc822',
        body: mail,
      });
      expect(answer.status).toBe(404);
      expect(mails()).toHaveLength(1);
    });
  });
}
