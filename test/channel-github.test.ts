import { afterEach, describe, expect, test } from 'vitest';
import { createGithub, githubSettings } from '../src/adapters/channels/github/index.ts';
import { codeSpan, markdownLine, markdownText } from '../src/adapters/channels/github/markdown.ts';
import { positionOf } from '../src/adapters/channels/github/place.ts';
import type { Channel, Delivery } from '../src/ports/channel.ts';
import { hostileText, usualMessage } from './contracts/channel-messages.ts';
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
