import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createStore } from '../src/adapters/stores/postgres/index.ts';
import { migrate } from '../src/adapters/stores/postgres/migrate.ts';
import { loopPrincipal } from '../src/loop/parts.ts';
import type { IdentityFilter, Store } from '../src/ports/store.ts';
import { explained, type Told } from './support/plans.ts';

const { url = '', reason } = inject('postgres');

describe.skipIf(url === '')(`plans of identities${reason === undefined ? '' : ` (${reason})`}`, () => {
  const schema = `i_${randomBytes(6).toString('hex')}`;
  const target = `${url}?options=${encodeURIComponent(`-c search_path=${schema}`)}`;
  const told = new Map<string, Told>();
  let store: Store;

  beforeAll(async () => {
    const db = explained(target, told);
    await migrate(db, schema);
    await fill(target);
    store = createStore(db, 'postgres', () => db.destroy());
  }, 120_000);
  afterAll(async () => {
    await store?.close();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`drop schema ${schema} cascade`);
    await client.end();
  });

  test.each<readonly [string, Partial<IdentityFilter>, string, 'all' | readonly string[]]>([
    ['nothing', {}, 'identities_recent', 'all'],
    ['the page after one', { after: `1700000000000.${'0'.repeat(32)}` }, 'identities_recent', 'all'],
    ['orphans', { standing: 'orphaned' }, 'identities_standing', 'all'],
    ['a rare type', { type: 'rare' }, 'identities_type', 'all'],
    ['an owner', { owner: 'p7' }, 'identities_owner', 'all'],
    ['a team', { team: 't7' }, 'identities_team', 'all'],
    ['a word', { words: ['robot31'] }, 'identities_words', 'all'],
    ['what one team sees', { standing: 'orphaned' }, 'identities_team', ['t7']],
  ])('a page by %s reads no more than an index gives', async (_, filter, index, teams) => {
    told.clear();
    await store.read.identities({ ...loopPrincipal, teams }, { limit: 50, ...filter });
    const [plan] = told.values();
    expect([...(plan?.scans ?? ['none'])]).toEqual([]);
    expect([...(plan?.indexes ?? [])]).toContain(index);
  });

  test('what one identity needs is found by its keys', async () => {
    told.clear();
    const { items } = await store.read.identities(loopPrincipal, { limit: 1, owner: 'p7' });
    const [one] = items;
    await store.read.identity(loopPrincipal, one?.id ?? '');
    await store.read.identitiesByKeys(loopPrincipal, [one?.key ?? '']);
    await store.read.namedOwners(loopPrincipal, [one?.key ?? '']);
    await store.read.identitiesOfProgram(loopPrincipal, 'workload w7', 10);
    await store.read.loopsOfIdentity(loopPrincipal, one?.id ?? '', 10);
    await store.read.identityDecisions(loopPrincipal, one?.id ?? '', 10);
    const reading = [...told].filter(
      ([, { scans }]) => scans.has('identities') || scans.has('identity_loops'),
    );
    expect(reading.map(([statement]) => statement)).toEqual([]);
  });
});

/** Sixty thousand programs: enough for the planner to mind, and little enough for a test. */
async function fill(target: string): Promise<void> {
  const client = new pg.Client({ connectionString: target });
  await client.connect();
  await client.query(`insert into identities
    (id, key, type, name, standing, owner_kind, owner_id, confidence, team, program, last_at, named_at)
    select gen_random_uuid(), 'gcp robot' || n || '@shop.iam', case when n % 5000 = 0 then 'rare' else 'usual' end,
      'robot' || n || '@shop.iam', case when n % 500 = 0 then 'orphaned' else 'owned' end, 'person',
      'p' || n % 2000, 0.9, 't' || n % 500, case when n % 3 = 0 then 'workload w' || n % 900 end,
      1700000000000 + n, case when n % 1000 = 0 then 1700000000000 end
    from generate_series(1, 60000) n`);
  await client.query(`insert into identity_loops (identity_id, loop_id)
    select id, gen_random_uuid() from identities limit 20000`);
  await client.query('analyze');
  await client.end();
}
