import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEmbedded } from '../../src/adapters/stores/postgres/open.ts';
import { openLinkDesk, openRefusedLinks } from '../../src/app-links.ts';
import { openClones } from '../../src/lib/git/clones.ts';
import { type Owners, openOwners } from '../../src/owner-directories.ts';
import type { Store } from '../../src/ports/store.ts';
import { ownerWeights } from '../support/owner-weights.ts';
import { type Doors, openDoors } from './doors.ts';

const file = `
people:
  - { id: ana, name: Ana C., team: blue, manager: mia, emails: [ana@example.com], accounts: { github: octo-ana },
      away: [{ from: 2026-12-01, until: 2026-12-24, standIn: mia }] }
  - { id: mia, name: Mia Lin, team: blue, emails: [mia@example.com], accounts: { github: [mia-lin, "=2+5\\u202e<b>"] } }
  - { id: rob, name: Rob Red, team: red, emails: [rob@example.com] }
`;
const users = [
  {
    id: '00u7',
    status: 'ACTIVE',
    profile: { login: 'ana@example.com', email: 'ana@example.com', firstName: 'Ana', lastName: 'C.' },
  },
];

let folder: string;
let store: Store;
let owners: Owners;
let doors: Doors;
let token: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'foldback-test-'));
  writeFileSync(join(folder, 'people.yaml'), file);
  writeFileSync(join(folder, 'okta.json'), JSON.stringify(users));
  store = await openEmbedded();
  const refused = await openRefusedLinks(store);
  owners = await openOwners(
    {
      clones: openClones([]),
      weights: ownerWeights,
      peopleFile: join(folder, 'people.yaml'),
      files: { 'okta-export': [join(folder, 'okta.json')] },
    },
    undefined,
    refused.all,
  );
  const house = openDoors({ store, directories: owners.directories, everybody: owners.people });
  doors = openDoors({
    store,
    directories: owners.directories,
    everybody: owners.people,
    over: {
      links: openLinkDesk({
        ...house.house.parts,
        ...owners,
        refused,
        changed: () => owners.changed(true),
      }),
    },
  });
  token = await doors.token(['admin']);
});
afterAll(async () => {
  await store?.close();
  rmSync(folder, { recursive: true });
});

type Link = {
  readonly system: string;
  readonly name: string;
  readonly isTheirs: boolean;
  readonly sources: readonly {
    readonly directory: string;
    readonly entry: string;
    readonly isRefused: boolean;
  }[];
};
const person = (id: string, as = token) => doors.ask(`/v1/people/${id}`, { token: as });
const linkOf = async (id: string, name: string): Promise<Link | undefined> =>
  ((await person(id)).json.links as readonly Link[]).find((link) => link.name === name);
const decide = (id: string, json: object, as = token) =>
  doors.ask(`/v1/people/${id}/links`, { token: as, json: { reason: 'it was mixed up', ...json } });

describe('a person', () => {
  test('is shown as directories have them, with leave and stand-in, and by whose word each account is theirs', async () => {
    const { json } = await person('ana');
    expect(json).toMatchObject({
      name: 'Ana C.',
      isActive: true,
      team: { id: 'blue' },
      manager: { id: 'mia', name: 'Mia Lin' },
      away: [{ from: '2026-12-01', until: '2026-12-24', standIn: { id: 'mia', name: 'Mia Lin' } }],
    });
    expect((json.entries as readonly { readonly id: string }[]).map(({ id }) => id)).toEqual([
      'ana',
      'okta-export:00u7',
    ]);
    expect(await linkOf('ana', 'octo-ana')).toMatchObject({
      isTheirs: true,
      sources: [{ directory: 'people', entry: 'ana', isRefused: false }],
    });
    expect((await linkOf('ana', 'ana@example.com'))?.sources.length).toBeGreaterThan(0);
  });

  test('is shown without any score, rank or count', async () => {
    const { json } = await person('ana');
    const numbers = JSON.stringify(json).match(/:\s*-?\d+(?:\.\d+)?[,}]/gu) ?? [];
    expect(numbers).toEqual([]);
    expect(Object.keys(json).toSorted()).toEqual(
      [
        'away',
        'decisions',
        'entries',
        'id',
        'isActive',
        'isDuty',
        'links',
        'manager',
        'name',
        'team',
      ].toSorted(),
    );
  });

  test('of another team is as little there as one that nobody knows', async () => {
    const reds = await doors.token(['admin'], { teams: ['red'] });
    const answers = await Promise.all(['ana', 'nobody', 'no%20body'].map((id) => person(id, reds)));
    const said = answers.map(({ status, json }) => [status, json.title, json.detail]);
    expect(new Set(said.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(said[0]?.[0]).toBe(404);
    expect((await person('rob', reds)).status).toBe(200);
  });

  test('is read by nobody who may not, a viewer among them, and each look is in the audit without a name', async () => {
    const viewer = await doors.token(['loops:read', 'owners:read', 'measures:read', 'owners:write']);
    expect((await person('ana', viewer)).status).toBe(403);
    const body = {
      decision: 'refuse',
      system: 'github',
      name: 'octo-ana',
      directory: 'people',
      entry: 'ana',
    };
    expect((await decide('ana', body, viewer)).status).toBe(403);
    const count = async () =>
      ((await doors.ask('/v1/audit?kind=access.person-read', { token })).json.items as readonly unknown[])
        .length;
    const before = await count();
    const other = await doors.token(['people:read']);
    await person('mia', other);
    await person('mia', other);
    expect(await count()).toBe(before + 1);
    await person('rob', other);
    expect(await count()).toBe(before + 2);
    const audit = await doors.ask('/v1/audit', { token });
    expect(audit.text).not.toMatch(/"(?:ana|mia|rob)"|Mia Lin/u);
    expect((await person('ana', other)).text).not.toContain('undefined');
  });
});

describe('a wrong link', () => {
  test('is refused with a reason, counts from now on, and is restored', async () => {
    const own = { system: 'github', name: 'octo-ana', directory: 'people', entry: 'ana' };
    const refused = await decide('ana', { decision: 'refuse', ...own });
    expect(refused.json).toMatchObject({
      decisions: [{ kind: 'link-refused', account: 'github octo-ana', reason: 'it was mixed up' }],
    });
    expect(owners.people()?.byAccount('github', 'octo-ana')).toBeUndefined();
    expect(await linkOf('ana', 'octo-ana')).toMatchObject({
      isTheirs: false,
      sources: [{ isRefused: true }],
    });
    const identity = { type: 'account', id: 'octo-ana', provider: 'github' };
    const said = async () =>
      (await Promise.all(owners.directories.map((one) => one.evidence([{ where: {}, leads: [], identity }]))))
        .flat(2)
        .map(({ kind }) => kind);
    expect(await said()).toEqual([]);
    expect((await decide('ana', { decision: 'refuse', ...own })).status).toBe(409);
    expect((await decide('ana', { decision: 'restore', ...own })).status).toBe(200);
    expect(await said()).toEqual(['account-holder']);
    expect((await decide('ana', { decision: 'restore', ...own })).status).toBe(409);
    const audit = await doors.ask('/v1/audit?kind=access.link-decided', { token });
    expect(audit.json.items).toHaveLength(2);
  });

  test('that no directory says is not there, and the only address stays', async () => {
    expect(
      (
        await decide('ana', {
          decision: 'refuse',
          system: 'email',
          name: 'x@example.com',
          directory: 'people',
          entry: 'ana',
        })
      ).status,
    ).toBe(404);
    const only = { system: 'email', name: 'rob@example.com', directory: 'people', entry: 'rob' };
    expect((await decide('rob', { decision: 'refuse', ...only })).status).toBe(409);
    const reds = await doors.token(['admin'], { teams: ['red'] });
    const other = { system: 'github', name: 'octo-ana', directory: 'people', entry: 'ana' };
    expect((await decide('ana', { decision: 'refuse', ...other }, reds)).status).toBe(404);
    expect((await decide('rob', { decision: 'refuse', ...other })).status).toBe(404);
  });

  test('is known to a process that starts later', async () => {
    const own = { system: 'github', name: 'mia-lin', directory: 'people', entry: 'mia' };
    expect((await decide('mia', { decision: 'refuse', ...own })).status).toBe(200);
    const later = await openRefusedLinks(store);
    expect(later.all()).toMatchObject([{ entry: 'mia', account: 'github mia-lin' }]);
    expect(await later.refresh()).toBe(false);
  });
});
