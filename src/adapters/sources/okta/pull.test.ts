import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { createHttpFetch } from '../../../lib/http-fetch.ts';
import type { Pulled } from '../../../ports/source.ts';
import { nextPage, pullLog, triesMax } from './pull.ts';
import { pullSettings } from './pull-settings.ts';

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))));
});

const now = Date.UTC(2024, 5, 1);
type Answer = (request: IncomingMessage, response: ServerResponse, origin: string) => void;

/** A real server on the loopback that plays Okta. */
async function look(answer: Answer, cursor?: number) {
  const asked: URL[] = [];
  const tokens: (string | undefined)[] = [];
  let origin = '';
  const server = createServer((request, response) => {
    asked.push(new URL(request.url ?? '', origin));
    tokens.push(request.headers.authorization);
    answer(request, response, origin);
  });
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const fetch = createHttpFetch({ allowOrigins: [origin] });
  const waits: number[] = [];
  const pulled: Pulled[] = [];
  const run = pullLog({
    fetch,
    baseUrl: `${origin}/`,
    token: 'example-token',
    cursors: cursor === undefined ? {} : { 'system-log': cursor },
    now: () => now,
    wait: async (ms) => {
      waits.push(ms);
    },
  });
  for await (const item of run) pulled.push(item);
  await fetch.close();
  return { pulled, waits, asked, tokens };
}

const log = (published: string) => ({ eventType: 'user.session.start', published, uuid: published });

test('all pages are read from the cursor on, and the newest event is the next cursor', async () => {
  const { pulled, asked, tokens } = await look(
    (request, response, origin) => {
      const isFirst = !(request.url ?? '').includes('after=');
      if (isFirst)
        response.setHeader('link', [
          `<${origin}${request.url}>; rel="self"`,
          `<${origin}/api/v1/logs?after=x>; rel="next"`,
        ]);
      response.end(JSON.stringify([log(isFirst ? '2024-05-31T10:00:00.000Z' : '2024-05-31T11:00:00.000Z')]));
    },
    Date.UTC(2024, 4, 31),
  );
  expect(pulled.map(({ kind }) => kind)).toEqual(['records', 'records', 'done']);
  expect(pulled.at(-1)).toEqual({ kind: 'done', part: 'system-log', cursor: Date.UTC(2024, 4, 31, 11) });
  expect(asked[0]?.searchParams.get('since')).toBe('2024-05-30T23:50:00.000Z');
  expect(asked[0]?.searchParams.get('until')).toBe('2024-06-01T00:00:00.000Z');
  expect(new Set(tokens)).toEqual(new Set(['SSWS example-token']));
});

test('without a cursor it begins where the log begins, and an event of the future moves nothing past now', async () => {
  const { pulled, asked } = await look((_, response) =>
    response.end(JSON.stringify([log('2030-01-01T00:00:00Z'), null])),
  );
  expect(asked[0]?.searchParams.get('since')).toBe('2024-03-03T00:00:00.000Z');
  expect(pulled.at(-1)).toMatchObject({ kind: 'done', cursor: now });
  const nothing = await look((_, response) => response.end('[]'));
  expect(nothing.pulled).toEqual([{ kind: 'done', part: 'system-log', cursor: null }]);
});

test('a limit is waited for until it ends, and not for ever', async () => {
  let answers = 0;
  const { pulled, waits } = await look((_, response) => {
    answers += 1;
    if (answers === 1) response.writeHead(429, { 'x-rate-limit-reset': String(now / 1000 + 30) });
    response.end('[]');
  });
  expect(waits).toEqual([30_000]);
  expect(pulled.at(-1)?.kind).toBe('done');
  const spent = await look((_, response) => response.writeHead(429).end());
  expect(spent.asked).toHaveLength(triesMax);
  expect(spent.pulled).toEqual([{ kind: 'failed', part: 'system-log', reason: 'Okta answered 429' }]);
});

test('a refused token, and an answer that is no list, are told without quoting either', async () => {
  for (const [status, body, reason] of [
    [401, '{"errorCode":"example-token"}', 'Okta refused the token (401)'],
    [403, '{}', 'the token may not read the System Log (403)'],
    [200, '{"secret":"example-token"}', 'the answer is not a list of log events'],
  ] as const) {
    const { pulled } = await look((_, response) => response.writeHead(status).end(body));
    expect(pulled).toEqual([{ kind: 'failed', part: 'system-log', reason }]);
  }
});

test('the next page is followed on the same origin only', () => {
  const url = 'https://acme.okta.example/api/v1/logs?limit=1';
  expect(nextPage('<https://acme.okta.example/a,b?after=1>; rel="next"', url)).toBe(
    'https://acme.okta.example/a,b?after=1',
  );
  expect(nextPage('<https://evil.example/a>; rel="next"', url)).toBeUndefined();
  expect(nextPage('<https://acme.okta.example/a>; rel="self"', url)).toBeUndefined();
  expect(nextPage(undefined, url)).toBeUndefined();
});

test('the address is https, and the token is one word', () => {
  const good = { baseUrl: 'https://acme.okta.example/', token: 'example-token' };
  expect(pullSettings.parse(good).baseUrl).toBe('https://acme.okta.example');
  for (const bad of [{ baseUrl: 'http://acme.okta.example' }, { token: 'two words' }, { more: 1 }])
    expect(pullSettings.safeParse({ ...good, ...bad }).success).toBe(false);
});
