import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { createSlack, slackSettings } from '../../src/adapters/channels/slack/index.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { answerLabels } from '../../src/pages/answer-labels.ts';
import type { LoopRow, Store } from '../../src/ports/store.ts';
import { testPageWords } from '../fixtures/page-words.ts';
import { fakeSecret, hour, leak, monday, personOf, testPeople } from '../support/house.ts';
import { closeAfterTest } from '../support/http-servers.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { openSlackServer, type SlackPosted, type SlackServer } from '../support/slack-server.ts';
import { type Answer, type Doors, openDoors } from './doors.ts';

// Obvious fakes, put together at run time.
const token = ['xoxb', '0000', 'fake', 'of', 'a', 'test'].join('-');
export const signing = ['fake0signing0secret', 'of0a0test000'].join('0');
const path = '/v1/channels/slack/interactions';

export type SlackTold = { readonly loop: string; readonly message: string; readonly post: SlackPosted };

export type Pressing = {
  readonly user: string;
  readonly answer?: string;
  readonly over?: Readonly<Record<string, unknown>>;
};

export type Signing = { readonly at?: number; readonly secret?: string; readonly signature?: string };

/** People who are written to in Slack, and what they press there. */
export type SlackDoors = {
  readonly store: Store;
  readonly server: SlackServer;
  readonly doors: Doors;
  /** From now on as where single sign-on knows the people who are written to. */
  requireLogin(): void;
  /** A leak that somebody was told of, and the message as Slack has it. */
  told(author?: string): Promise<SlackTold>;
  storyOf(loop: string): Promise<LoopRow | undefined>;
  post(body: string, signed?: Signing): Promise<Answer>;
  press(about: SlackTold, pressing: Pressing): Promise<Answer>;
  /** How many replies about it were refused. */
  refusedOf(about: SlackTold): Promise<number>;
};

/** One store for the tests of a file; a server of Slack and doors for each of them. */
export function slackDoors(): SlackDoors {
  let store: Store;
  let server: SlackServer;
  let doors: Doors;
  let openWithLogin: () => Doors;
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

  const post = (body: string, { at = monday, secret = signing, signature }: Signing = {}) => {
    const timestamp = String(Math.floor(at / 1000));
    const good = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
    return doors.ask(path, {
      method: 'POST',
      body,
      type: 'application/x-www-form-urlencoded',
      headers: { 'X-Slack-Request-Timestamp': timestamp, 'X-Slack-Signature': signature ?? `v0=${good}` },
    });
  };
  return {
    get store() {
      return store;
    },
    get server() {
      return server;
    },
    get doors() {
      return doors;
    },
    requireLogin: () => {
      doors = openWithLogin();
    },
    told: async (author = 'ana') => {
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
    },
    storyOf: async (loop) => (await store.read.loop(loopPrincipal, loop))?.loop,
    post,
    press: (about, pressing) => post(payloadOf(server, about, pressing)),
    refusedOf: async ({ message }) => {
      const rows = await store.read.refusedReplies(loopPrincipal, 1_000);
      return rows.filter(({ body }) => JSON.stringify(body).includes(message)).length;
    },
  };
}

/** As Slack posts the press of a button of that message. */
export function payloadOf(
  server: SlackServer,
  { post, message }: SlackTold,
  { user, answer = 'done', over = {} }: Pressing,
): string {
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
