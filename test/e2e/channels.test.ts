import { createHmac, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEmail } from '../../src/adapters/channels/email/index.ts';
import { createGithub, githubSettings } from '../../src/adapters/channels/github/index.ts';
import { createSlack, slackSettings } from '../../src/adapters/channels/slack/index.ts';
import { createTeams, teamsSettings } from '../../src/adapters/channels/teams/index.ts';
import { createWebhook, webhookSettings } from '../../src/adapters/channels/webhook/index.ts';
import { holdConnections } from '../../src/app-connections.ts';
import { peopleEvidence } from '../../src/core/people-evidence.ts';
import { indexPeople } from '../../src/core/people-index.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { answerLabels } from '../../src/pages/answer-labels.ts';
import type { Channel } from '../../src/ports/channel.ts';
import type { OwnerDirectory } from '../../src/ports/owner-directory.ts';
import type { Store } from '../../src/ports/store.ts';
import { testPageWords } from '../fixtures/page-words.ts';
import { browser, form, nonceIn, openDoors, webhookSecret } from '../http/doors.ts';
import { githubCommit, githubRepository, openGithubServer } from '../support/github-server.ts';
import { fakeSecret, monday, shippedPacks, testClock, testPeople, testTeams } from '../support/house.ts';
import { closeAfterTest } from '../support/http-servers.ts';
import { listen } from '../support/loopback.ts';
import { mailSettings } from '../support/mail-settings.ts';
import { openSlackServer, type SlackServer } from '../support/slack-server.ts';
import { openSmtpSink } from '../support/smtp-sink.ts';
import { testStores } from '../support/stores.ts';
import { openTeamsFlow } from '../support/teams-flow.ts';
import { until } from '../support/until.ts';

// Obvious fakes, put together at run time.
const slackToken = ['xoxb', '0000', 'fake', 'of', 'a', 'test'].join('-');
const appToken = ['xapp', '1', 'fake', 'of', 'a', 'test'].join('-');
const signing = ['fake0signing0secret', 'of0a0test000'].join('0');
const githubToken = ['ghs', 'fake0of0a0test'].join('_');
const hookSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

const known = indexPeople(testPeople, testTeams);
const list: OwnerDirectory = {
  id: 'people',
  people: known,
  evidence: async (queries) =>
    queries.map((query) => peopleEvidence(known, query, shippedPacks().ownerWeights, 'The list')),
};

let serial = 60_000;

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(`each channel, end to end, over the ${kind.name} store`, () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open();
    });
    afterAll(() => store?.close());

    /** A vendor's delivery of a leak by ana, taken and told through this channel. */
    async function told(channel: Channel) {
      closeAfterTest({ close: () => channel.close?.() });
      const doors = openDoors({
        store,
        clock: testClock(monday),
        channels: [channel],
        directories: [list],
        publicUrl: 'https://foldback.example.com',
        delivery: { channel: channel.id, perPersonPerDayMax: 500 },
        answerLabels: () => answerLabels(testPageWords),
        howToCheck: (_language, code) =>
          testPageWords.authentic.howToCheck
            .replace('{host}', 'foldback.example.com')
            .replace('{code}', code),
      });
      serial += 1;
      const secret = fakeSecret(serial);
      const file = `deploy/${serial}.py`;
      const finding = {
        RuleID: 'generic-api-key',
        Description: 'a key',
        StartLine: 3,
        EndLine: 3,
        Match: `key = "${secret}"`,
        Secret: secret,
        File: file,
        Commit: githubCommit,
        Author: 'Ana',
        Email: 'ana@example.com',
        Date: '2026-11-23T09:00:00Z',
        Message: 'wip',
        Fingerprint: `${githubCommit}:${file}:generic-api-key:${serial}`,
      };
      const taken = await doors.ask(`/v1/sources/gitleaks?repository=${githubRepository}`, {
        method: 'POST',
        token: await doors.token(['events:write']),
        json: [finding],
      });
      expect(taken, taken.text).toMatchObject({ status: 202 });
      await doors.house.settleDown();
      const { items } = await store.read.loops(loopPrincipal, { limit: 200 });
      const loop = items.find(({ facts }) => facts.kept[0]?.where.file === file)?.id ?? '';
      const story = await store.read.loop(loopPrincipal, loop);
      expect(story?.messages[0]).toMatchObject({ channel: channel.id, state: 'accepted', to: { id: 'ana' } });
      return { doors, loop, code: story?.loop.caseCode ?? '', message: story?.messages[0]?.id ?? '' };
    }
    type Told = Awaited<ReturnType<typeof told>>;

    /** The message names its case and how to check it, and what it says holds. */
    async function isAuthentic({ doors, code }: Told, shown: string): Promise<void> {
      expect(shown.replaceAll('\u200b', '')).toContain('foldback.example.com/check');
      expect(shown.replaceAll('\u200b', '')).toContain(code);
      const page = await doors.ask('/check', browser);
      const checked = await doors.ask('/check', form({ form: nonceIn(page.text), code }));
      expect(checked.text).toContain('security team');
    }

    async function isAnswered({ loop }: Told): Promise<void> {
      const story = await store.read.loop(loopPrincipal, loop);
      expect(story?.loop).toMatchObject({ state: 'answered', rung: 'claimed' });
      expect(story?.loop.facts.replies).toMatchObject([
        { answer: 'done', by: { kind: 'person', id: 'ana' } },
      ]);
    }

    /** The link of a message, followed and answered as its recipient does. */
    async function answerByLink(about: Told, url: string): Promise<void> {
      const path = new URL(url).pathname;
      const page = await about.doors.ask(path, browser);
      expect(
        (await about.doors.ask(path, form({ form: nonceIn(page.text), answer: 'done' }))).status,
      ).toBeLessThan(400);
      await isAnswered(about);
    }

    const slackServer = async (): Promise<SlackServer> => {
      const users = [
        { id: 'U0ANA', email: 'ana@example.com' },
        { id: 'U0BOB', email: 'bob@example.com' },
      ];
      const server = await openSlackServer({ token: slackToken, appToken, users });
      closeAfterTest(server);
      return server;
    };
    const slackOf = (server: SlackServer, over: object): Channel =>
      createSlack(
        slackSettings.parse({ token: slackToken, apiUrl: server.url, allowPrivateNetwork: true, ...over }),
      );
    const pressOf = ({ message }: Told, server: SlackServer, user: string) => ({
      type: 'block_actions',
      user: { id: user, team_id: 'T0HOUSE' },
      channel: { id: server.posts[0]?.channel },
      message: { ts: server.posts[0]?.ts },
      response_url: server.returnUrl,
      actions: [
        { block_id: 'foldback', action_id: 'answer:done', value: message, action_ts: '1795430460.1' },
      ],
    });

    test('Slack, by HTTP', async () => {
      const server = await slackServer();
      const about = await told(slackOf(server, { signingSecret: signing }));
      await isAuthentic(about, server.posts[0]?.raw ?? '');
      const press = (user: string, secret = signing) => {
        const body = new URLSearchParams({
          payload: JSON.stringify(pressOf(about, server, user)),
        }).toString();
        const timestamp = String(Math.floor(about.doors.house.clock.now() / 1000));
        const signature = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
        return about.doors.ask('/v1/channels/slack/interactions', {
          method: 'POST',
          body,
          type: 'application/x-www-form-urlencoded',
          headers: { 'X-Slack-Request-Timestamp': timestamp, 'X-Slack-Signature': `v0=${signature}` },
        });
      };
      expect((await press('U0ANA', `${signing}x`)).status).toBe(401);
      const before = (await store.read.refusedReplies(loopPrincipal, 1_000)).length;
      expect((await press('U0BOB')).status).toBe(200);
      expect((await store.read.refusedReplies(loopPrincipal, 1_000)).length).toBe(before + 1);
      expect((await press('U0ANA')).status).toBe(200);
      await isAnswered(about);
    });

    test('Slack, by Socket Mode', async () => {
      const server = await slackServer();
      const channel = slackOf(server, { appToken });
      const about = await told(channel);
      await isAuthentic(about, server.posts[0]?.raw ?? '');
      const { given, house } = about.doors;
      const held = holdConnections({ ...given, parts: house.parts, channels: [channel], language: 'en' });
      closeAfterTest({ close: () => held.stop() });
      const socket = await until('a connection', () => server.sockets[0]);
      const payload = pressOf(about, server, 'U0ANA');
      socket.say(JSON.stringify({ type: 'hello' }));
      socket.say(JSON.stringify({ type: 'interactive', envelope_id: 'e1', payload }));
      await until('an acknowledgement', () => socket.heard[0]);
      await isAnswered(about);
      await held.stop();
    });

    test.each(['comment', 'check'] as const)('GitHub, by a %s', async (pullRequests) => {
      const expires_at = new Date(Date.now() + 3_600_000).toISOString();
      const server = await openGithubServer({
        tokens: [githubToken],
        members: ['ana', 'bob'],
        installation: () => ({ status: 201, body: { token: githubToken, expires_at } }),
      });
      closeAfterTest(server);
      serial += 1;
      const pull = serial;
      server.pulls = [{ number: pull, state: 'open' }];
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const settings = {
        appId: '1',
        installationId: '2',
        privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }),
        pullRequests,
        apiUrl: server.url,
        allowPrivateNetwork: true,
      };
      const about = await told(createGithub(githubSettings.parse(settings)));
      const [run] = server.checks;
      await isAuthentic(about, run?.output.summary ?? server.written[0]?.body.body ?? '');
      let delivered = 0;
      const deliver = (login: string, over: { type?: string; secret?: string; guid?: string } = {}) => {
        delivered += 1;
        const { type = 'User', secret = webhookSecret, guid = `guid-${serial}-${delivered}` } = over;
        const shared = { repository: { full_name: githubRepository }, sender: { login, type } };
        const body = JSON.stringify(
          run === undefined
            ? {
                ...shared,
                action: 'created',
                issue: { number: pull },
                comment: {
                  id: serial * 10 + delivered,
                  body: `/foldback done ${about.code}`,
                  user: { login, type },
                },
              }
            : {
                ...shared,
                action: 'requested_action',
                check_run: { id: run.id, external_id: run.external_id },
                requested_action: { identifier: 'done' },
              },
        );
        const signature = createHmac('sha256', secret).update(body).digest('hex');
        return about.doors.ask('/v1/sources/github', {
          method: 'POST',
          body,
          headers: {
            'X-GitHub-Event': run === undefined ? 'issue_comment' : 'check_run',
            'X-GitHub-Delivery': guid,
            'X-Hub-Signature-256': `sha256=${signature}`,
          },
        });
      };
      expect((await deliver('ana', { secret: `${webhookSecret}x` })).status).toBe(401);
      const before = (await store.read.refusedReplies(loopPrincipal, 1_000)).length;
      await deliver('bob');
      expect((await store.read.refusedReplies(loopPrincipal, 1_000)).length).toBe(before + 1);
      await deliver('ana', { type: 'Bot' });
      expect((await store.read.loop(loopPrincipal, about.loop))?.loop.state).toBe('told');
      await deliver('ana', { guid: 'once' });
      await deliver('ana', { guid: 'once' });
      if (run !== undefined) await isAnswered(about);
      expect((await store.read.loop(loopPrincipal, about.loop))?.loop.state).toBe('answered');
    });

    test('e-mail: what is written back gets the link, and the link answers', async () => {
      const sink = await openSmtpSink({
        allowInsecureAuth: true,
        onAuth: (_auth, _session, done) => done(null, { user: 'u' }),
      });
      closeAfterTest(sink);
      const about = await told(createEmail(mailSettings(sink.port)));
      const [mail] = sink.mails;
      await isAuthentic(about, mail?.mail.text ?? '');
      const links = (text: string) => text.match(/https:\/\/foldback\.example\.com\/r\/[\w-]+/u)?.[0] ?? '';
      const id = mail?.header('message-id') ?? '';
      const token = await about.doors.token(['events:write']);
      const sent = await about.doors.ask('/v1/mail', {
        method: 'POST',
        token,
        type: 'message/rfc822',
        body: `From: <ana@example.com>\r\nTo: <us@corp.example>\r\nSubject: Re\r\nIn-Reply-To: ${id}\r\n\r\nDone!\r\n`,
      });
      expect(sent.json).toMatchObject({ outcome: 'answered' });
      await about.doors.house.settleDown();
      const again = sink.mails.at(-1);
      expect(again?.header('references')).toBe(mail?.header('references'));
      await answerByLink(about, links(again?.mail.text ?? ''));
    });

    test('Microsoft Teams: a card, accepted and no more, and its link answers', async () => {
      const flow = await openTeamsFlow();
      closeAfterTest(flow);
      const personUrl = `http://127.0.0.1:${flow.port}/workflows/x`;
      const about = await told(createTeams(teamsSettings.parse({ personUrl, allowPrivateNetwork: true })));
      const card = flow.posts[0] ?? '';
      await isAuthentic(about, card);
      const counts = await about.doors.ask('/v1/channels', {
        token: await about.doors.token(['messages:read']),
      });
      expect(counts.text).toContain('"id":"teams"');
      expect(
        JSON.stringify(Object(counts.json).items.find((one: { id: string }) => one.id === 'teams')),
      ).not.toContain('delivered');
      await answerByLink(about, /https:\/\/foldback\.example\.com\/r\/[\w-]+/u.exec(card)?.[0] ?? '');
    });

    test('webhook: a signed post, and its link answers', async () => {
      const posts: string[] = [];
      const server = createServer(async (request, response) => {
        posts.push((await request.toArray()).join(''));
        response.writeHead(204).end();
      });
      const url = `http://127.0.0.1:${await listen(server)}/hook`;
      closeAfterTest({ close: () => void server.close() });
      const settings = { url, secrets: hookSecret, allowPrivateNetwork: true };
      const about = await told(createWebhook(webhookSettings.parse(settings)));
      await isAuthentic(about, posts[0] ?? '');
      await answerByLink(
        about,
        /https:\/\/foldback\.example\.com\/r\/[\w-]+/u.exec(posts[0] ?? '')?.[0] ?? '',
      );
    });
  });
}
