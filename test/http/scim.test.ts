import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDirectory, openPushed } from '../../src/app-directory.ts';
import type { DirectoryDesk } from '../../src/http/http-parts.ts';
import { absent } from '../../src/lib/absent.ts';
import { openClones } from '../../src/lib/git/clones.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { type Owners, openOwners } from '../../src/owner-directories.ts';
import type { Store } from '../../src/ports/store.ts';
import { hour } from '../support/house.ts';
import { ownerWeights } from '../support/owner-weights.ts';
import { testStores } from '../support/stores.ts';
import { type AskOptions, type Doors, openDoors } from './doors.ts';

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const scim = 'application/scim+json';

describe.each(testStores())('SCIM over $name', ({ open, skip }) => {
  let store: Store;
  let doors: Doors;
  let owners: Owners;
  let token: string;

  beforeAll(async () => {
    if (skip !== undefined) return;
    store = await open();
    const pushed = await openPushed(store);
    const clones = openClones([]);
    owners = await openOwners({ clones, weights: ownerWeights }, () => pushed.people());
    let desk: DirectoryDesk = absent('not opened yet');
    doors = openDoors({
      store,
      directories: owners.directories,
      everybody: owners.people,
      over: {
        directory: {
          add: (words) => desk.add(words),
          change: (kind, id, change) => desk.change(kind, id, change),
          remove: (kind, id) => desk.remove(kind, id),
        },
      },
    });
    const { parts } = doors.house;
    desk = openDirectory({
      parts,
      owners,
      pushed,
      refused: { all: () => [], refresh: async () => false },
      mapContext: doors.given.mapContext,
      log: doors.given.log,
    }).desk;
    token = await doors.token(['scim:write']);
  });
  afterAll(() => store?.close());

  const ask = (path: string, options: AskOptions = {}) =>
    doors.ask(`/scim/v2${path}`, {
      token,
      ...(options.body === undefined ? {} : { type: scim }),
      ...options,
    });
  const post = (path: string, body: unknown) => ask(path, { method: 'POST', body: JSON.stringify(body) });
  const patch = (path: string, ...operations: unknown[]) =>
    ask(path, { method: 'PATCH', body: JSON.stringify({ Operations: operations }) });
  const addUser = async (userName: string, more: Record<string, unknown> = {}) => {
    const made = await post('/Users', { userName, emails: [{ value: userName, type: 'work' }], ...more });
    expect(made.status).toBe(201);
    return String(made.json.id);
  };

  test.skipIf(skip !== undefined)(
    'a leave with its stand-in and a country arrive, change and go; what is no day is refused whole',
    async () => {
      const leave = 'urn:foldback:params:scim:schemas:extension:leave:2.0:User';
      const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User', leave];
      await post('/Users', { schemas, userName: 'mia.leave@example.com', externalId: 'emp-mia-leave' });
      const away = [{ from: '2026-12-21', until: '2027-01-06', standIn: 'mia.leave@example.com' }];
      const addresses = [
        { type: 'home', country: 'FR' },
        { type: 'work', country: 'pt' },
        { country: 'Portugal' },
      ];
      const user = { schemas, userName: 'ana.leave@example.com', addresses, [leave]: { away } };
      const made = await post('/Users', user);
      expect(made.status).toBe(201);
      expect(made.json['schemas']).toContain(leave);
      const person = () => doors.house.parts.people.byEmail('ana.leave@example.com');
      const standIn = doors.house.parts.people.byEmail('mia.leave@example.com')?.id;
      await post('/Users', {
        schemas,
        userName: 'leo.leave@example.com',
        preferredLanguage: 'en',
        locale: 'pt_BR',
      });
      expect(doors.house.parts.people.byEmail('leo.leave@example.com')?.country).toBe('BR');
      expect(person()).toMatchObject({ country: 'PT', away: [{ from: '2026-12-21', standIn }] });

      const patch = (Operations: readonly unknown[]) =>
        ask(`/Users/${String(made.json['id'])}`, {
          method: 'PATCH',
          body: JSON.stringify({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations }),
        });
      const more = { from: '2027-02-01', until: '2027-02-02' };
      await patch([{ op: 'add', path: `${leave}:away`, value: [more] }]);
      expect(person()?.away).toHaveLength(2);
      const none = ['<script>', [{ ...more, from: 'tomorrow' }], [{ ...more, from: '2027-03-01' }]];
      for (const value of none)
        expect((await patch([{ op: 'replace', path: `${leave}:away`, value }])).status).toBe(400);
      expect(person()?.away).toHaveLength(2);
      await patch([{ op: 'remove', path: `${leave}:away` }]);
      expect(person()?.away).toBeUndefined();
    },
  );

  test.skipIf(skip !== undefined)(
    'a person is added, found, changed and removed, and is known at once',
    async () => {
      const made = await post('/Users', {
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', enterprise],
        userName: 'Eva@example.com',
        externalId: 'x-7',
        password: ['not', 'kept'].join('-'),
        name: { givenName: 'Eva', familyName: 'Ode' },
        emails: [{ value: 'eva@example.com', primary: true }],
        [enterprise]: { department: 'Payments' },
      });
      expect(made.status).toBe(201);
      expect(made.headers.get('Content-Type')).toBe(scim);
      expect(made.text).not.toContain('not-kept');
      const id = String(made.json.id);
      expect(made.headers.get('Location')).toMatch(new RegExp(`/scim/v2/Users/${id}$`, 'u'));
      expect(owners.people()?.byEmail('eva@example.com')).toMatchObject({ name: 'Eva Ode', isActive: true });
      expect(owners.people()?.byEmail('eva@example.com')?.team).toBe('scim:payments');

      expect((await ask(`/Users/${id}`)).json).toMatchObject({
        id,
        userName: 'Eva@example.com',
        active: true,
      });
      for (const filter of ['userName eq "eva@EXAMPLE.com"', 'externalId eq "x-7"', `id eq "${id}"`]) {
        const found = await ask(`/Users?filter=${encodeURIComponent(filter)}`);
        expect(found.json).toMatchObject({ totalResults: 1, Resources: [{ id }] });
      }
      expect((await ask(`/Users?filter=${encodeURIComponent('userName eq "nobody"')}`)).json).toMatchObject({
        totalResults: 0,
        Resources: [],
      });
      const again = await post('/Users', { userName: 'eva@example.com' });
      expect([again.status, again.json.scimType]).toEqual([409, 'uniqueness']);

      const changed = await patch(`/Users/${id}`, { op: 'Replace', path: 'displayName', value: 'Eva O.' });
      expect([changed.status, changed.json.displayName]).toEqual([200, 'Eva O.']);
      expect(owners.people()?.byEmail('eva@example.com')?.name).toBe('Eva O.');
      const put = await ask(`/Users/${id}`, {
        method: 'PUT',
        body: JSON.stringify({ userName: 'eva2@example.com' }),
      });
      expect(put.json).toMatchObject({ id, userName: 'eva2@example.com' });
      expect(put.json.displayName).toBeUndefined();

      expect((await ask(`/Users/${id}`, { method: 'DELETE' })).status).toBe(204);
      expect((await ask(`/Users/${id}`)).status).toBe(404);
      expect((await ask(`/Users/${id}`, { method: 'DELETE' })).status).toBe(404);
      expect(owners.people()?.byEmail('eva2@example.com')?.isActive).toBe(false);
      await addUser('eva2@example.com');
      expect(owners.people()?.byEmail('eva2@example.com')?.isActive).toBe(true);
    },
  );

  test.skipIf(skip !== undefined)('lists come in pages', async () => {
    for (const n of [1, 2, 3]) await addUser(`page${n}@example.com`);
    const all = await ask('/Users?count=200');
    const total = Number(all.json.totalResults);
    expect(total).toBeGreaterThanOrEqual(3);
    const second = await ask('/Users?startIndex=2&count=1');
    expect(second.json).toMatchObject({ totalResults: total, startIndex: 2, itemsPerPage: 1 });
    expect((await ask('/Users?count=0')).json).toMatchObject({ totalResults: total, Resources: [] });
    expect((await ask('/Users?startIndex=-5&count=-1')).json).toMatchObject({ startIndex: 1, Resources: [] });
    expect((await ask(`/Users?startIndex=${total + 1}`)).json).toMatchObject({ Resources: [] });
  });

  test.skipIf(skip !== undefined)(
    'groups name teams, and who is in no department belongs to the smallest',
    async () => {
      const [one, two] = [await addUser('g1@example.com'), await addUser('g2@example.com')];
      const everybody = await post('/Groups', {
        displayName: 'Everybody',
        members: [{ value: one }, { value: two }],
      });
      expect(everybody.status).toBe(201);
      await post('/Groups', { displayName: 'Search', members: [{ value: two }] });
      expect(owners.people()?.byEmail('g2@example.com')?.team).toBe('scim:search');
      expect(owners.people()?.byEmail('g1@example.com')?.team).toBe('scim:everybody');
      const group = `/Groups/${String(everybody.json.id)}`;
      await patch(group, { op: 'remove', path: `members[value eq "${one}"]` });
      expect(owners.people()?.byEmail('g1@example.com')?.team).toBeUndefined();
      expect((await ask(`${group}?excludedAttributes=members`)).json.members).toBeUndefined();
      expect((await ask(group)).json.members).toEqual([{ value: two }]);
    },
  );

  test.skipIf(skip !== undefined)(
    'what is refused is refused in the words of SCIM, and changes nothing',
    async () => {
      const id = await addUser('stay@example.com');
      const cases: readonly [
        Promise<{ status: number; json: Readonly<Record<string, unknown>> }>,
        number,
        unknown,
      ][] = [
        [post('/Users', { userName: '' }), 400, 'invalidValue'],
        [post('/Users', { userName: 'x', active: 'maybe' }), 400, 'invalidValue'],
        [ask('/Users?filter=userName%20sw%20%22a%22'), 400, 'invalidFilter'],
        [ask('/Users?filter=displayName%20eq%20%22a%22'), 400, 'invalidFilter'],
        [patch(`/Users/${id}`, { op: 'replace', path: 'a b', value: 1 }), 400, 'invalidPath'],
        [patch(`/Users/${id}`, { op: 'replace', path: 'userName', value: '' }), 400, 'invalidValue'],
        [patch(`/Users/${id}`, { op: 'explode' }), 400, 'invalidSyntax'],
        [patch(`/Users/${'0'.repeat(32)}`, { op: 'replace', path: 'active', value: false }), 404, undefined],
      ];
      for (const [answer, status, reason] of cases) {
        const { json, ...given } = await answer;
        expect([given.status, json.status, json.scimType]).toEqual([status, String(status), reason]);
        expect(json.schemas).toEqual(['urn:ietf:params:scim:api:messages:2.0:Error']);
      }
      expect((await post('/Users', { userName: 'nul\u0000' })).status).toBe(400);
      expect((await ask('/Users', { method: 'POST', body: '{', type: scim })).status).toBe(400);
      expect((await ask(`/Users/${id}`)).json).toMatchObject({ userName: 'stay@example.com' });
    },
  );

  test.skipIf(skip !== undefined)('of two who push the same name at once, one gets it', async () => {
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => post('/Users', { userName: 'race@example.com' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });

  test.skipIf(skip !== undefined)('a receiver says what it speaks', async () => {
    expect((await ask('/ServiceProviderConfig')).json).toMatchObject({ patch: { supported: true } });
    expect((await ask('/ResourceTypes')).json).toMatchObject({ totalResults: 2 });
    expect((await ask('/Schemas')).json).toMatchObject({ totalResults: 4 });
  });

  test.skipIf(skip !== undefined)('of a token of some teams nobody is read or written', async () => {
    const few = await doors.token(['scim:write'], { teams: ['blue'] });
    expect((await ask('/Users', { token: few })).status).toBe(403);
  });

  test.skipIf(skip !== undefined)(
    'when a person leaves, each identity of theirs becomes a case for their manager, once',
    async () => {
      const manager = await addUser('boss@example.com', { displayName: 'Bo Boss' });
      const id = await addUser('goes@example.com', { [enterprise]: { manager: { value: manager } } });
      const { parts, clock } = doors.house;
      const account = { system: 'github', name: 'octo-goes' };
      const person = owners.people()?.byEmail('goes@example.com');
      expect(person?.manager).toBe(`scim:${manager}`);
      // An account that another directory knows.
      const known = [
        {
          identity: { type: 'service-account', id: 'ci-deploy', provider: 'gcp' },
          evidence: [
            {
              kind: 'label-owner',
              owner: { kind: 'stranger', email: 'goes@example.com', account } as const,
              detail: 'The label says so.',
              weight: 0.7,
            },
          ],
        },
      ];
      const labels = { id: 'other', evidence: async () => [], identities: () => known };
      const all = Object.defineProperty(parts, 'directories', { value: [...owners.directories, labels] });
      expect(all).toBe(parts);
      clock.pass(hour);
      await patch(`/Users/${id}`, { op: 'replace', path: 'active', value: 'False' });
      await patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false });
      const page = await store.read.loops(loopPrincipal, { behaviour: 'orphaned-identity', limit: 10 });
      expect(page.items.map(({ facts, owner }) => [facts.identity?.id, facts.sightings, owner.id])).toEqual([
        ['ci-deploy', 1, `scim:${manager}`],
      ]);
    },
  );
});
