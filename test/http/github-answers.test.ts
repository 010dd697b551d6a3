import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createGithub, githubSettings } from '../../src/adapters/channels/github/index.ts';
import { readCommand } from '../../src/adapters/sources/github/command.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { answerLabels } from '../../src/pages/answer-labels.ts';
import type { Store } from '../../src/ports/store.ts';
import { testPageWords } from '../fixtures/page-words.ts';
import {
  type GithubServer,
  githubCommit,
  githubRepository,
  openGithubServer,
} from '../support/github-server.ts';
import { day, fakeSecret, hour, leak, monday } from '../support/house.ts';
import { closeAfterTest } from '../support/http-servers.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { type Answer, type Doors, openDoors, webhookSecret } from './doors.ts';

// An obvious fake, put together at run time.
const token = ['ghs', 'fake0of0a0test'].join('_');

let store: Store;
let server: GithubServer;
let doors: Doors;
let open: (recipientsSignIn: boolean) => Doors;
let serial = 1_900;
beforeAll(async () => {
  store = await lendEmbedded();
});
afterAll(() => store?.close());
beforeEach(async () => {
  server = await openGithubServer({ tokens: [token], members: ['ana', 'bob', 'dora'] });
  const channel = createGithub(
    githubSettings.parse({ token, apiUrl: server.url, allowPrivateNetwork: true, timeoutMs: 5_000 }),
  );
  closeAfterTest({ close: () => channel.close?.() });
  closeAfterTest(server);
  open = (recipientsSignIn) =>
    openDoors({
      store,
      recipientsSignIn,
      channels: [channel],
      delivery: {
        channel: 'github',
        perPersonPerDayMax: 500,
        snooze: { timesMax: 2, daysMax: 10, below: 'critical' },
      },
      answerLabels: () => answerLabels(testPageWords),
    });
  doors = open(false);
});

type Told = { readonly loop: string; readonly code: string; readonly number: number };

/** A leak whose author was told of it on a pull request of its own. */
async function told(number = 3_000 + serial): Promise<Told> {
  serial += 1;
  server.pulls = [{ number, state: 'open' }];
  const event = leak({
    at: monday - hour,
    receivedAt: monday,
    secret: fakeSecret(serial),
    file: `github${serial}.py`,
    repository: githubRepository,
    commit: githubCommit,
    author: 'ana',
  });
  const { loops } = await ingest(doors.house.parts, {
    source: 'scanner',
    receivedAt: monday,
    mode: 'live',
    events: [event],
  });
  await doors.house.settleDown();
  const story = await storyOf(loops[0] ?? '');
  expect(story?.messages[0]).toMatchObject({ state: 'accepted', reference: `${githubRepository}#${number}` });
  return { loop: loops[0] ?? '', code: story?.loop.caseCode ?? '', number };
}

const storyOf = (loop: string) => store.read.loop(loopPrincipal, loop);
const answersOf = async (loop: string) => (await storyOf(loop))?.replies.map(({ answer }) => answer);
const refused = async () => (await store.read.refusedReplies(loopPrincipal, 1_000)).length;

type Comment = {
  readonly event?: string;
  readonly login?: string;
  readonly sender?: string;
  readonly type?: string;
  readonly action?: string;
  readonly repository?: string;
  readonly secret?: string;
  readonly id?: number;
};

let delivered = 0;
/** As GitHub delivers a comment. */
function comment(number: number, body: string, given: Comment = {}): Promise<Answer> {
  const { event = 'issue_comment', login = 'ana', type = 'User', action = 'created', id } = given;
  delivered += 1;
  const text = JSON.stringify({
    action,
    issue: { number, title: 'x', user: { login: 'bob' }, pull_request: {} },
    pull_request: { number },
    comment: {
      id: id ?? 7_000 + delivered,
      body,
      commit_id: githubCommit,
      user: { login, type },
      created_at: '2026-11-23T10:00:00Z',
    },
    repository: { full_name: given.repository ?? githubRepository },
    sender: { login: given.sender ?? login, type },
  });
  const signature = createHmac('sha256', given.secret ?? webhookSecret)
    .update(text)
    .digest('hex');
  return doors.ask('/v1/sources/github', {
    method: 'POST',
    body: text,
    type: 'application/json',
    headers: {
      'X-GitHub-Event': event,
      'X-GitHub-Delivery': `delivery-${process.pid}-${delivered}`,
      'X-Hub-Signature-256': `sha256=${signature}`,
    },
  });
}

describe('a comment where the message stands', () => {
  test.each([
    ['/foldback done', 'done'],
    ['/foldback help', 'need-help'],
    ['/foldback not-mine', 'not-mine'],
    ['Looked at it.\r\n\r\n/foldback WRONG it is a sample\r\nthanks', 'wrong'],
  ])('%j of its recipient is taken', async (body, answer) => {
    const { loop, number } = await told();
    expect((await comment(number, body)).status).toBe(202);
    expect(await answersOf(loop)).toEqual([answer]);
  });

  test('that burdens somebody else is taken with a login only, where recipients can sign in', async () => {
    doors = open(true);
    const { loop, number } = await told();
    expect((await comment(number, '/foldback not-mine bob')).status).toBe(202);
    expect(await answersOf(loop)).toEqual([]);
    expect(doors.logged.join('')).toContain('sign-in-first');
    expect((await comment(number, '/foldback done')).status).toBe(202);
    expect(await answersOf(loop)).toEqual(['done']);
  });

  test('puts the words off for a time of the list, once, and for nothing else that is written', async () => {
    const { loop, number } = await told();
    const snoozes = async () => (await storyOf(loop))?.loop.facts.snoozes ?? [];
    await comment(number, '/foldback snooze for ten years');
    expect(await snoozes()).toEqual([]);
    await comment(number, '/foldback snooze 3d', { login: 'bob' });
    expect(await snoozes()).toEqual([]);
    await comment(number, '/foldback snooze 3d', { id: 43 });
    await comment(number, '/foldback snooze 3d', { id: 43 });
    expect(await snoozes()).toMatchObject([{ by: { id: 'ana' }, until: Date.UTC(2026, 10, 26, 9) }]);
  });

  test('keeps its reason, without secrets', async () => {
    const { loop, number, code } = await told();
    const key = ['AKIA', 'QYLPMN5HFAKEFAKE'].join('');
    await comment(number, `/foldback wrong ${code} only a sample ${key}`);
    const reply = JSON.stringify((await storyOf(loop))?.replies[0]?.body);
    expect(reply).toContain('only a sample');
    expect(reply).not.toContain(key);
  });

  test('counts once, however often it is delivered', async () => {
    const { loop, number } = await told();
    await comment(number, '/foldback done', { id: 42 });
    await comment(number, '/foldback done', { id: 42 });
    expect(await answersOf(loop)).toEqual(['done']);
  });

  test('of a review is taken too, and one on the commit', async () => {
    const review = await told();
    await comment(review.number, '/foldback done', { event: 'pull_request_review_comment' });
    expect(await answersOf(review.loop)).toEqual(['done']);
  });

  test('must say which case where several wait, and takes that one', async () => {
    const first = await told(77);
    const second = await told(77);
    await comment(77, '/foldback done');
    expect(await answersOf(first.loop)).toEqual([]);
    await comment(77, `/foldback done ${second.code.toLowerCase()}`);
    expect(await answersOf(first.loop)).toEqual([]);
    expect(await answersOf(second.loop)).toEqual(['done']);
    await comment(77, '/foldback help');
    expect(await answersOf(first.loop)).toEqual(['need-help']);
  });
});

describe('nothing is taken', () => {
  test('from anybody else, and that is recorded once', async () => {
    const { loop, number, code } = await told();
    const before = await refused();
    await comment(number, '/foldback done', { login: 'bob' });
    await comment(number, `/foldback done ${code}`, { login: 'bob' });
    expect(await refused()).toBe(before + 1);
    await comment(number, '/foldback done', { login: 'mallory' });
    expect(await refused()).toBe(before + 2);
    expect(await answersOf(loop)).toEqual([]);
  });

  test.each([
    ['that was edited', '/foldback done', { action: 'edited' }],
    ['of a machine', '/foldback done', { type: 'Bot' }],
    ['that somebody else sends', '/foldback done', { sender: 'mallory' }],
    ['of another event', '/foldback done', { event: 'issues' }],
    ['in another repository', '/foldback done', { repository: 'mallory/shop-api' }],
    ['that quotes one', '> /foldback done', {}],
    ['that tells of one', 'please write /foldback done', {}],
    ['that asks for what needs the page', '/foldback not-me', {}],
    ['that accepts a risk', '/foldback accept-risk', {}],
    ['of a word of the language', '/foldback constructor', {}],
    ['about a case that is not there', '/foldback done FB-00000-00000', {}],
  ] as const)('of a comment %s', async (_name, body, given) => {
    const { loop, number } = await told();
    expect((await comment(number, body, given)).status).toBe(202);
    expect(await answersOf(loop)).toEqual([]);
  });

  test('in another thread, though the code is right', async () => {
    const { loop, code, number } = await told();
    await comment(number + 500, `/foldback done ${code}`);
    expect(await answersOf(loop)).toEqual([]);
  });

  test('without the signature of GitHub', async () => {
    const { loop, number } = await told();
    expect((await comment(number, '/foldback done', { secret: 'another-secret-of-a-test' })).status).toBe(
      401,
    );
    expect(await answersOf(loop)).toEqual([]);
  });

  test('after the time to answer', async () => {
    const { loop, number } = await told();
    doors.house.clock.pass(15 * day);
    await comment(number, '/foldback done');
    expect(await answersOf(loop)).toEqual([]);
  });
});

test('what our own messages offer is no command', async () => {
  await told();
  const { body = '' } = server.written[0]?.body ?? {};
  expect(body).toContain('/foldback done FB-');
  expect(readCommand(body)).toBeUndefined();
});
