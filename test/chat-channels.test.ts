import { afterEach, describe, expect, test } from 'vitest';
import { createSlack, slackSettings } from '../src/adapters/channels/slack/index.ts';
import { createTeams, teamsSettings } from '../src/adapters/channels/teams/index.ts';
import type { Channel, Delivery, Recipient } from '../src/ports/channel.ts';
import { usualMessage } from './contracts/channel-messages.ts';
import { openSlackServer, type SlackServer } from './support/slack-server.ts';
import { openTeamsFlow } from './support/teams-flow.ts';

// An obvious fake, put together at run time.
const token = ['xoxb', '0000', 'fake', 'of', 'a', 'test'].join('-');
const at = Date.UTC(2026, 10, 23, 10, 41);
const ana: Recipient = {
  id: 'ana',
  kind: 'person',
  name: 'Ana',
  email: 'ana@example.com',
  accounts: [],
};
const blue: Recipient = { id: 'blue', kind: 'team', name: 'Blue', email: 'blue@example.com', accounts: [] };
const duty: Recipient = { id: 'duty', kind: 'duty', name: 'duty', email: 'ana@example.com', accounts: [] };
const delivery = (over: Partial<Delivery> = {}): Delivery => ({
  messageId: 'msg-1',
  recipient: ana,
  message: usualMessage,
  attempt: 1,
  at,
  ...over,
});

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function slack(
  over: {
    readonly settings?: Readonly<Record<string, unknown>>;
    readonly scopes?: string;
    readonly pageSize?: number;
  } = {},
): Promise<{ readonly channel: Channel; readonly server: SlackServer }> {
  const { settings = {}, ...of } = over;
  const server = await openSlackServer({
    token,
    users: [{ id: 'U0ANA', email: 'ana@example.com' }],
    channels: ['C0BLUE', 'C0DUTY'],
    ...of,
  });
  const channel = createSlack(
    slackSettings.parse({
      token,
      apiUrl: server.url,
      allowPrivateNetwork: true,
      teamChannels: { blue: 'C0BLUE' },
      timeoutMs: 500,
      ...settings,
    }),
  );
  opened.push({ close: () => channel.close?.() }, server);
  return { channel, server };
}

describe('slack', () => {
  test('writes to a person directly, to a team into its channel, and to the duty where it is set', async () => {
    const { channel, server } = await slack({ settings: { dutyChannel: 'C0DUTY' } });
    const linked = { ...ana, email: 'old@example.com', accounts: [{ system: 'slack', name: 'U0ANA' }] };
    for (const recipient of [ana, linked, blue, duty])
      expect(
        await channel.send(delivery({ recipient, messageId: `m-${server.posts.length}` })),
      ).toMatchObject({
        kind: 'accepted',
      });
    expect(server.posts.map((post) => post.channel)).toEqual(['D0ANA', 'D0ANA', 'C0BLUE', 'C0DUTY']);
    const withoutDuty = await slack();
    await withoutDuty.channel.send(delivery({ recipient: duty }));
    expect(withoutDuty.server.posts[0]?.channel).toBe('D0ANA');
  });

  test('writes to no team without a channel, and to nobody whom Slack does not know', async () => {
    const { channel, server } = await slack();
    for (const id of ['red', '__proto__', 'constructor'])
      expect(channel.address({ ...blue, id })).toBeUndefined();
    const stranger = { ...ana, email: 'nobody@example.com' };
    expect(await channel.send(delivery({ recipient: stranger }))).toEqual({
      kind: 'refused',
      reason: 'Slack answered users_not_found',
    });
    expect(server.posts).toEqual([]);
  });

  test('asks once where a person is written to', async () => {
    const { channel, server } = await slack();
    for (let turn = 0; turn < 3; turn += 1) await channel.send(delivery({ messageId: `m-${turn}` }));
    expect(server.calls.filter((call) => call !== 'chat.postMessage')).toEqual([
      'users.lookupByEmail',
      'conversations.open',
    ]);
  });

  test('carries no button for answers without a signing secret, and still the link', async () => {
    const { channel, server } = await slack();
    await channel.send(delivery());
    expect(channel.presses).toBeUndefined();
    const raw = server.posts[0]?.raw ?? '';
    expect(raw).not.toContain('answer:');
    expect(raw).toContain(usualMessage.replyUrl);
  });

  test('reads on through the history for the marker, and gives up where too much was said', async () => {
    const { channel, server } = await slack({ pageSize: 10 });
    const recipient = blue;
    await channel.send(delivery({ recipient }));
    for (let said = 0; said < 45; said += 1) server.say('C0BLUE', 'good morning');
    expect(await channel.lookup?.(delivery({ recipient }))).toBe('arrived');
    expect(await channel.lookup?.(delivery({ recipient, messageId: 'msg-2' }))).toBe('absent');
    for (let said = 0; said < 45; said += 1) server.say('C0BLUE', 'foldback_message msg-2');
    expect(await channel.lookup?.(delivery({ recipient, messageId: 'msg-2' }))).toBe('unknown');
    // What may have arrived is not said again while nobody can look.
    expect(await channel.send(delivery({ recipient, messageId: 'msg-2', attempt: 2 }))).toMatchObject({
      kind: 'retry',
    });
    expect(server.posts).toHaveLength(1);
  });

  test('does not take the text of others for its marker', async () => {
    const { channel, server } = await slack();
    await channel.send(delivery({ messageId: 'msg-other' }));
    server.say('D0ANA', '{"event_type":"foldback_message","event_payload":{"id":"msg-1"}}');
    expect(await channel.lookup?.(delivery())).toBe('absent');
  });

  test.each([
    ['ratelimited', 'retry'],
    ['internal_error', 'retry'],
    ['invalid_auth', 'retry'],
    ['missing_scope', 'retry'],
    ['is_archived', 'refused'],
    ['not_in_channel', 'refused'],
    ['a_new_error', 'refused'],
    ['Not A Name <!channel>', 'uncertain'],
  ])('takes the error %s as %s', async (error, kind) => {
    const { channel, server } = await slack();
    server.meet({ error }, 'chat.postMessage');
    const result = await channel.send(delivery());
    expect(result.kind).toBe(kind);
    expect(JSON.stringify(result)).not.toContain('<!channel>');
  });

  test('waits as long as Slack asks, whichever call it is', async () => {
    for (const method of ['users.lookupByEmail', 'conversations.open', 'chat.postMessage']) {
      const { channel, server } = await slack();
      server.meet({ status: 429, headers: { 'retry-after': '30' } }, method);
      expect(await channel.send(delivery())).toMatchObject({ kind: 'retry', afterSeconds: 30 });
    }
  });

  test('names what the app lacks, without posting', async () => {
    const poor = await slack({
      scopes: 'chat:write',
      settings: { teamChannels: { blue: 'C0BLUE', red: 'C0GONE' } },
    });
    const problems = await poor.channel.checkSetup();
    expect(problems.join('\n')).toMatch(/im:write[\s\S]*im:history[\s\S]*users:read\.email/u);
    expect(problems.at(-1)).toContain('C0GONE');
    expect(poor.server.posts).toEqual([]);
    const wrong = await slack({ settings: { token: ['xoxb', 'another'].join('-') } });
    expect(await wrong.channel.checkSetup()).toEqual([
      'Slack does not take the token: Slack answered invalid_auth.',
    ]);
  });
});

describe('teams', () => {
  async function teams() {
    const flows = await Promise.all([openTeamsFlow(), openTeamsFlow(), openTeamsFlow()]);
    const [person, team, role] = flows.map(({ port }) => `http://127.0.0.1:${port}/invoke?sig=fake`);
    opened.push(...flows);
    const channel = (given: Readonly<Record<string, unknown>>): Channel => {
      const made = createTeams(teamsSettings.parse({ allowPrivateNetwork: true, timeoutMs: 500, ...given }));
      opened.unshift({ close: () => made.close?.() });
      return made;
    };
    return { flows, person, team, role, channel };
  }

  test('never writes to one person where a team reads', async () => {
    const { flows, team, role, channel } = await teams();
    const made = channel({ teamUrls: { blue: team }, dutyUrl: role });
    expect(made.address(ana)).toBeUndefined();
    expect((await made.send(delivery())).kind).toBe('refused');
    expect((await made.send(delivery({ recipient: { ...blue, id: '__proto__' } }))).kind).toBe('refused');
    expect((await made.send(delivery({ recipient: blue }))).kind).toBe('accepted');
    expect((await made.send(delivery({ recipient: duty }))).kind).toBe('accepted');
    expect(flows.map(({ posts }) => posts.length)).toEqual([0, 1, 1]);
  });

  test('names the recipient to the flow for people, and to no other', async () => {
    const { flows, person, team, channel } = await teams();
    const made = channel({ personUrl: person, teamUrls: { blue: team } });
    await made.send(delivery());
    await made.send(delivery({ recipient: blue }));
    expect(JSON.parse(flows[0]?.posts[0] ?? '')).toMatchObject({
      recipient: 'ana@example.com',
      messageId: 'msg-1',
    });
    expect(flows[1]?.posts[0]).not.toContain('example.com"');
    expect(JSON.parse(flows[1]?.posts[0] ?? '')).not.toHaveProperty('recipient');
  });

  test('says accepted and nothing of an arrival, and cannot look', async () => {
    const { person, channel } = await teams();
    const made = channel({ personUrl: person });
    expect(await made.send(delivery())).toEqual({ kind: 'accepted' });
    expect([made.reconcile, made.lookup, made.delivers]).toEqual(['none', undefined, undefined]);
  });

  test('keeps the address of a flow out of what it says', async () => {
    const { channel } = await teams();
    const made = channel({ personUrl: 'http://10.0.0.1/invoke?sig=fake', allowPrivateNetwork: false });
    const said = JSON.stringify([await made.checkSetup(), await made.send(delivery())]);
    expect(said).not.toContain('sig=');
    expect(said).toContain('10.0.0.1');
  });
});
