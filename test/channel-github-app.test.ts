import { generateKeyPairSync } from 'node:crypto';
import { jwtVerify } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import { createGithub, githubSettings } from '../src/adapters/channels/github/index.ts';
import type { Channel, Delivery } from '../src/ports/channel.ts';
import { hostileText, usualMessage } from './contracts/channel-messages.ts';
import { showMarkdown } from './support/github-markdown.ts';
import {
  type GithubServer,
  githubCommit,
  githubRepository,
  openGithubServer,
} from './support/github-server.ts';

const token = ['ghs', 'fake0of0a0test'].join('_');
const opened: { close?(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close?.();
});

const delivery = (over: Partial<Delivery> = {}): Delivery => ({
  messageId: 'a'.repeat(32),
  recipient: {
    id: 'ana',
    kind: 'person',
    name: 'Ana',
    accounts: [{ system: 'github', name: 'ana' }],
  },
  message: usualMessage,
  attempt: 1,
  at: Date.UTC(2026, 10, 23, 10, 41),
  ...over,
});
const at = (place: Delivery['message']['place']): Partial<Delivery> => {
  const { place: _place, ...rest } = usualMessage;
  return { message: place === undefined ? rest : { ...rest, place } };
};

describe('an App', () => {
  test('proves itself once, and its token is kept until shortly before its end', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const assertions: string[] = [];
    let endsIn = 3_600_000;
    const server = await openGithubServer({
      tokens: [token],
      installation(assertion) {
        assertions.push(assertion);
        const expires_at = new Date(Date.now() + endsIn).toISOString();
        return { status: 201, body: { token, expires_at } };
      },
    });
    for (const type of ['pkcs1', 'pkcs8'] as const) {
      const channel = createGithub(
        githubSettings.parse({
          appId: '12',
          installationId: '34',
          privateKey: privateKey.export({ type, format: 'pem' }).toString(),
          apiUrl: server.url,
          allowPrivateNetwork: true,
        }),
      );
      opened.push(channel);
      assertions.length = 0;
      const all = ['a', 'b', 'c'].map((messageId) => channel.send(delivery({ messageId: messageId + type })));
      expect((await Promise.all(all)).map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'accepted']);
      expect(assertions).toHaveLength(1);
      const { payload } = await jwtVerify(assertions[0] ?? '', publicKey, {
        algorithms: ['RS256'],
        issuer: '12',
      });
      expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeLessThanOrEqual(600);
      expect(await channel.checkSetup()).toEqual([]);
    }
    endsIn = 60_000;
    assertions.length = 0;
    const brief = createGithub(
      githubSettings.parse({
        appId: '12',
        installationId: '34',
        privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
        apiUrl: server.url,
        allowPrivateNetwork: true,
      }),
    );
    opened.push(brief, server);
    await brief.checkSetup();
    await brief.checkSetup();
    expect(assertions).toHaveLength(2);
  });

  test.each([
    [[34], 'accepted', ''],
    [[], 'retry', 'installed nowhere'],
    [[34, 35], 'retry', 'installationId'],
  ] as const)('finds where it is installed by itself: %o', async (installations, kind, reason) => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    const server = await openGithubServer({
      tokens: [token],
      installation: () => ({ status: 201, body: { token, expires_at } }),
      installations,
    });
    const channel = createGithub(
      githubSettings.parse({
        appId: '12',
        privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
        apiUrl: server.url,
        allowPrivateNetwork: true,
      }),
    );
    opened.push(channel, server);
    const result = await channel.send(delivery());
    expect(result.kind).toBe(kind);
    expect(JSON.stringify(result)).toContain(reason);
    expect(server.calls.includes('POST /app/installations/34/access_tokens')).toBe(kind === 'accepted');
  });

  test('whose key or installation is wrong sends nothing and says nothing of the key', async () => {
    const server = await openGithubServer({ tokens: [token], installation: () => ({ status: 404 }) });
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    for (const key of ['not a key', pem]) {
      const channel = createGithub(
        githubSettings.parse({
          appId: '12',
          installationId: '34',
          privateKey: key,
          apiUrl: server.url,
          allowPrivateNetwork: true,
        }),
      );
      opened.push(channel);
      const result = await channel.send(delivery());
      expect(result.kind).toBe('retry');
      expect(JSON.stringify([result, await channel.checkSetup()])).not.toContain(key);
    }
    opened.push(server);
    expect(server.written).toEqual([]);
  });
});

describe('a check run', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  async function openApp(): Promise<{ readonly server: GithubServer; readonly channel: Channel }> {
    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    const server = await openGithubServer({
      tokens: [token],
      installation: () => ({ status: 201, body: { token, expires_at } }),
    });
    server.pulls = [{ number: 9, state: 'open' }];
    const channel = createGithub(
      githubSettings.parse({
        appId: '1',
        installationId: '2',
        privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }),
        pullRequests: 'check',
        apiUrl: server.url,
        allowPrivateNetwork: true,
        timeoutMs: 1_000,
      }),
    );
    opened.push(channel, server);
    return { server, channel };
  }
  const spots = (count: number) =>
    at({
      repository: githubRepository,
      commit: githubCommit,
      spots: Array.from({ length: count }, (_, n) => ({ file: `src/${n}.py`, line: n + 1 })),
    });

  test('stands on the commit of an open pull request, with the line and three answers, and links to no page of the recipient', async () => {
    const { server, channel } = await openApp();
    const result = await channel.send(delivery());
    const [run] = server.checks;
    expect(result).toEqual({ kind: 'accepted', reference: `${githubRepository}!${run?.id}` });
    expect(run).toMatchObject({
      name: 'Foldback FB-7F3K',
      head_sha: githubCommit,
      conclusion: 'action_required',
      output: { annotations: [{ path: 'deploy/settings.py', start_line: 3, end_line: 3 }] },
    });
    expect(run?.actions.map(({ identifier }) => identifier)).toEqual(['done', 'help', 'not-mine']);
    expect(run?.raw).not.toContain('/r/');
    expect(server.written).toEqual([]);
  });

  test.each([
    [1, 1],
    [50, 1],
    [51, 2],
    [120, 3],
    [2_000, 10],
  ])('with %i places is written in %i calls of at most fifty annotations', async (places, calls) => {
    const { server, channel } = await openApp();
    await channel.send(delivery(spots(places)));
    expect(server.checks).toHaveLength(1);
    expect(server.checks[0]).toMatchObject({ calls });
    expect(server.checks[0]?.output.annotations).toHaveLength(Math.min(places, 500));
  });

  test('says in the place of the earlier one that it is fixed', async () => {
    const { server, channel } = await openApp();
    await channel.send(delivery());
    await channel.send(
      delivery({
        messageId: 'b'.repeat(32),
        message: { ...usualMessage, moment: 'verified', answers: [] },
      }),
    );
    const [first, second] = server.checks;
    expect(second).toMatchObject({ name: first?.name, conclusion: 'success', actions: [] });
  });

  test.each(['takes-then-silent', 'takes-then-drops'] as const)(
    'that GitHub took and never confirmed (%s) is found by its message, and not written twice',
    async (manner) => {
      const { server, channel } = await openApp();
      server.meet(manner);
      expect((await channel.send(delivery())).kind).toBe('uncertain');
      server.meet('usual');
      expect(await channel.lookup?.(delivery())).toBe('arrived');
      expect(await channel.lookup?.(delivery({ messageId: 'c'.repeat(32) }))).toBe('absent');
      const again = await channel.send(delivery({ attempt: 2 }));
      expect(again).toEqual({ kind: 'accepted', reference: `${githubRepository}!${server.checks[0]?.id}` });
      expect(server.checks).toHaveLength(1);
    },
  );

  test.each([{ status: 422 }, 'takes-then-drops', 'takes-then-fails'] as const)(
    'whose later annotations are not taken (%o) is accepted, and it is said how many stand there',
    async (manner) => {
      const { server, channel } = await openApp();
      server.meet(manner, 'adding');
      const spots = Array.from({ length: 120 }, (_, n) => ({ file: 'deploy/settings.py', line: n + 1 }));
      const place = { repository: githubRepository, commit: githubCommit, spots };
      const result = await channel.send(delivery({ message: { ...usualMessage, place } }));
      expect(result).toMatchObject({
        kind: 'accepted',
        note: expect.stringMatching(/^50 of 120 places are annotated for certain: /u),
      });
      expect(server.calls.filter((call) => call.startsWith('PATCH'))).toHaveLength(1);
    },
  );

  test('is a comment or an issue where no pull request is open, and nothing in public', async () => {
    const { server, channel } = await openApp();
    server.pulls = [];
    await channel.send(delivery());
    expect(server.written).toHaveLength(1);
    Object.assign(server.repository, { private: false, visibility: 'public' });
    expect((await channel.send(delivery({ messageId: 'd' }))).kind).toBe('refused');
    expect(server.checks).toEqual([]);
  });

  test('keeps hostile text within its limits, as text', async () => {
    const { server, channel } = await openApp();
    const message = {
      ...usualMessage,
      subject: hostileText.repeat(20),
      caseCode: 'FB-7F3K',
      answerLabels: { done: hostileText, 'need-help': hostileText, 'not-mine': hostileText },
    };
    expect((await channel.send(delivery({ message }))).kind).toBe('accepted');
    const [run] = server.checks;
    const said = JSON.stringify([run?.output.title, run?.output.annotations, run?.actions]);
    expect(said).not.toMatch(/https?:\/\/evil|[\u202a-\u202e\u2066-\u2069]|www\.evil/u);
    expect(showMarkdown(run?.output.summary ?? '').links).not.toContain('https://evil.example');
  });

  test('needs an App: a plain token may not ask for it', () => {
    expect(githubSettings.safeParse({ token, pullRequests: 'check' }).success).toBe(false);
  });
});
