import { afterAll, beforeAll, expect, test } from 'vitest';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { Store } from '../../src/ports/store.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { type Doors, openDoors } from './doors.ts';

let store: Store;
let doors: Doors;
let token: string;
beforeAll(async () => {
  store = await lendEmbedded();
  doors = openDoors({ store });
  token = await doors.token(['events:write']);
});
afterAll(() => store?.close());

const asked = { 'X-Okta-Verification-Challenge': 'Zx81-example' };

test('a vendor that asks whether its deliveries are expected is answered, and nothing is stored', async () => {
  const before = await store.read.totals(loopPrincipal);
  const answer = await doors.ask('/v1/sources/okta', { method: 'GET', token, headers: asked });
  expect([answer.status, answer.json]).toEqual([200, { verification: 'Zx81-example' }]);
  expect(await store.read.totals(loopPrincipal)).toEqual(before);
});

test('without the question, at another source and without a token there is no answer', async () => {
  const ask = async (path: string, more: object) =>
    (await doors.ask(path, { method: 'GET', token, ...more })).status;
  expect(await ask('/v1/sources/okta', {})).toBe(404);
  expect(await ask('/v1/sources/okta', { headers: { 'X-Okta-Verification-Challenge': 'a b' } })).toBe(404);
  expect(await ask('/v1/sources/gitleaks', { headers: asked })).toBe(404);
  expect(await ask('/v1/sources/nothing', { headers: asked })).toBe(404);
  expect((await doors.ask('/v1/sources/okta', { method: 'GET', headers: asked })).status).toBe(401);
});
