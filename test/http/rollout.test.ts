import { afterAll, beforeAll, expect, test } from 'vitest';
import { ingest } from '../../src/loop/ingest.ts';
import type { Store } from '../../src/ports/store.ts';
import { fakeSecret, hour, leak, monday } from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { type Doors, openDoors } from './doors.ts';

let store: Store;
let doors: Doors;
beforeAll(async () => {
  store = await lendEmbedded();
  doors = openDoors({ store, delivery: { mode: 'shadow', perPersonPerDayMax: 50, digestLoopsMax: 1 } });
});
afterAll(() => store?.close());

const behaviour = 'secret-in-repository';

async function leaked(n: number) {
  const event = leak({
    at: monday - hour,
    receivedAt: monday,
    secret: fakeSecret(n),
    author: 'ana',
    file: `${n}.py`,
  });
  await ingest(doors.house.parts, { source: 'scanner', receivedAt: monday, mode: 'live', events: [event] });
  await doors.house.settleDown();
}

test('an operator turns a switch, sees who did, and what was shown beside what was said', async () => {
  const token = await doors.token(['messages:read', 'delivery:write']);
  await leaked(1);
  const turned = await doors.ask('/v1/rollout', {
    token,
    json: { behaviour, stage: 'live', reason: 'they read well' },
  });
  expect(turned.json).toMatchObject({
    mode: 'shadow',
    rules: [{ behaviour, stage: 'live' }],
    turns: [{ behaviour, stage: 'live', reason: 'they read well' }],
  });
  await leaked(2);
  const { json } = await doors.ask('/v1/shadow', { token });
  expect(json['items']).toEqual([
    {
      behaviour,
      team: 'blue',
      moment: 'told',
      shown: { messages: 1, recipients: 1, loops: 1 },
      said: { messages: 1, recipients: 1, loops: 1 },
    },
  ]);
  const red = await doors.token(['messages:read'], { teams: ['red'] });
  expect((await doors.ask('/v1/shadow', { token: red })).json).toEqual({ items: [] });
});

test('a token of one team turns no switch of another, nor one of everybody', async () => {
  const red = await doors.token(['messages:read', 'delivery:write'], { teams: ['red'] });
  const turn = (json: unknown) => doors.ask('/v1/rollout', { token: red, json });
  const reason = 'because I can';
  expect((await turn({ behaviour, stage: 'shadow', reason })).status).toBe(403);
  expect((await turn({ team: 'blue', stage: 'shadow', reason })).status).toBe(403);
  expect((await turn({ team: 'red', stage: 'shadow', reason })).status).toBe(200);
  const blue = await doors.token(['messages:read'], { teams: ['blue'] });
  expect((await doors.ask('/v1/rollout', { token: blue })).text).not.toContain(reason);
});

test('what no switch can mean is refused', async () => {
  const token = await doors.token(['messages:read', 'delivery:write']);
  const turn = async (json: object) =>
    (await doors.ask('/v1/rollout', { token, json: { reason: 'a test', ...json } })).status;
  expect(await turn({ stage: 'canary' })).toBe(400);
  expect(await turn({ stage: 'live', share: 0.5 })).toBe(400);
  expect(await turn({ stage: 'canary', share: 2 })).toBe(400);
  expect(await turn({ behaviour: 'no-such-thing', stage: 'live' })).toBe(409);
  expect(await turn({ team: 'no-such-team', stage: 'live' })).toBe(409);
  expect(await turn({ stage: 'settings' })).toBe(200);
});
