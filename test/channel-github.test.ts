import { generateKeyPairSync } from 'node:crypto';
import { jwtVerify } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import { createGithub, githubSettings } from '../src/adapters/channels/github/index.ts';
import { codeSpan, markdownLine, markdownText } from '../src/adapters/channels/github/markdown.ts';
import { positionOf } from '../src/adapters/channels/github/place.ts';
import type { Channel, Delivery } from '../src/ports/channel.ts';
import { hostileText, usualMessage } from './contracts/channel-contract.ts';
import { showMarkdown } from './support/github-markdown.ts';
import {
  type GithubServer,
  githubCommit,
  githubPatch,
  githubRepository,
  openGithubServer,
} from './support/github-server.ts';

const token = ['ghs', 'fake0of0a0test'].join('_');
const root = `/repos/${githubRepository}`;
const opened: { close?(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close?.();
});

async function openBoth(): Promise<{ readonly server: GithubServer; readonly channel: Channel }> {
  const server = await openGithubServer({ tokens: [token] });
  const channel = createGithub(
    githubSettings.parse({ token, apiUrl: server.url, allowPrivateNetwork: true, timeoutMs: 1_000 }),
  );
  opened.push(channel, server);
  return { server, channel };
}

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

describe('a message is written', () => {
  test('on the pull request that brings the commit', async () => {
    const { server, channel } = await openBoth();
    server.pulls = [
      { number: 7, state: 'closed' },
      { number: 8, state: 'open', base: 'public/fork' },
      { number: 9, state: 'open' },
    ];
    expect(await channel.send(delivery())).toEqual({ kind: 'accepted', reference: `${githubRepository}#9` });
    expect(server.written[0]?.path).toBe(`${root}/issues/9/comments`);
    expect(server.written[0]?.body.body).toContain('\n\n@ana\n\n');
  });

  test('on the line of the commit when no pull request is open', async () => {
    const { server, channel } = await openBoth();
    const reference = `${githubRepository}@${githubCommit}`;
    expect(await channel.send(delivery())).toEqual({ kind: 'accepted', reference });
    expect(server.written[0]?.body).toMatchObject({ path: 'deploy/settings.py', position: 3 });
    await channel.send(
      delivery({ messageId: 'b', ...at({ repository: githubRepository, commit: githubCommit }) }),
    );
    expect(server.written[1]?.body.path).toBeUndefined();
  });

  test.each([
    ['no commit', { repository: githubRepository }],
    ['a commit that GitHub does not have', { repository: githubRepository, commit: '0a'.repeat(20) }],
    ['a commit that is none', { repository: githubRepository, commit: '../../../user' }],
  ])('as an issue of the recipient when there is %s', async (_name, place) => {
    const { server, channel } = await openBoth();
    expect(await channel.send(delivery(at(place)))).toEqual({
      kind: 'accepted',
      reference: `${githubRepository}#101`,
    });
    expect(server.written[0]).toMatchObject({ path: `${root}/issues`, body: { assignees: ['ana'] } });
  });

  test('with the answers that a comment can give, and never with the link of the recipient', async () => {
    const { server, channel } = await openBoth();
    await channel.send(delivery());
    const { body = '' } = server.written[0]?.body ?? {};
    for (const word of ['done', 'help', 'not-mine', 'wrong'])
      expect(body).toContain(`\`/foldback ${word} FB-7F3K\``);
    expect(body).not.toContain('not-me');
    expect(body).not.toContain('/r/');
  });
});

describe('nothing is written', () => {
  test.each([
    ['a public repository', { private: false, visibility: 'public' }, /public/u],
    ['a repository that calls itself both', { private: true, visibility: 'public' }, /public/u],
    ['an archived repository', { archived: true }, /archived/u],
  ])('into %s', async (_name, over, reason) => {
    const { server, channel } = await openBoth();
    Object.assign(server.repository, over);
    const result = await channel.send(delivery());
    expect(result).toMatchObject({ kind: 'refused', reason: expect.stringMatching(reason) });
    expect(server.calls).toEqual([`GET ${root}`]);
  });

  test.each([
    ['is not about a repository', at(undefined)],
    ['is about a path that is no repository', at({ repository: '../user' })],
    ['is about a repository that is not there', at({ repository: 'acme/other' })],
    [
      'is for somebody who does not work there',
      { recipient: { ...delivery().recipient, accounts: [{ system: 'github', name: 'mallory' }] } },
    ],
    ['is for a team', { recipient: { ...delivery().recipient, kind: 'team' as const } }],
    [
      'is for an account that is none',
      { recipient: { ...delivery().recipient, accounts: [{ system: 'github', name: '../x' }] } },
    ],
  ])('that %s', async (_name, over) => {
    const { server, channel } = await openBoth();
    expect((await channel.send(delivery(over))).kind).toBe('refused');
    expect(server.written).toEqual([]);
  });
});

describe('nothing is said twice', () => {
  test('when GitHub writes a comment and answers with a fault', async () => {
    const { server, channel } = await openBoth();
    server.meet('takes-then-fails');
    expect((await channel.send(delivery())).kind).toBe('accepted');
    server.meet('usual');
    expect((await channel.send(delivery({ attempt: 2 }))).kind).toBe('accepted');
    expect(server.written).toHaveLength(1);
  });

  test('when its pull request was opened between two attempts', async () => {
    const { server, channel } = await openBoth();
    await channel.send(delivery());
    server.pulls = [{ number: 9, state: 'open' }];
    expect(await channel.send(delivery({ attempt: 2 }))).toEqual({
      kind: 'accepted',
      reference: `${githubRepository}@${githubCommit}`,
    });
    expect(server.written).toHaveLength(1);
  });

  test('and it is found among hundreds of other comments, but not where somebody quotes its marker', async () => {
    const { server, channel } = await openBoth();
    const list = `${root}/commits/${githubCommit}/comments`;
    for (let n = 0; n < 150; n += 1) server.say(list, `comment ${n}`);
    server.say(list, `look: <!-- foldback:message:${'a'.repeat(32)} -->`);
    expect(await channel.lookup?.(delivery())).toBe('absent');
    await channel.send(delivery());
    expect(await channel.lookup?.(delivery())).toBe('arrived');
    for (let n = 0; n < 1_000; n += 1) server.say(`${root}/issues`, `issue ${n}`);
    expect(await channel.lookup?.(delivery({ messageId: 'other' }))).toBe('unknown');
  });
});

describe('limits', () => {
  const epoch = delivery().at / 1000;
  test.each([
    [
      { status: 429, headers: { 'retry-after': '30' } },
      { kind: 'retry', afterSeconds: 30 },
    ],
    [
      { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(epoch + 90) } },
      { kind: 'retry', afterSeconds: 90 },
    ],
    [
      { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '99999999999' } },
      { kind: 'retry', afterSeconds: 3_600 },
    ],
    [{ status: 403 }, { kind: 'refused' }],
    [{ status: 401 }, { kind: 'retry' }],
    [{ status: 422 }, { kind: 'refused' }],
  ])('%o is %o', async (met, wanted) => {
    for (const which of ['writing', 'all'] as const) {
      const { server, channel } = await openBoth();
      server.meet(met, which);
      expect(await channel.send(delivery())).toMatchObject(wanted);
      expect(server.written).toEqual([]);
    }
  });
});

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

describe('text stays text', () => {
  const tried = [
    hostileText,
    '@octocat @acme/team Fixes #12, closes acme/shop#3 GH-14 JIRA-99 resolves https://github.com/a/b/issues/1',
    'c0ffee1234567 c0ffeec0ffeec0ffeec0ffeec0ffeec0ffeec0ff a/b@c0ffee1234567',
    '- [ ] task',
    '* [x] done',
    '1. one',
    '1) one',
    '# head',
    '> quote',
    '+ plus',
    '=== x',
    '---',
    '***',
    '| a | b |\n| - | - |\n| c | d |',
    '```js\ncode\n```',
    '~~~\nx',
    '    four blanks',
    '[^1]: note',
    '[x]: https://evil.example',
    ':rocket: $x^2$ $$y$$ `a` ``',
    '&#64;octocat &commat;octocat &lt;b&gt; &copy;',
    '\\@octocat \\\\[x](y)',
    '<!-- foldback:message:x -->',
    '![x][y] [x] [x][y] <https://evil.example> a@b.example ~~gone~~ **b** __b__ _i_',
    'HTTP://EVIL.EXAMPLE ftp://evil.example WWW.evil.example xmpp:a@b.example/c',
  ];
  test.each(tried)('%s', (text) => {
    for (const body of [markdownText(text, 4_000), markdownLine(text, 4_000), `- ${codeSpan(text, 4_000)}`]) {
      const { links, elements } = showMarkdown(body);
      expect(links).toEqual([]);
      expect(elements.filter((name) => name !== 'ul' && name !== 'li' && name !== 'p')).toEqual([]);
    }
    expect(showMarkdown(markdownText(text, 4_000)).elements.every((name) => name === 'p')).toBe(true);
  });

  test('and what people must copy is whole', () => {
    expect(codeSpan('c0ffee1234567', 100)).toBe('`c0ffee1234567`');
    expect(showMarkdown(codeSpan('a `b` ``c', 100)).text.trim()).toBe('a `b` ``c');
    expect(codeSpan('', 100)).toBe('–');
  });
});

test('a line stands in a patch where GitHub counts it', () => {
  expect(positionOf(githubPatch, 1)).toBe(1);
  expect(positionOf(githubPatch, 3)).toBe(3);
  expect(positionOf(githubPatch, 4)).toBe(5);
  expect(positionOf(`${githubPatch}\n@@ -10,2 +12,2 @@ def x():\n a\n+b`, 13)).toBe(8);
  expect(positionOf(githubPatch, 99)).toBeUndefined();
  expect(positionOf('', 1)).toBeUndefined();
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
