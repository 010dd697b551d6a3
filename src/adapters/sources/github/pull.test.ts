import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { createHttpFetch } from '../../../lib/http-fetch.ts';
import type { Pulled } from '../../../ports/source.ts';
import { nextPage, pullAlerts } from './pull.ts';

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))));
});

type Answer = (request: IncomingMessage, response: ServerResponse, origin: string) => void;

/** A real server on the loopback that plays GitHub. */
async function serve(
  answer: Answer,
): Promise<{ origin: string; asked: string[]; tokens: (string | undefined)[] }> {
  const asked: string[] = [];
  const tokens: (string | undefined)[] = [];
  let origin = '';
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    tokens.push(request.headers.authorization);
    answer(request, response, origin);
  });
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  return { origin, asked, tokens };
}

const alert = (number: number, updatedAt: string, more: object = {}) => ({
  number,
  secret_type: 'example_token',
  state: 'open',
  resolution: null,
  created_at: '2024-05-01T10:00:00Z',
  updated_at: updatedAt,
  first_location_detected: { path: 'a.txt', start_line: 1, commit_sha: 'a'.repeat(40) },
  has_more_locations: false,
  ...more,
});

async function pull(
  origin: string,
  options: { repositories?: string[]; cursor?: Record<string, number> } = {},
) {
  const fetch = createHttpFetch({ allowOrigins: [origin] });
  const waits: number[] = [];
  const pulled: Pulled[] = [];
  const run = pullAlerts({
    fetch,
    baseUrl: `${origin}/api/v3/`,
    token: 'example-token',
    repositories: options.repositories ?? ['acme/shop'],
    cursors: options.cursor ?? {},
    now: () => Date.UTC(2024, 5, 1),
    wait: async (ms) => {
      waits.push(ms);
    },
  });
  for await (const item of run) pulled.push(item);
  await fetch.close();
  return { pulled, waits };
}

function numbers(pulled: readonly Pulled[]): unknown[] {
  const records = pulled.flatMap((item) => (item.kind === 'records' ? item.records : []));
  return records.map((record) =>
    typeof record === 'object' && record !== null && 'number' in record ? record.number : record,
  );
}

test('all pages are read, the repository is named in every record, and the cursor is the newest change', async () => {
  const server = await serve((request, response, origin) => {
    const page = new URL(request.url ?? '', origin).searchParams.get('page') ?? '1';
    if (page === '1')
      response.setHeader('link', `<${origin}${request.url}&page=2>; rel="next", <${origin}/x>; rel="last"`);
    response.end(
      JSON.stringify(page === '1' ? [alert(2, '2024-05-03T10:00:00Z')] : [alert(1, '2024-05-02T10:00:00Z')]),
    );
  });
  const { pulled } = await pull(server.origin);
  expect(numbers(pulled)).toEqual([2, 1]);
  expect(pulled[0]).toMatchObject({ records: [{ repository: { full_name: 'acme/shop' } }] });
  expect(pulled.at(-1)).toEqual({ kind: 'done', part: 'acme/shop', cursor: Date.UTC(2024, 4, 3, 10) });
  expect(server.asked[0]).toBe(
    '/api/v3/repos/acme/shop/secret-scanning/alerts?per_page=100&sort=updated&direction=desc',
  );
  expect(new Set(server.tokens)).toEqual(new Set(['Bearer example-token']));
});

test('what was read before is not read again', async () => {
  const server = await serve((request, response, origin) => {
    response.setHeader('link', `<${origin}${request.url}&page=2>; rel="next"`);
    response.end(JSON.stringify([alert(2, '2024-05-03T10:00:00Z'), alert(1, '2024-05-01T10:00:00Z')]));
  });
  const { pulled } = await pull(server.origin, { cursor: { 'acme/shop': Date.UTC(2024, 4, 2) } });
  expect(numbers(pulled)).toEqual([2]);
  expect(server.asked).toHaveLength(1);
});

test('a next page on another host is not followed: the token goes nowhere else', async () => {
  const elsewhere = await serve((_request, response) => response.end('[]'));
  const server = await serve((_request, response) => {
    response.setHeader('link', `<${elsewhere.origin}/api/v3/more>; rel="next"`);
    response.end(JSON.stringify([alert(1, '2024-05-03T10:00:00Z')]));
  });
  const { pulled } = await pull(server.origin);
  expect(pulled.at(-1)?.kind).toBe('done');
  expect(elsewhere.asked).toEqual([]);
  expect(
    nextPage('<https://api.github.com.evil.example/x>; rel="next"', 'https://api.github.com/y'),
  ).toBeUndefined();
  expect(nextPage('<https://user@api.github.com/x>; rel="next"', 'https://api.github.com/y')).toBeUndefined();
  expect(nextPage('<?page=2>; rel="next"', 'https://api.github.com/y')).toBe(
    'https://api.github.com/y?page=2',
  );
});

test('a limit is waited for as long as GitHub asks, and not for ever', async () => {
  let times = 0;
  const server = await serve((_request, response) => {
    times++;
    if (times === 1) response.writeHead(429, { 'retry-after': '7' }).end();
    else if (times === 2)
      response
        .writeHead(403, {
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': String(Date.UTC(2024, 5, 1) / 1000 + 30),
        })
        .end();
    else response.end('[]');
  });
  const { pulled, waits } = await pull(server.origin);
  expect(waits).toEqual([7000, 30_000]);
  expect(pulled).toEqual([{ kind: 'done', part: 'acme/shop', cursor: null }]);
  const busy = await serve((_request, response) => response.writeHead(429, { 'retry-after': '1' }).end());
  expect((await pull(busy.origin)).pulled).toEqual([
    { kind: 'failed', part: 'acme/shop', reason: 'GitHub answered 429' },
  ]);
  expect(busy.asked).toHaveLength(5);
});

test('a repository that cannot be read leaves the others; a refused token ends the pull', async () => {
  const server = await serve((request, response) => {
    if (request.url?.includes('/gone/') === true) response.writeHead(404).end();
    else if (request.url?.includes('/html/') === true) response.end('<html>');
    else response.end('[]');
  });
  const { pulled } = await pull(server.origin, {
    repositories: ['acme/../x', 'acme/gone', 'acme/html', 'acme/shop'],
  });
  expect(pulled.map((item) => item.kind)).toEqual(['failed', 'failed', 'failed', 'done']);
  const refusing = await serve((_request, response) => response.writeHead(401).end());
  expect((await pull(refusing.origin, { repositories: ['acme/a', 'acme/b'] })).pulled).toHaveLength(1);
});

test('the places of an alert are asked for where the list does not have them', async () => {
  const server = await serve((request, response) => {
    if (request.url?.includes('/locations') === true)
      response.end(JSON.stringify([{ type: 'commit', details: { path: 'a.txt' } }]));
    else
      response.end(
        JSON.stringify([
          alert(1, '2024-05-03T10:00:00Z', { has_more_locations: true }),
          alert(2, '2024-05-03T10:00:00Z'),
        ]),
      );
  });
  const { pulled } = await pull(server.origin);
  expect(pulled.map((item) => item.kind)).toEqual(['records', 'records', 'done']);
  expect(pulled[1]).toMatchObject({
    records: [{ action: 'created', alert: { number: 1 }, location: { type: 'commit' } }],
  });
});
