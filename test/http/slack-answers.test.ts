import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSlack, slackSettings } from '../../src/adapters/channels/slack/index.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { answerLabels } from '../../src/pages/answer-labels.ts';
import type { Store } from '../../src/ports/store.ts';
import { testPageWords } from '../fixtures/page-words.ts';
import { day, fakeSecret, hour, leak, monday, personOf, testPeople } from '../support/house.ts';
import { closeAfterTest } from '../support/http-servers.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { openSlackServer, type SlackPosted, type SlackServer } from '../support/slack-server.ts';
import { until } from '../support/until.ts';
import { type Answer, type Doors, openDoors } from './doors.ts';

// Obvious fakes, put together at run time.
const token = ['xoxb', '0000', 'fake', 'of', 'a', 'test'].join('-');
const signing = ['fake0signing0secret', 'of0a0test000'].join('0');
const path = '/v1/channels/slack/interactions';

let store: Store;
let server: SlackServer;
let doors: Doors;
let serial = 900;
beforeAll(async () => {
  store = await lendEmbedded();
});
afterAll(() => store?.close());
beforeEach(async () => {
  server = await openSlackServer({
    token,
    channels: ['C0DUTY'],
    users: [
      { id: 'U0ANA', email: 'ana@example.com' },
      { id: 'U0BOB', email: 'bob@example.com' },
      { id: 'U0DORA', email: 'dora@example.com' },
      { id: 'U0EVA', email: 'somebody.else@example.com' },
      { id: 'U0GUEST', email: 'ana@example.com', over: { team_id: 'T0OTHER' } },
      { id: 'U0BOT', email: 'ana@example.com', over: { is_bot: true } },
      { id: 'U0LEFT', email: 'ana@example.com', over: { deleted: true } },
    ],
  });
  const channel = createSlack(
    slackSettings.parse({
      token,
      signingSecret: signing,
      apiUrl: server.url,
      allowPrivateNetwork: true,
      dutyChannel: 'C0DUTY',
      timeoutMs: 500,
    }),
  );
  closeAfterTest({ close: () => channel.close?.() });
  closeAfterTest(server);
  const open = (recipientsSignIn = false) =>
    openDoors({
      store,
      recipientsSignIn,
      channels: [channel],
      delivery: {
        channel: 'slack',
        perPersonPerDayMax: 500,
        snooze: { timesMax: 2, daysMax: 10, below: 'critical' },
      },
      answerLabels: () => answerLabels(testPageWords),
      snoozeLabel: () => testPageWords.press.snoozeLabel,
      people: [
        ...testPeople,
        personOf('eva', {
          emails: ['eva@example.com'],
          accounts: [{ system: 'slack', name: 'U0EVA' }],
        }),
      ],
    });
  doors = open();
  openWithLogin = () => open(true);
});

/** As where single sign-on knows the people who are written to. */
let openWithLogin: () => Doors;

type Told = { readonly loop: string; readonly message: string; readonly post: SlackPosted };

/** A leak that somebody was told of, and the message as Slack has it. */
async function told(author: string = 'ana'): Promise<Told> {
  serial += 1;
  const event = leak({
    at: monday - hour,
    receivedAt: monday,
    secret: fakeSecret(serial),
    file: `slack${serial}.py`,
    ...(author === '' ? {} : { author }),
  });
  const taken = await ingest(doors.house.parts, {
    source: 'scanner',
    receivedAt: monday,
    mode: 'live',
    events: [event],
  });
  await doors.house.settleDown();
  const loop = taken.loops[0] ?? '';
  const message = (await store.read.loop(loopPrincipal, loop))?.messages.at(-1)?.id ?? '';
  const post = server.posts.findLast(({ body }) => body.metadata.event_payload['id'] === message);
  if (post === undefined) throw new Error('nothing was posted');
  return { loop, message, post };
}

const storyOf = async (loop: string) => (await store.read.loop(loopPrincipal, loop))?.loop;

type Pressing = {
  readonly user: string;
  readonly answer?: string;
  readonly over?: Readonly<Record<string, unknown>>;
};

/** As Slack posts the press of a button of that message. */
function payloadOf({ post, message }: Told, { user, answer = 'done', over = {} }: Pressing): string {
  const payload = {
    type: 'block_actions',
    api_app_id: 'A0APP',
    team: { id: 'T0HOUSE' },
    user: { id: user, username: user.toLowerCase(), team_id: 'T0HOUSE' },
    channel: { id: post.channel },
    container: { type: 'message', channel_id: post.channel, message_ts: post.ts },
    message: { ts: post.ts, blocks: post.body.blocks },
    response_url: server.returnUrl,
    actions: [
      {
        type: 'button',
        block_id: 'foldback',
        action_id: `answer:${answer}`,
        value: message,
        action_ts: '1795430460.1',
      },
    ],
    ...over,
  };
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}

type Signing = { readonly at?: number; readonly secret?: string; readonly signature?: string };

function post(body: string, { at = monday, secret = signing, signature }: Signing = {}): Promise<Answer> {
  const timestamp = String(Math.floor(at / 1000));
  const good = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  return doors.ask(path, {
    method: 'POST',
    body,
    type: 'application/x-www-form-urlencoded',
    headers: { 'X-Slack-Request-Timestamp': timestamp, 'X-Slack-Signature': signature ?? `v0=${good}` },
  });
}

const press = (about: Told, pressing: Pressing) => post(payloadOf(about, pressing));

async function refusedOf({ message }: Told): Promise<number> {
  const rows = await store.read.refusedReplies(loopPrincipal, 1_000);
  return rows.filter(({ body }) => JSON.stringify(body).includes(message)).length;
}

describe('putting a message off in Slack', () => {
  const snoozed = (about: Told, user: string) =>
    press(about, {
      user,
      over: {
        actions: [
          {
            type: 'button',
            block_id: 'foldback',
            action_id: 'snooze',
            value: about.message,
            action_ts: '1795430461.1',
          },
        ],
      },
    });

  test('is offered by a button, and taken from its recipient once, with the time told back', async () => {
    const about = await told();
    const actions = about.post.body.blocks.find((block) => block.type === 'actions');
    expect(actions?.elements.map(({ action_id }) => action_id)).toContain('snooze');
    await snoozed(about, 'U0ANA');
    await snoozed(about, 'U0ANA');
    expect((await storyOf(about.loop))?.facts.snoozes).toMatchObject([
      { by: { kind: 'person', id: 'ana' }, until: Date.UTC(2026, 10, 24, 9) },
    ]);
    const shown = await until('words to the presser', () => server.shown[0]);
    expect(shown).toContain('Tue 24 November at 09:00 UTC');
  });

  test('by somebody else is refused and recorded, and the case stays where it is', async () => {
    const about = await told();
    await snoozed(about, 'U0BOB');
    expect((await storyOf(about.loop))?.facts.snoozes).toBeUndefined();
    expect(await refusedOf(about)).toBe(1);
  });
});

describe('a message in Slack', () => {
  test('carries the answers as buttons; those that need more words open the page', async () => {
    const { post: posted, message } = await told();
    expect(posted.channel).toBe('D0ANA');
    const actions = posted.body.blocks.find((block) => block.type === 'actions');
    const buttons = actions?.elements.map(({ action_id, value, url }) => [
      action_id,
      value ?? new URL(url ?? '').pathname.slice(0, 3),
    ]);
    expect(buttons?.slice(0, 6)).toEqual([
      ['answer:done', message],
      ['answer:need-help', message],
      ['answer:not-me', message],
      ['open:not-mine', '/r/'],
      ['open:wrong', '/r/'],
      ['open:accept-risk', '/r/'],
    ]);
    expect(JSON.stringify(posted.body.blocks)).toContain('FB-');
  });

  test('that Slack took and never confirmed is found by its marker, and not said twice', async () => {
    server.meet('takes-then-silent', 'chat.postMessage');
    const { loop } = await told();
    const messages = (await store.read.loop(loopPrincipal, loop))?.messages ?? [];
    expect(messages.map(({ state }) => state)).toEqual(['accepted']);
    expect(server.posts).toHaveLength(1);
  });

  test('on which Slack acted before it answered with a fault is looked for before it is posted again', async () => {
    server.meet('takes-then-fails', 'chat.postMessage');
    const { loop } = await told();
    expect((await store.read.loop(loopPrincipal, loop))?.messages[0]?.state).toBe('queued');
    server.meet('usual');
    doors.house.clock.pass(60_000);
    await doors.house.settleDown();
    expect((await store.read.loop(loopPrincipal, loop))?.messages[0]?.state).toBe('accepted');
    expect(server.posts).toHaveLength(1);
  });

  test('is tried again when what breaks off is only the question where to write', async () => {
    server.meet('takes-then-drops', 'conversations.open');
    await expect(told()).rejects.toThrow('nothing was posted');
    server.meet('usual');
    doors.house.clock.pass(60_000);
    await doors.house.settleDown();
    expect(server.posts).toHaveLength(1);
  });

  test('stays uncertain, and is not repeated, while nobody can look', async () => {
    const known = await told();
    server.meet('takes-then-drops');
    const lost = await told();
    server.meet('usual');
    doors.house.clock.pass(hour);
    await doors.house.settleDown();
    const messages = (await store.read.loop(loopPrincipal, lost.loop))?.messages;
    expect(messages?.map(({ state }) => state)).toEqual(['uncertain']);
    expect(server.posts.map(({ ts }) => ts)).toEqual([known.post.ts, lost.post.ts]);
  });
});

describe('a press', () => {
  test('of the person of the message is an answer, once however often it is delivered', async () => {
    const about = await told();
    for (let turn = 0; turn < 3; turn += 1) {
      const answer = await press(about, { user: 'U0ANA' });
      expect([answer.status, answer.text]).toEqual([200, '']);
    }
    const row = await storyOf(about.loop);
    expect(row?.state).toBe('answered');
    expect(row?.facts.replies).toHaveLength(1);
    expect(row?.facts.replies[0]).toMatchObject({ answer: 'done', isWeak: true, by: { id: 'ana' } });
    const shown = await until('words to the presser', () => server.shown[0]);
    expect(shown).toBe('You answered “Done”. What follows from it stands on the page.');
  });

  test('stands in the story with the account, which can be forgotten', async () => {
    const about = await told();
    await press(about, { user: 'U0ANA' });
    const rows = await store.read.ledger(loopPrincipal, about.loop);
    expect(JSON.stringify(rows?.personal)).toContain('U0ANA');
    expect(JSON.stringify(rows?.entries)).not.toContain('U0ANA');
  });

  test.each([
    ['a colleague', 'U0BOB'],
    ['a guest of another workspace with the same address', 'U0GUEST'],
    ['a machine with the same address', 'U0BOT'],
    ['an account that was closed', 'U0LEFT'],
    ['whoever Slack does not know', 'U0NOBODY'],
    ['an account that is linked to somebody else', 'U0EVA'],
  ])('of %s is refused, recorded once a day and told so', async (_, user) => {
    const about = await told();
    expect((await press(about, { user })).status).toBe(200);
    expect((await press(about, { user, answer: 'not-me' })).status).toBe(200);
    expect((await storyOf(about.loop))?.facts.replies).toEqual([]);
    expect(await refusedOf(about)).toBe(1);
    expect(JSON.stringify(await store.read.refusedReplies(loopPrincipal, 1_000))).not.toContain(user);
    expect(await until('words to the presser', () => server.shown[0])).toContain('somebody else');
  });

  test('of somebody whose account is linked needs no question to Slack', async () => {
    const about = await told('eva');
    expect(about.post.channel).toBe('D0EVA');
    expect((await press(about, { user: 'U0EVA', answer: 'need-help' })).status).toBe(200);
    expect((await storyOf(about.loop))?.facts.replies[0]).toMatchObject({ answer: 'need-help' });
    expect(server.calls).not.toContain('users.info');
  });

  test('of an account of another workspace that has the same id as a linked one is refused', async () => {
    const about = await told('eva');
    const over = { user: { id: 'U0EVA', username: 'eva', team_id: 'T0OTHER' } };
    expect((await press(about, { user: 'U0EVA', over })).status).toBe(200);
    expect((await storyOf(about.loop))?.facts.replies).toEqual([]);
    expect(await refusedOf(about)).toBe(1);
  });

  test('in the channel of the duty is taken from whoever has the duty', async () => {
    const about = await told('');
    expect(about.post.channel).toBe('C0DUTY');
    await press(about, { user: 'U0BOB' });
    expect((await storyOf(about.loop))?.facts.replies).toEqual([]);
    await press(about, { user: 'U0DORA' });
    expect((await storyOf(about.loop))?.facts.replies[0]).toMatchObject({ answer: 'done' });
  });

  test('that burdens somebody else is taken with a login only, where recipients can sign in', async () => {
    doors = openWithLogin();
    const about = await told();
    expect((await press(about, { user: 'U0ANA', answer: 'not-me' })).status).toBe(200);
    const row = await storyOf(about.loop);
    expect([row?.facts.replies, row?.state]).toEqual([[], 'told']);
    const shown = await until('words to the presser', () => server.shown[0]);
    expect(shown).toContain('open the page that the message links to, and sign in there');
    const actions = about.post.body.blocks.find((block) => block.type === 'actions');
    expect(actions?.elements.some(({ url }) => new URL(url ?? '', 'x:/').pathname.startsWith('/r/'))).toBe(
      true,
    );
    await press(about, { user: 'U0ANA', answer: 'need-help' });
    expect((await storyOf(about.loop))?.facts.replies).toMatchObject([{ answer: 'need-help' }]);
  });

  test.each(['not-mine', 'wrong', 'accept-risk'])('%s is not taken by a button', async (answer) => {
    const about = await told();
    expect((await press(about, { user: 'U0ANA', answer })).status).toBe(200);
    expect((await storyOf(about.loop))?.facts.replies).toEqual([]);
    expect(await until('words to the presser', () => server.shown[0])).toContain('on the page');
  });

  test('is not taken while Slack cannot say who it was, and may be pressed again', async () => {
    const about = await told();
    server.meet({ status: 503 }, 'users.info');
    expect((await press(about, { user: 'U0ANA' })).status).toBe(500);
    expect((await storyOf(about.loop))?.facts.replies).toEqual([]);
    server.meet('usual');
    expect((await press(about, { user: 'U0ANA' })).status).toBe(200);
    expect((await storyOf(about.loop))?.facts.replies).toHaveLength(1);
  });

  test('is refused unless Slack signed these bytes within five minutes', async () => {
    const about = await told();
    const body = payloadOf(about, { user: 'U0ANA' });
    const attempts: readonly [string, Signing][] = [
      [body, { secret: 'another0secret0of0a0test00000000' }],
      [body, { secret: '' }],
      [body, { signature: '' }],
      [body, { signature: `v0=${'0'.repeat(64)}` }],
      [body, { signature: `sha256=${'0'.repeat(64)}` }],
      [body, { at: monday - 301_000 }],
      [body, { at: monday + 301_000 }],
    ];
    for (const [bytes, signed] of attempts) expect((await post(bytes, signed)).status).toBe(401);
    const timestamp = String(monday / 1000);
    const good = createHmac('sha256', signing).update(`v0:${timestamp}:${body}`).digest('hex');
    expect((await post(body.replace('U0ANA', 'U0ANB'), { signature: `v0=${good}` })).status).toBe(401);
    expect((await storyOf(about.loop))?.facts.replies).toEqual([]);
    expect((await post(body, { signature: `v0=${good}` })).status).toBe(200);
    expect((await post(body, { at: monday - 299_000 })).status).toBe(200);
  });

  test('in another message than the one that it names is refused', async () => {
    const about = await told();
    const other = await told();
    const forged = await press(about, {
      user: 'U0ANA',
      over: { message: { ts: other.post.ts }, container: {} },
    });
    expect(forged.status).toBe(404);
    expect((await press(about, { user: 'U0ANA', over: { channel: { id: 'C0DUTY' } } })).status).toBe(404);
    expect((await storyOf(about.loop))?.facts.replies).toEqual([]);
  });

  test('after the link has run out is not taken', async () => {
    const about = await told();
    doors.house.clock.pass(15 * day);
    const answer = await post(payloadOf(about, { user: 'U0ANA' }), { at: doors.house.clock.now() });
    expect(answer.status).toBe(200);
    expect((await storyOf(about.loop))?.facts.replies).toEqual([]);
  });

  test('that makes no sense changes nothing and breaks nothing', async () => {
    const about = await told();
    const odd = [
      '',
      'payload=',
      'payload=%7B',
      'payload=null',
      'payload=[]',
      'payload=%00%ff',
      new URLSearchParams({ payload: '{"type":"block_actions"}' }).toString(),
      new URLSearchParams({ payload: '{"type":"view_submission"}' }).toString(),
      payloadOf(about, { user: "U0ANA'; drop table loops; --" }),
      payloadOf(about, { user: 'U0ANA', answer: 'constructor' }),
      payloadOf(about, { user: 'U0ANA', over: { actions: [{}, null, 7] } }),
      payloadOf(about, { user: 'U0ANA', over: { actions: { length: 1e9 } } }),
      payloadOf({ ...about, message: '../../etc' }, { user: 'U0ANA' }),
      payloadOf({ ...about, message: '0'.repeat(32) }, { user: 'U0ANA' }),
    ];
    for (const body of odd) expect([200, 404, 422]).toContain((await post(body)).status);
    expect((await post('x'.repeat(300_000))).status).toBe(413);
    expect((await storyOf(about.loop))?.facts.replies).toEqual([]);
    expect(doors.logged.join()).not.toContain('a request failed');
  });

  test('to a channel that takes none is not found', async () => {
    for (const name of ['outbox', 'nothing', '__proto__']) {
      const answer = await doors.ask(`/v1/channels/${name}/interactions`, {
        method: 'POST',
        body: 'payload=',
        type: 'application/x-www-form-urlencoded',
      });
      expect(answer.status).toBe(404);
    }
  });

  test('sends words nowhere but to Slack', async () => {
    const about = await told();
    const answer = await press(about, {
      user: 'U0ANA',
      over: { response_url: 'https://hooks.slack.com.evil.example/x' },
    });
    expect(answer.status).toBe(200);
    expect(server.shown).toEqual([]);
  });
});
