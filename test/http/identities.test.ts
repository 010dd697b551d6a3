import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { makeEvent } from '../../src/core/make-event.ts';
import { followIdentities, followLeftOwners, listIdentities } from '../../src/loop/follow-identities.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { OwnerDirectory } from '../../src/ports/owner-directory.ts';
import type { Store } from '../../src/ports/store.ts';
import { hour, monday, personOf, testPeople, tools } from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { type Doors, openDoors } from './doors.ts';

const hostile = '=HYPERLINK("http://198.51.100.7","x")\u202e<b>fdp';
const listed: OwnerDirectory = {
  id: 'listed',
  evidence: (queries) => Promise.resolve(queries.map(() => [])),
  identities: () => [
    { identity: { type: 'application', id: 'app-of-leo', provider: 'okta' }, evidence: [sponsor('leo')] },
    { identity: { type: 'application', id: 'app-of-dora', provider: 'okta' }, evidence: [sponsor('dora')] },
    { identity: { type: 'application', id: 'app-of-nobody', provider: 'okta' }, evidence: [] },
    { identity: { type: 'application', id: hostile, provider: 'okta' }, evidence: [] },
  ],
};
const sponsor = (id: string) => ({
  kind: 'sponsor',
  owner: { kind: 'person' as const, id },
  detail: 'The directory names this sponsor.',
  weight: 0.85,
});

/** A service account is disabled because whoever owned it left: one loop about one identity. */
function left(identity: string, at: number, program = 'deploy-bot', owner?: string): Event {
  return makeEvent(
    {
      source: 'directory',
      kind: 'identity.disabled',
      action: 'owner-left',
      id: [identity, at],
      occurredAt: at,
      actor: { type: 'workload', id: program },
      identity: { type: 'service-account', id: identity, provider: 'gcp' },
      leads:
        owner === undefined ? [] : [{ kind: 'resource-owner', name: owner, email: `${owner}@example.com` }],
      record: { action: 'owner-left' },
    },
    tools(at),
  );
}

let store: Store;
let doors: Doors;
let token: string;
let reds: string;

type Item = { readonly id: string; readonly name: string; readonly standing: string } & Record<
  string,
  unknown
>;
const list = async (query = '', as = token): Promise<readonly Item[]> => {
  const { json, status } = await doors.ask(`/v1/identities${query}`, { token: as });
  expect(status).toBe(200);
  return json.items as readonly Item[];
};
const idOf = async (name: string): Promise<string> =>
  (await list('?limit=200')).find((one) => one.name === name)?.id ?? '';
const take = async (events: readonly Event[]) => {
  await ingest(doors.house.parts, { source: 'directory', receivedAt: monday, mode: 'live', events });
  await doors.house.settleDown();
  await followIdentities(doors.house.parts);
};
const name = (id: string, to: string, as = token) =>
  doors.ask(`/v1/identities/${id}/owner`, {
    token: as,
    json: { decision: 'name', to: { kind: 'person', id: to }, reason: 'she runs it now' },
  });

beforeAll(async () => {
  store = await lendEmbedded();
  doors = openDoors({ store, directories: [listed] });
  token = await doors.token(['admin']);
  reds = await doors.token(['admin'], { teams: ['red'] });
  await take([
    left('robot-one@shop.iam', monday - hour, 'deploy-bot', 'ana'),
    left('robot-two@shop.iam', monday - 2 * hour, 'deploy-bot', 'bob'),
    left('robot-three@shop.iam', monday - 3 * hour, 'other-bot'),
  ]);
  await listIdentities(doors.house.parts);
});
afterAll(() => store?.close());

describe('the list of identities', () => {
  test('has each once, of loops and of directories, the latest seen first', async () => {
    const names = (await list()).map((one) => one.name);
    expect(names.slice(0, 3)).toEqual(['robot-one@shop.iam', 'robot-two@shop.iam', 'robot-three@shop.iam']);
    expect(names.slice(3).toSorted()).toEqual(
      [hostile, 'app-of-dora', 'app-of-leo', 'app-of-nobody'].toSorted(),
    );
    await take([left('robot-one@shop.iam', monday - hour / 2, 'deploy-bot', 'ana')]);
    await listIdentities(doors.house.parts);
    expect((await list()).length).toBe(names.length);
  });

  test('is filtered by type, standing, owner, team and beginnings of words', async () => {
    const names = async (query: string) => (await list(query)).map((one) => one.name).toSorted();
    expect(await names('?owner=ana')).toEqual(['robot-one@shop.iam']);
    expect(await names('?team=red')).toEqual(['app-of-dora']);
    expect(await names('?type=application&standing=owned')).toEqual(['app-of-dora']);
    expect(await names('?standing=orphaned&text=leo%20okta')).toEqual(['app-of-leo']);
    expect(await names('?text=ROBOT-T')).toEqual(['robot-three@shop.iam', 'robot-two@shop.iam']);
    expect(await names('?text=obot')).toEqual([]);
    expect(await names(`?text=${encodeURIComponent("'|!(:*&<->\\")}`)).toEqual([]);
    expect(await names(`?text=${encodeURIComponent("robot' | 'app")}`)).toEqual([]);
    expect((await doors.ask('/v1/identities?standing=lost', { token })).status).toBe(400);
  });

  test('comes in pages that neither miss nor repeat one', async () => {
    const found: string[] = [];
    for (let after = ''; ; ) {
      const { json } = await doors.ask(`/v1/identities?limit=2${after}`, { token });
      const items = json.items as readonly Item[];
      found.push(...items.map(({ id }) => id));
      if (typeof json.next !== 'string') break;
      after = `&after=${json.next}`;
    }
    expect(found.toSorted()).toEqual((await list('?limit=200')).map(({ id }) => id).toSorted());
    expect((await doors.ask('/v1/identities?limit=201', { token })).status).toBe(400);
    expect((await doors.ask("/v1/identities?after=1.x'", { token })).status).toBe(400);
  });

  test('agrees with the counts of coverage', async () => {
    const { json } = await doors.ask('/v1/owners/coverage', { token });
    const all = await list('?limit=200');
    const types = json.identities as readonly { readonly type: string; readonly n: number }[];
    expect(types.reduce((sum, { n }) => sum + n, 0)).toBe(all.length);
    // Both teams have fewer than five people.
    expect(json.teams).toEqual([]);
    const reds = [1, 2, 3, 4].map((n) => personOf(`red${n}`, { team: 'red' }));
    const more = openDoors({ store, people: [...testPeople, ...reds] });
    const larger = await more.ask('/v1/owners/coverage', { token });
    expect(larger.json.teams).toEqual([
      { team: 'red', name: 'Red', n: 1, owned: 1, guessed: 0, orphaned: 0 },
    ]);
  });
});

describe('an identity', () => {
  test('tells its owner with evidence, what the same program used, and its loops', async () => {
    const { json } = await doors.ask(`/v1/identities/${await idOf('robot-one@shop.iam')}`, { token });
    expect(json).toMatchObject({
      standing: 'owned',
      owner: { id: 'ana' },
      team: { id: 'blue', name: 'Blue' },
      candidates: [{ owner: { id: 'ana' }, evidence: [{ kind: 'resource-owner' }] }, {}],
      program: { type: 'workload', name: 'deploy-bot' },
      linked: [{ name: 'robot-two@shop.iam' }],
      loops: [{ behaviour: 'orphaned-identity' }],
    });
  });

  test('of which nothing is known, or whose id is none, is not there', async () => {
    for (const id of ['0'.repeat(32), 'x', "1' or 1=1", '%00'])
      expect((await doors.ask(`/v1/identities/${id}`, { token })).status).toBe(404);
  });

  test('of another team is in no list, no count, no link and not there by id', async () => {
    expect((await list('?limit=200', reds)).map((one) => one.name)).toEqual(['app-of-dora']);
    expect(await list('?owner=ana', reds)).toEqual([]);
    expect(await list('?text=robot', reds)).toEqual([]);
    const coverage = await doors.ask('/v1/owners/coverage', { token: reds });
    expect(coverage.json.identities).toEqual([
      { type: 'application', n: 1, owned: 1, guessed: 0, orphaned: 0 },
    ]);
    const [theirs, none] = [await idOf('robot-one@shop.iam'), 'f'.repeat(32)];
    const answers = await Promise.all(
      [theirs, none].map((id) => doors.ask(`/v1/identities/${id}`, { token: reds })),
    );
    const [one, other] = answers.map(({ status, json }) => ({
      status,
      ...json,
      instance: '',
      requestId: '',
    }));
    expect(one).toEqual(other);
    expect((await name(theirs, 'dora', reds)).status).toBe(404);
  });
});

describe('an operator who names an owner', () => {
  test('decides what is reported later, hands open loops over, and leaves who, when and why', async () => {
    const id = await idOf('robot-three@shop.iam');
    const named = await name(id, 'mia');
    expect(named.json).toMatchObject({
      standing: 'owned',
      owner: { id: 'mia', confidence: 1 },
      handedOver: 1,
    });
    await doors.house.settleDown();
    expect((await name(id, 'mia')).json).toMatchObject({ handedOver: 0 });
    const story = await doors.ask(`/v1/identities/${id}`, { token });
    expect(story.json).toMatchObject({
      candidates: [{ owner: { id: 'mia' }, evidence: [{ kind: 'learnt' }] }, {}],
      decisions: [{ kind: 'named', to: { id: 'mia', name: 'Mia' }, reason: 'she runs it now' }],
    });
    const audit = await doors.ask('/v1/audit?kind=access.owner-decided', { token });
    expect(audit.json.items).toHaveLength(1);
    expect(audit.text).not.toContain('mia');
    await take([left('robot-three@shop.iam', monday + hour, 'other-bot', 'bob')]);
    expect(await list('?owner=mia')).toMatchObject([{ name: 'robot-three@shop.iam' }]);
    const { items } = await store.read.loops(loopPrincipal, { owner: 'mia', limit: 5 });
    expect(items.length).toBe(1);
  });

  test('is told that somebody is not known or has left, and nothing changes', async () => {
    const id = await idOf('robot-two@shop.iam');
    for (const to of ['leo', 'nobody']) expect((await name(id, to)).status).toBe(409);
    expect(await list('?owner=bob')).toMatchObject([{ id }]);
    const short = { decision: 'name', to: { kind: 'person', id: 'mia' }, reason: '' };
    expect((await doors.ask(`/v1/identities/${id}/owner`, { token, json: short })).status).toBe(400);
  });

  test('takes it back, and the evidence decides again', async () => {
    const id = await idOf('app-of-nobody');
    await name(id, 'dora');
    expect(await list('', reds)).toHaveLength(2);
    const back = { decision: 'take-back', reason: 'it was another app' };
    const taken = await doors.ask(`/v1/identities/${id}/owner`, { token, json: back });
    expect(taken.json).toMatchObject({ standing: 'orphaned', owner: { kind: 'unknown' } });
    expect((await doors.ask(`/v1/identities/${id}/owner`, { token, json: back })).status).toBe(409);
    expect(await list('', reds)).toHaveLength(1);
  });

  test('needs the scope for it', async () => {
    const viewer = await doors.token(['owners:read', 'loops:read', 'loops:write']);
    expect((await name(await idOf('robot-two@shop.iam'), 'mia', viewer)).status).toBe(403);
  });
});

test('whose owner leaves is orphaned, and is not when they are back', async () => {
  const gone = openDoors({
    store,
    directories: [listed],
    people: testPeople.map((one) => (one.id === 'ana' ? { ...one, isActive: false } : one)),
  });
  expect(await followLeftOwners(gone.house.parts)).toBe(1);
  expect((await list('?owner=ana'))[0]?.standing).toBe('orphaned');
  expect(await followLeftOwners(doors.house.parts)).toBe(1);
  expect((await list('?owner=ana'))[0]?.standing).toBe('owned');
});

test('what no directory lists any more and no loop is about is forgotten', async () => {
  const parts = { ...doors.house.parts, directories: [] };
  await listIdentities(parts);
  expect((await list('?type=application')).length).toBe(0);
  expect((await list('?type=service-account')).length).toBe(3);
});
