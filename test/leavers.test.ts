import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { reportFileLeavers } from '../src/app-directory.ts';
import { openClones } from '../src/lib/git/clones.ts';
import { followIdentities, listIdentities } from '../src/loop/follow-identities.ts';
import { ingest } from '../src/loop/ingest.ts';
import { explainIdentity, identityCoverage } from '../src/loop/owned-identities.ts';
import { loopPrincipal } from '../src/loop/parts.ts';
import { type Owners, openOwners } from '../src/owner-directories.ts';
import type { Store } from '../src/ports/store.ts';
import { fakeSecret, type House, hour, leak, monday, openHouse } from './support/house.ts';
import { lendEmbedded } from './support/lent-stores.ts';
import { writeExports } from './support/owner-exports.ts';
import { ownerWeights } from './support/owner-weights.ts';
import { sourceContext } from './support/source-context.ts';

const clones = openClones([]);
let folder: string;
let files: Readonly<Record<string, readonly string[]>>;
let store: Store;

const people = (status: string, more = '') => `
people:
  - { id: ana, name: Ana C., emails: [ana@example.com], manager: mia, status: ${status}, accounts: { github: octo-ana, aws: ana-admin } }
  - { id: mia, name: Mia Lin, emails: [mia@example.com] }
${more}`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'foldback-test-'));
  files = writeExports(folder);
});
afterAll(() => {
  clones.close();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  store = await lendEmbedded();
  return () => store.close();
});

/** An installation that starts with this file of people. */
async function start(
  text: string,
  at: number,
): Promise<{ owners: Owners; house: House; follow: () => Promise<number> }> {
  const peopleFile = join(folder, 'people.yaml');
  writeFileSync(peopleFile, text);
  const owners = await openOwners({ clones, weights: ownerWeights, peopleFile, files });
  const house = openHouse({ store, everybody: owners.people, directories: owners.directories });
  house.clock.set(at);
  const context = () => ({ ...sourceContext, receivedAt: house.clock.now() });
  return { owners, house, follow: () => reportFileLeavers(house.parts, owners.fixed, context()) };
}
const orphans = async () => {
  const page = await store.read.loops(loopPrincipal, { behaviour: 'orphaned-identity', limit: 50 });
  return page.items
    .map(({ facts, owner, state }) => [facts.identity?.id, owner.id, state, facts.sightings] as const)
    .toSorted((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1));
};

describe('when somebody leaves', () => {
  test('who had left before the first look is history', async () => {
    const { follow } = await start(people('left'), monday);
    expect(await follow()).toBe(0);
    expect(await orphans()).toEqual([]);
  });

  test('their accounts, applications and loops become cases for their manager, each once', async () => {
    const before = await start(people('active'), monday);
    await before.follow();
    await ingest(before.house.parts, {
      source: 'scanner',
      receivedAt: monday,
      mode: 'live',
      events: [leak({ at: monday - hour, receivedAt: monday, secret: fakeSecret(1), author: 'ana' })],
    });
    const [loop] = (await store.read.loops(loopPrincipal, { owner: 'ana', limit: 5 })).items;
    expect(loop?.facts.identity?.id).toBeDefined();

    const after = await start(people('left'), monday + hour);
    expect(await after.follow()).toBeGreaterThan(0);
    const found = await orphans();
    const ids = found.map(([id]) => id);
    for (const id of ['octo-ana', 'ana-admin', 'app-1', '0oa1', loop?.facts.identity?.id])
      expect(ids).toContain(id);
    // Their own logins end with them.
    expect(ids).not.toContain('ana@example.com');
    expect(ids).not.toContain('00u1');
    expect(new Set(found.map(([, owner]) => owner))).toEqual(new Set(['mia']));
    expect(new Set(found.map(([, , state]) => state))).toEqual(new Set(['open']));
    expect(await after.follow()).toBe(0);
    expect(await (await start(people('left'), monday + 2 * hour)).follow()).toBe(0);
    expect(await orphans()).toEqual(found);
  });

  test('a process that ends half-way passes it on at the next start, with no case twice', async () => {
    await (await start(people('active'), monday)).follow();
    const after = await start(people('left'), monday + hour);
    const { transaction } = store;
    let calls = 0;
    const broken: Store = {
      ...store,
      transaction: (work) => {
        calls += 1;
        // The first notes who left; the last would note that it was passed on.
        if (calls > 3) throw new Error('the process ends');
        return transaction(work);
      },
    };
    const house = openHouse({
      store: broken,
      everybody: after.owners.people,
      directories: after.owners.directories,
    });
    house.clock.set(monday + hour);
    const context = { ...sourceContext, receivedAt: monday + hour };
    await expect(reportFileLeavers(house.parts, after.owners.fixed, context)).rejects.toThrow(
      'the process ends',
    );
    expect(await (await start(people('left'), monday + 2 * hour)).follow()).toBeGreaterThan(0);
    expect(new Set((await orphans()).map(([, , , sightings]) => sightings))).toEqual(new Set([1]));
  });

  test('who comes back and leaves again is told of again', async () => {
    await (await start(people('active'), monday)).follow();
    const first = await (await start(people('left'), monday + hour)).follow();
    await (await start(people('active'), monday + 2 * hour)).follow();
    expect(await (await start(people('left'), monday + 3 * hour)).follow()).toBe(first);
    expect(new Set((await orphans()).map(([, , , sightings]) => sightings))).toEqual(new Set([2]));
  });
});

describe('what is known of owners', () => {
  test('every identity counts once, as owned, guessed or orphaned', async () => {
    const { house } = await start(people('active'), monday);
    await listIdentities(house.parts);
    const { types: coverage } = await identityCoverage(house.parts, loopPrincipal);
    const of = (type: string) => coverage.find((one) => one.type === type);
    // The invoice robot is Ana's; nobody has the second; who had the third has left.
    expect(of('service-principal')).toEqual({
      type: 'service-principal',
      n: 3,
      owned: 1,
      guessed: 0,
      orphaned: 2,
    });
    expect(of('application')).toEqual({ type: 'application', n: 1, owned: 1, guessed: 0, orphaned: 0 });
    expect(of('iam-user')).toMatchObject({ n: 1, orphaned: 1 });
    expect(of('iam-role')).toMatchObject({ n: 1, owned: 1 });
    for (const { n, owned, guessed, orphaned } of coverage) expect(owned + guessed + orphaned).toBe(n);

    await ingest(house.parts, {
      source: 'scanner',
      receivedAt: monday,
      mode: 'live',
      events: [leak({ at: monday - hour, receivedAt: monday, secret: fakeSecret(1), author: 'ana' })],
    });
    await followIdentities(house.parts);
    const { types: more } = await identityCoverage(house.parts, loopPrincipal);
    expect(more.reduce((sum, { n }) => sum + n, 0)).toBe(coverage.reduce((sum, { n }) => sum + n, 0) + 1);
  });

  test('an identity explains itself with ranked candidates, also without a loop', async () => {
    const { house } = await start(people('active'), monday);
    const explain = (id: string, principal = loopPrincipal) =>
      explainIdentity(house.parts, principal, { id }, []);
    const role = await explain('arn:aws:iam::111122223333:role/deploy');
    expect(role?.standing).toBe('owned');
    const [first] = role?.candidates.filter(({ owner }) => owner.kind === 'person') ?? [];
    expect(first).toMatchObject({
      owner: { kind: 'person', id: 'ana' },
      evidence: [{ kind: 'label-owner' }, { kind: 'team-agrees' }],
    });
    expect(await explain('app-2')).toEqual({ standing: 'orphaned', candidates: [] });
    expect(await explain('app-3')).toMatchObject({ standing: 'orphaned' });
    expect(await explain('never-heard-of')).toBeUndefined();
    expect(await explain('app-1', { ...loopPrincipal, teams: ['blue'] })).toBeUndefined();
  });
});
