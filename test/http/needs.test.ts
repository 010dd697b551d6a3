import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemPrincipal } from '../../src/access/principal.ts';
import { decide } from '../../src/loop/decide.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { replyByLink } from '../../src/loop/listen.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { Store } from '../../src/ports/store.ts';
import { day, fakeSecret, hour, type Leak, leak, monday } from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { type Doors, openDoors } from './doors.ts';

let store: Store;
let doors: Doors;
let token: string;
let serial = 0;

beforeAll(async () => {
  store = await lendEmbedded();
  doors = openDoors({ store, delivery: { perPersonPerDayMax: 50 } });
  token = await doors.token(['admin']);
});
afterAll(() => store?.close());

async function told(over: Partial<Leak> = { author: 'ana' }): Promise<string> {
  serial += 1;
  const at = doors.house.clock.now();
  const event = leak({ at: at - hour, receivedAt: at, secret: fakeSecret(serial), ...over });
  const taken = await ingest(doors.house.parts, {
    source: 'scanner',
    receivedAt: at,
    mode: 'live',
    events: [event],
  });
  await doors.house.settleDown();
  return taken.loops[0] ?? '';
}

async function says(loop: string, answer: 'accept-risk' | 'need-help' | 'done', reason?: string) {
  const { parts, clock } = doors.house;
  clock.pass(1000);
  const message = (await store.read.loop(loopPrincipal, loop))?.messages[0];
  const { tokenHash } = parts.replyLink(message?.id ?? '', message?.to.id ?? '');
  const until = answer === 'accept-risk' ? { until: monday + 20 * day } : {};
  const why = reason === undefined ? {} : { reason };
  const replied = await replyByLink(parts, tokenHash, { answer, ...until, ...why });
  expect(replied.kind).toBe('recorded');
  clock.pass(1000);
}

const idsOf = async (needs: string, as = token): Promise<readonly unknown[]> => {
  const { json } = await doors.ask(`/v1/loops?needs=${needs}`, { token: as });
  return Array.isArray(json.items) ? json.items.map(({ id }) => id) : [];
};
const countsFor = async (as = token) => (await doors.ask('/v1/counts', { token: as })).json.needs;

test('who asks to live with a risk, or for help, or whose owner nobody knows, is found by it and counted', async () => {
  const risk = await told();
  const help = await told();
  const nobody = await told({ repository: 'acme/nobodys' });
  await told();
  await says(risk, 'accept-risk', 'The vendor changes it in December');
  await says(help, 'need-help');
  expect([await idsOf('risk'), await idsOf('help'), await idsOf('owner')]).toEqual([
    [risk],
    [help],
    [nobody],
  ]);
  expect(await countsFor()).toEqual([
    { need: 'help', n: 1 },
    { need: 'owner', n: 1 },
    { need: 'risk', n: 1 },
  ]);
  const listed = await doors.ask('/v1/loops?needs=risk', { token });
  expect(listed.json.items).toMatchObject([
    {
      needs: 'risk',
      request: {
        by: { kind: 'person', id: 'ana', name: 'Ana' },
        until: new Date(monday + 20 * day).toISOString(),
        reason: 'The vendor changes it in December',
      },
    },
  ]);
  const paged = await doors.ask('/v1/loops?needs=risk&state=told', { token });
  expect(paged.json.items).toEqual([]);
  expect((await doors.ask('/v1/loops?needs=everything', { token })).status).toBe(400);
});

test('a key that works is urgent until somebody answers, and comes before the question whose it is', async () => {
  const works = await told({ author: 'ana', validity: 'active' });
  const ofNobody = await told({ repository: 'acme/nobodys', validity: 'active' });
  expect((await idsOf('danger')).toSorted()).toEqual([works, ofNobody].toSorted());
  expect(await idsOf('owner')).not.toContain(ofNobody);
  expect(await countsFor()).toContainEqual({ need: 'danger', n: 2 });
  await says(works, 'done');
  expect(await idsOf('danger')).toEqual([ofNobody]);
});

test('neither rows nor figures tell another team that its colleagues ask for anything', async () => {
  const red = await doors.token(['loops:read', 'loops:write'], { teams: ['red'] });
  const blue = await doors.token(['loops:read'], { teams: ['blue'] });
  for (const need of ['risk', 'help', 'owner']) expect(await idsOf(need, red)).toEqual([]);
  expect(await countsFor(red)).toEqual([]);
  // A loop of no team is seen by those who see all teams.
  expect(await countsFor(blue)).toEqual([
    { need: 'help', n: 1 },
    { need: 'risk', n: 1 },
  ]);
  const [risk] = await idsOf('risk');
  const until = '2026-12-01';
  const forged = await doors.ask(`/v1/loops/${risk}/replies`, {
    token: red,
    json: { decision: 'accept-risk', until },
  });
  expect(forged.status).toBe(404);
  const reader = await doors.ask(`/v1/loops/${risk}/replies`, {
    token: blue,
    json: { decision: 'accept-risk', until },
  });
  expect(reader.status).toBe(403);
});

test('a risk that was refused, or taken back, is accepted by nobody until it is asked for again', async () => {
  const loop = await told();
  const decision = (json: object) => doors.ask(`/v1/loops/${loop}/replies`, { token, json });
  const accept = { decision: 'accept-risk', until: '2026-12-01' };
  await says(loop, 'accept-risk');
  // The second person was told of the request; that is no escalation of silence.
  await doors.house.settleDown();
  const refused = await decision({ decision: 'hand-back', reason: 'It can be changed today' });
  expect(refused.json).toMatchObject({ state: 'told' });
  expect(refused.json.needs).toBeUndefined();
  expect(await idsOf('risk')).not.toContain(loop);
  expect((await decision(accept)).status).toBe(409);
  await says(loop, 'accept-risk');
  await says(loop, 'done');
  expect((await decision(accept)).status).toBe(409);
  await says(loop, 'accept-risk');
  expect((await decision(accept)).json).toMatchObject({ state: 'accepted' });
  expect(await idsOf('risk')).not.toContain(loop);
});

test('whoever asked for it is no second person because they signed in as an operator', async () => {
  const loop = await told();
  await says(loop, 'accept-risk');
  const account = { roles: ['admin'], teams: 'all', createdAt: 1, issuer: 'https://id.example.com' } as const;
  await store.transaction(async (tx) => {
    await tx.saveAccount({
      ...account,
      id: 'a'.repeat(32),
      name: 'A.',
      email: 'ana@example.com',
      subject: '1',
    });
    await tx.saveAccount({
      ...account,
      id: 'b'.repeat(32),
      name: 'B.',
      email: 'bob@example.com',
      subject: '2',
    });
  });
  const as = (id: string) => ({ ...systemPrincipal('test'), id: `person:${id.repeat(32)}` });
  const input = { kind: 'accept-risk', until: monday + 10 * day } as const;
  const { parts } = doors.house;
  expect(await decide(parts, as('a'), loop, input)).toEqual({
    kind: 'refused',
    reason: 'a second person has to agree',
  });
  const attested = await decide(parts, as('a'), loop, { kind: 'attest', reference: 'SEC-9' });
  expect(attested).toMatchObject({ kind: 'refused' });
  expect(await decide(parts, as('b'), loop, input)).toMatchObject({ kind: 'decided' });
});

test('an operator who knows whose it is names them, and the case waits for them alone until they decline', async () => {
  const loop = await told({ repository: 'acme/nobodys', file: 'two.py' });
  expect(await idsOf('owner')).toContain(loop);
  const handed = await doors.ask(`/v1/loops/${loop}/replies`, {
    token,
    json: { decision: 'hand-over', to: { kind: 'person', id: 'bob@example.com' } },
  });
  expect(handed.status).toBe(200);
  expect(handed.json.needs).toBeUndefined();
  expect(await idsOf('owner')).not.toContain(loop);
  await doors.house.settleDown();
  const story = await store.read.loop(loopPrincipal, loop);
  expect(story?.messages.map(({ to, moment }) => [to.id, moment])).toEqual([
    ['duty', 'asked'],
    ['bob', 'handed-over'],
  ]);
  // Whoever was named may say that it is not theirs.
  doors.house.clock.pass(1000);
  const message = story?.messages.at(-1);
  const { tokenHash } = doors.house.parts.replyLink(message?.id ?? '', message?.to.id ?? '');
  await replyByLink(doors.house.parts, tokenHash, { answer: 'not-mine' });
  expect(await idsOf('owner')).toContain(loop);
});
