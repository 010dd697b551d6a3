import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createSlack, slackSettings } from '../../src/adapters/channels/slack/index.ts';
import { holdConnections } from '../../src/app-connections.ts';
import { takeInTime } from '../../src/http/take-in-time.ts';
import { ingest } from '../../src/loop/ingest.ts';
import type { LoopParts } from '../../src/loop/parts.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { answerLabels } from '../../src/pages/answer-labels.ts';
import type { Channel, Held, Press } from '../../src/ports/channel.ts';
import type { Store } from '../../src/ports/store.ts';
import { testPageWords } from '../fixtures/page-words.ts';
import { fakeSecret, hour, leak, monday } from '../support/house.ts';
import { closeAfterTest } from '../support/http-servers.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { openSlackServer, type SlackServer } from '../support/slack-server.ts';
import { until } from '../support/until.ts';
import type { ServerSocket } from '../support/web-socket-server.ts';
import { type Doors, openDoors } from './doors.ts';

// Obvious fakes, put together at run time.
const token = ['xoxb', '0000', 'fake', 'of', 'a', 'test'].join('-');
const appToken = ['xapp', '1', 'fake', 'of', 'a', 'test'].join('-');

let store: Store;
let server: SlackServer;
let channel: Channel;
let doors: Doors;
let held: Held;
let serial = 4_000;
beforeAll(async () => {
  store = await lendEmbedded();
});
afterAll(() => store?.close());
beforeEach(async () => {
  server = await openSlackServer({
    token,
    appToken,
    users: [
      { id: 'U0ANA', email: 'ana@example.com' },
      { id: 'U0BOB', email: 'bob@example.com' },
    ],
  });
  channel = slack(server.url);
  closeAfterTest({ close: () => channel.close?.() });
  closeAfterTest(server);
  doors = openDoors({
    store,
    channels: [channel],
    delivery: { channel: 'slack', perPersonPerDayMax: 500 },
    answerLabels: () => answerLabels(testPageWords),
  });
  const { parts } = doors.house;
  held = holdConnections({ ...doors.given, parts, channels: [channel], language: 'en' });
  closeAfterTest({ close: () => held.stop() });
});

const slack = (apiUrl: string): Channel =>
  createSlack(slackSettings.parse({ token, appToken, apiUrl, allowPrivateNetwork: true, timeoutMs: 500 }));

/** The nth connection, greeted as Slack greets. */
async function connection(n: number): Promise<ServerSocket> {
  const socket = await until(`connection ${n}`, () => server.sockets[n - 1]);
  socket.say(JSON.stringify({ type: 'hello', num_connections: 1, connection_info: { app_id: 'A0APP' } }));
  return socket;
}

async function told() {
  serial += 1;
  const secret = fakeSecret(serial);
  const event = leak({ at: monday - hour, receivedAt: monday, secret, file: `s${serial}.py`, author: 'ana' });
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
type Told = Awaited<ReturnType<typeof told>>;

const envelope = ({ post, message }: Told, user: string, id: string, over: object = {}) => ({
  envelope_id: id,
  type: 'interactive',
  accepts_response_payload: true,
  payload: {
    type: 'block_actions',
    user: { id: user, team_id: 'T0HOUSE' },
    channel: { id: post.channel },
    message: { ts: post.ts },
    response_url: server.returnUrl,
    actions: [{ block_id: 'foldback', action_id: 'answer:done', value: message, action_ts: '1795430460.1' }],
    ...over,
  },
});
const acknowledged = (socket: ServerSocket, id: string) =>
  until(`acknowledgement of ${id}`, () =>
    socket.heard.includes(JSON.stringify({ envelope_id: id })) ? true : undefined,
  );
const repliesOf = async ({ loop }: Told) =>
  (await store.read.loop(loopPrincipal, loop))?.loop.facts.replies ?? [];

test('a press that comes over the socket is stored before it is acknowledged, once however often it comes, and answered to the presser', async () => {
  const about = await told();
  expect(about.post.raw).toContain('answer:done');
  const socket = await connection(1);
  socket.say(JSON.stringify(envelope(about, 'U0ANA', 'e-1')));
  await acknowledged(socket, 'e-1');
  expect(await repliesOf(about)).toMatchObject([{ answer: 'done', by: { kind: 'person', id: 'ana' } }]);
  socket.say(JSON.stringify(envelope(about, 'U0ANA', 'e-1')));
  socket.say(JSON.stringify(envelope(about, 'U0ANA', 'e-2')));
  await acknowledged(socket, 'e-2');
  expect(await repliesOf(about)).toHaveLength(1);
  await until('words to the presser', () => server.shown[0]);
});

test('a press of somebody else is refused, recorded and acknowledged', async () => {
  const about = await told();
  const socket = await connection(1);
  socket.say(JSON.stringify(envelope(about, 'U0BOB', 'e-other')));
  await acknowledged(socket, 'e-other');
  expect(await repliesOf(about)).toEqual([]);
  expect(await until('words', () => server.shown[0])).toContain('somebody else');
  const refused = await store.read.refusedReplies(loopPrincipal, 50);
  expect(refused.filter(({ body }) => Object(body).message === about.message)).toHaveLength(1);
});

test('a press whose presser cannot be found out is not acknowledged, and counts when it is pressed again', async () => {
  const about = await told();
  const socket = await connection(1);
  server.meet({ status: 500 }, 'users.info');
  socket.say(JSON.stringify(envelope(about, 'U0ANA', 'e-away')));
  await until('the question who it was', () => (server.calls.includes('users.info') ? true : undefined));
  server.meet('usual');
  socket.say(JSON.stringify(envelope(about, 'U0ANA', 'e-again')));
  await acknowledged(socket, 'e-again');
  expect(socket.heard).not.toContain(JSON.stringify({ envelope_id: 'e-away' }));
  expect(await repliesOf(about)).toHaveLength(1);
});

test('what is no envelope changes nothing, and what was not asked for is acknowledged', async () => {
  const about = await told();
  const socket = await connection(1);
  for (const text of [
    '',
    '{',
    '[]',
    'null',
    '{"type":"interactive"}',
    `{"envelope_id":"${'x'.repeat(9000)}"}`,
  ])
    socket.say(text);
  socket.say(JSON.stringify({ type: 'interactive', envelope_id: 'e-no-payload' }));
  socket.say(JSON.stringify({ type: 'interactive', envelope_id: 'e\r\n', payload: {} }));
  socket.say(JSON.stringify({ type: 'events_api', envelope_id: 'e-event', payload: { type: 'x' } }));
  await acknowledged(socket, 'e-event');
  socket.say(JSON.stringify(envelope(about, 'U0ANA', 'e-bad', { message: {}, actions: [{}] })));
  await acknowledged(socket, 'e-bad');
  socket.say(JSON.stringify(envelope(about, 'U0ANA', 'e-good')));
  await acknowledged(socket, 'e-good');
  expect(await repliesOf(about)).toHaveLength(1);
});

test('a connection that drops, ends, is asked to be renewed or sends too much is opened anew, one at a time', async () => {
  const about = await told();
  const first = await connection(1);
  first.drop();
  const second = await connection(2);
  second.close();
  const third = await connection(3);
  third.say(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }));
  const fourth = await connection(4);
  fourth.say('x'.repeat(2_000_000));
  const fifth = await connection(5);
  fifth.frame(2, Buffer.from('binary'));
  const sixth = await connection(6);
  sixth.say(JSON.stringify(envelope(about, 'U0ANA', 'e-late')));
  await acknowledged(sixth, 'e-late');
  await until('the earlier ones to end', () =>
    server.sockets.filter(({ isOpen }) => isOpen()).length === 1 ? true : undefined,
  );
  await held.stop();
  await until('the end', () => (sixth.isOpen() ? undefined : true));
  expect(server.sockets).toHaveLength(6);
});

test('a connection is opened only to a host of Slack, whatever its answer says', async () => {
  await held.stop();
  const before = server.sockets.length;
  for (const socketUrl of [
    'wss://evil.example/link',
    'ws://wss-primary.slack.com/link',
    'wss://slack.com.evil.example/link',
    'wss://user@wss-primary.slack.com/link',
    'https://wss-primary.slack.com/',
    'nothing',
  ]) {
    const other = await openSlackServer({ token, appToken, socketUrl, users: [] });
    closeAfterTest(other);
    const stranger = slack(other.url);
    const said: string[] = [];
    const hold = stranger.presses?.hold?.(
      async () => true,
      (news, reason) => void said.push(`${news}: ${reason}`),
    );
    expect(await until('a refusal', () => said[0])).toMatch(/^refused: /u);
    await hold?.stop();
    await stranger.close?.();
  }
  expect(server.sockets.length).toBe(before);
});

test('without a signing secret nothing is taken by HTTP, however it is signed', async () => {
  const answer = await doors.ask('/v1/channels/slack/interactions', {
    method: 'POST',
    body: 'payload=%7B%7D',
    type: 'application/x-www-form-urlencoded',
    headers: {
      'X-Slack-Request-Timestamp': String(monday / 1000),
      'X-Slack-Signature': `v0=${'0'.repeat(64)}`,
    },
  });
  expect(answer.status).toBe(401);
});

test('the set-up check says when Slack opens no connection', async () => {
  expect(await channel.checkSetup()).toEqual([]);
  server.meet({ error: 'not_allowed_token_type' }, 'apps.connections.open');
  expect(await channel.checkSetup()).toMatchObject([expect.stringContaining('not_allowed_token_type')]);
});

/** A store that takes nothing before it is let, and then fails so often first. */
function slowParts(failures: number): { readonly parts: LoopParts; readonly let: () => void } {
  const { parts } = doors.house;
  const gate = Promise.withResolvers<void>();
  let left = failures;
  const transaction: typeof parts.store.transaction = async (work) => {
    await gate.promise;
    left -= 1;
    if (left >= 0) throw new Error('the store is away');
    return parts.store.transaction(work);
  };
  return { parts: { ...parts, store: { ...parts.store, transaction } }, let: gate.resolve };
}
const pressOn = ({ message, post }: Told, nonce: string): Press => ({
  account: { system: 'slack', name: 'U0ANA' },
  messageId: message,
  reference: `${post.channel}/${post.ts}`,
  answer: 'done',
  nonce,
  returnTo: server.returnUrl,
});
const lateTimes = { deadlineMs: 1, againMs: [1, 1] };

test('a press that the store is slow to take is acknowledged in time and taken afterwards, once', async () => {
  const about = await told();
  const { presses } = channel;
  if (presses === undefined) throw new Error('no presses');
  const slow = slowParts(1);
  const given = { parts: slow.parts, words: () => testPageWords, log: doors.given.log };
  expect(await takeInTime(given, { ...channel, presses }, pressOn(about, 'slow'), lateTimes)).toBe('late');
  expect(await repliesOf(about)).toEqual([]);
  slow.let();
  expect(await until('words to the presser', () => server.shown[0])).toContain('You answered');
  expect(await repliesOf(about)).toHaveLength(1);
});

test('a press that was acknowledged and cannot be taken is said to its presser', async () => {
  const about = await told();
  const { presses } = channel;
  if (presses === undefined) throw new Error('no presses');
  const slow = slowParts(99);
  const given = { parts: slow.parts, words: () => testPageWords, log: doors.given.log };
  expect(await takeInTime(given, { ...channel, presses }, pressOn(about, 'lost'), lateTimes)).toBe('late');
  slow.let();
  expect(await until('words to the presser', () => server.shown[0])).toContain('could not be stored');
  expect(await repliesOf(about)).toEqual([]);
});
