import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { createClient, DeniedError, type PolicyClient, type PolicyQuestion } from 'foldback/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { Store } from '../../src/ports/store.ts';
import { type Doors, openDoors } from '../http/doors.ts';
import { lendEmbedded } from '../support/lent-stores.ts';

let store: Store;
let doors: Doors;
let server: Server;
let url = '';
let client: PolicyClient;

beforeAll(async () => {
  store = await lendEmbedded();
  doors = openDoors({ store });
  server = createServer(getRequestListener(doors.app.fetch));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  client = createClient({ url, token: await doors.token(['policy:enforce']), timeoutMs: 20_000 });
});
afterAll(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
  await store?.close();
});

const token: PolicyQuestion = {
  subject: { type: 'workload', id: 'svc-release' },
  action: { name: 'issue_token' },
  resource: { type: 'environment', id: 'production' },
};

async function denialsStored(): Promise<number> {
  await doors.house.settleDown();
  const page = await store.read.loops(loopPrincipal, { limit: 50, behaviour: 'denied-by-policy' });
  return page.items.reduce((sum, { facts }) => sum + facts.sightings, 0);
}

test('a token for production is denied unless it was approved, with the reason and the way', async () => {
  expect(await client.check(token)).toMatchObject({
    allowed: false,
    isUnavailable: false,
    reason: expect.stringMatching(/\w/u),
    instead: [expect.any(String), expect.any(String)],
    ask: expect.any(String),
    ruleClass: 'token-outside-approved-path',
    scope: 'call',
    retryable: true,
    lesson: expect.stringContaining('production-token-unapproved@'),
  });
  expect(await client.check({ ...token, context: { approved: true } })).toMatchObject({ allowed: true });
});

test('a question is held against nobody, an attempt is', async () => {
  const before = await denialsStored();
  await client.check(token);
  expect(await denialsStored()).toBe(before);
  await expect(client.enforce(token)).rejects.toBeInstanceOf(DeniedError);
  expect(await denialsStored()).toBe(before + 1);
});

test('without the scope an attempt is refused, and puts a failure on nobody', async () => {
  const before = await denialsStored();
  for (const scope of ['policy:evaluate', 'loops:read'] as const) {
    const other = createClient({ url, token: await doors.token([scope]), timeoutMs: 20_000 });
    expect(await other.attempt(token)).toMatchObject({
      allowed: false,
      isUnavailable: scope === 'loops:read',
    });
  }
  expect(await denialsStored()).toBe(before);
});
