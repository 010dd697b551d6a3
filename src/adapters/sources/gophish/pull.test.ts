import { createServer, type Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { createHttpFetch } from '../../../lib/http-fetch.ts';
import type { PullCursors, Pulled } from '../../../ports/source.ts';
import { pull, pullSettings } from './pull-settings.ts';

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))));
});

const entry = (time: string, message = 'Clicked Link') => ({
  campaign_id: 7,
  email: 'ana@example.com',
  time,
  message,
  details: '',
});
const campaign = (timeline: readonly object[]) => ({
  id: 7,
  name: 'May',
  status: 'In progress',
  results: [],
  timeline,
});
const summary = (...campaigns: readonly object[]) => ({ total: campaigns.length, campaigns });

/** A real server on the loopback that plays GoPhish. */
async function serve(pages: Readonly<Record<string, unknown>>): Promise<{ origin: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.headers.authorization} ${request.url}`);
    const page = pages[request.url ?? ''];
    response.statusCode = typeof page === 'number' ? page : page === undefined ? 404 : 200;
    response.end(typeof page === 'string' ? page : JSON.stringify(page));
  });
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { origin: `http://127.0.0.1:${port}`, asked };
}

/** What was read of the timelines; mails have a test of their own. */
async function read(origin: string, cursors: PullCursors = {}): Promise<readonly Pulled[]> {
  return (await readAll(origin, cursors)).filter(
    (item) => !('part' in item && item.part.startsWith('mail of')),
  );
}

async function readAll(origin: string, cursors: PullCursors = {}): Promise<readonly Pulled[]> {
  const open = pull.open({ baseUrl: `${origin}/`, token: 'example-key' });
  expect(open.origins).toEqual([origin]);
  const fetch = createHttpFetch({ allowOrigins: open.origins });
  const pulled: Pulled[] = [];
  const tools = { fetch, now: () => 0, wait: async () => undefined };
  for await (const item of open.read(cursors, tools)) pulled.push(item);
  await fetch.close();
  return pulled;
}

test('every campaign is read once in full, then only what was added, until it is over', async () => {
  const first = entry('2024-05-01T10:00:00Z');
  const second = entry('2024-05-02T10:00:00.5Z');
  const pages: Record<string, unknown> = {
    '/api/campaigns/summary': summary({ id: 7, status: 'In progress' }),
    '/api/campaigns/7/results': campaign([first]),
  };
  const { origin, asked } = await serve(pages);
  const at = Date.parse('2024-05-01T10:00:00Z');
  expect(await read(origin)).toEqual([
    {
      kind: 'records',
      part: 'campaign 7',
      records: [{ id: 7, name: 'May', results: [], timeline: [first] }],
    },
    { kind: 'done', part: 'campaign 7', cursor: at },
  ]);
  expect(asked).toEqual([
    'Bearer example-key /api/campaigns/summary',
    'Bearer example-key /api/campaigns/7/results',
    'Bearer example-key /api/campaigns/7',
  ]);
  pages['/api/campaigns/7/results'] = campaign([first, second]);
  pages['/api/campaigns/summary'] = summary({ id: 7, status: 'Completed' });
  expect(await read(origin, { 'campaign 7': at + 3_600_000 })).toEqual([
    {
      kind: 'records',
      part: 'campaign 7',
      records: [{ id: 7, name: 'May', results: [], timeline: [second] }],
    },
    { kind: 'done', part: 'campaign 7', cursor: 'completed' },
  ]);
  expect(await read(origin, { 'campaign 7': 'completed' })).toEqual([]);
});

test('a campaign that cannot be read leaves the others', async () => {
  const { origin } = await serve({
    '/api/campaigns/summary': summary({ id: 8 }, { id: 7 }, { id: 6 }),
    '/api/campaigns/8/results': 500,
    '/api/campaigns/7/results': '<html>',
    '/api/campaigns/6/results': campaign([]),
  });
  expect(await read(origin)).toEqual([
    { kind: 'failed', part: 'campaign 8', reason: 'GoPhish answered 500' },
    { kind: 'failed', part: 'campaign 7', reason: expect.stringMatching(/^the answer cannot be read/u) },
    { kind: 'done', part: 'campaign 6', cursor: null },
  ]);
});

test('a refused key, and an answer of something else, end the reading and quote nothing', async () => {
  const cases: readonly (readonly [unknown, string])[] = [
    [401, 'GoPhish refused the API key (401)'],
    [{ secret: 'x' }, 'the answer is not a list of campaigns'],
    [[], 'the answer is not a list of campaigns'],
  ];
  for (const [page, reason] of cases) {
    const { origin } = await serve({ '/api/campaigns/summary': page });
    expect(await read(origin)).toEqual([{ kind: 'failed', part: 'campaigns', reason }]);
  }
  const { origin } = await serve({ '/api/campaigns/summary': { total: 0, campaigns: null } });
  expect(await read(origin)).toEqual([]);
});

test('a long timeline is handed on in pieces', async () => {
  const timeline = Array.from({ length: 1201 }, (_, n) =>
    entry(new Date(Date.UTC(2024, 4, 1) + n * 1000).toISOString()),
  );
  const { origin } = await serve({
    '/api/campaigns/summary': summary({ id: 7 }),
    '/api/campaigns/7/results': campaign(timeline),
  });
  const pulled = await read(origin);
  expect(pulled.map((item) => item.kind)).toEqual(['records', 'records', 'records', 'done']);
});

test('the mail of a campaign is read once, and nothing else of what stands beside it', async () => {
  const whole = {
    ...campaign([]),
    url: 'https://login.acme-help.test',
    page: { html: '<form>' },
    smtp: {
      from_address: 'Help Desk <help@acme-help.test>',
      password: ['not', 'for-us'].join('-'),
      headers: [{ key: 'Reply-To', value: 'x@mailbox.test' }],
    },
    template: {
      name: 'Password',
      subject: 'Hello {{.FirstName}}',
      html: '<a href="{{.URL}}">here</a>',
      text: '',
      attachments: [{ name: 'a.html', type: 'text/html', content: 'c2VjcmV0' }],
    },
  };
  const { origin } = await serve({
    '/api/campaigns/summary': summary({ id: 7 }),
    '/api/campaigns/7/results': campaign([]),
    '/api/campaigns/7': whole,
  });
  const pulled = await readAll(origin);
  expect(pulled.slice(1)).toEqual([
    {
      kind: 'campaign',
      part: 'mail of campaign 7',
      campaign: {
        id: '7',
        name: 'May',
        template: {
          subject: 'Hello {{.FirstName}}',
          html: '<a href="{{.URL}}">here</a>',
          text: '',
          from: 'Help Desk <help@acme-help.test>',
          replyTo: 'x@mailbox.test',
          url: 'https://login.acme-help.test',
          attachments: [{ name: 'a.html', type: 'text/html' }],
        },
      },
    },
    { kind: 'done', part: 'mail of campaign 7', cursor: 'kept' },
  ]);
  expect(JSON.stringify(pulled)).not.toMatch(/not-for-us|c2VjcmV0|<form>/u);
  expect(await readAll(origin, { 'mail of campaign 7': 'kept' })).toHaveLength(1);
});

test('a mail that cannot be read is asked for three times, and the timeline comes all the same', async () => {
  const { origin, asked } = await serve({
    '/api/campaigns/summary': summary({ id: 7 }),
    '/api/campaigns/7/results': campaign([]),
    '/api/campaigns/7': 500,
  });
  expect(await readAll(origin, { 'mail of campaign 7': 2 })).toEqual([
    { kind: 'done', part: 'campaign 7', cursor: null },
    { kind: 'failed', part: 'mail of campaign 7', reason: 'GoPhish answered 500' },
    { kind: 'done', part: 'mail of campaign 7', cursor: 3 },
  ]);
  expect(await readAll(origin, { 'mail of campaign 7': 3 })).toHaveLength(1);
  expect(asked.filter((line) => line.endsWith('/api/campaigns/7'))).toHaveLength(1);
});

test('settings without a key, or with an address that would show it, are refused', () => {
  const good = { baseUrl: 'https://gophish.example.com:3333', token: 'example-key' };
  expect(pullSettings.safeParse(good).success).toBe(true);
  for (const bad of [
    { baseUrl: good.baseUrl },
    { ...good, baseUrl: 'http://gophish.example.com:3333' },
    { ...good, baseUrl: 'https://user:pass@gophish.example.com' },
    { ...good, baseUrl: 'gophish.example.com' },
    { ...good, token: 'two words' },
    { ...good, extra: 1 },
  ])
    expect(pullSettings.safeParse(bad).success).toBe(false);
});
