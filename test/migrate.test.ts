import { afterEach, describe, expect, inject, test } from 'vitest';
import { openPostgres } from '../src/adapters/stores/postgres/open.ts';
import { loopPrincipal } from '../src/loop/parts.ts';
import { installationKinds, type TestInstallation } from './support/installation.ts';

const postgres = installationKinds().find(({ name }) => name === 'postgres');

describe.skipIf(inject('postgres').url === undefined)('the schema in a database', () => {
  let place: TestInstallation | undefined;
  afterEach(async () => {
    await place?.remove();
    place = undefined;
  });
  const make = async () => {
    place = await postgres?.make();
    if (place?.databaseUrl === undefined) throw new Error('no database');
    return { place, url: place.databaseUrl };
  };

  test('is made once, however many processes start at the same time', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { url } = await make();
      const stores = await Promise.all([1, 2, 3, 4].map(() => openPostgres(url, { connectionsMax: 2 })));
      for (const store of stores) expect((await store.read.totals(loopPrincipal)).events).toBe(0);
      await Promise.all(stores.map((store) => store.close()));
      await place?.remove();
      place = undefined;
    }
  });

  test('does not mind the tables of another program, not even its list of migrations', async () => {
    const { place, url } = await make();
    await place.sql('create schema other');
    for (const schema of ['other', 'public']) {
      await place.sql(`create table ${schema}.kysely_migration (name text primary key, timestamp text)`);
      await place.sql(`insert into ${schema}.kysely_migration values ('2020-theirs', 'x')`);
    }
    await place.sql('create table other.kysely_migration_lock (id text primary key, is_locked integer)');
    const store = await openPostgres(url, { connectionsMax: 2 });
    expect((await store.read.totals(loopPrincipal)).events).toBe(0);
    await store.close();
    const again = await openPostgres(url, { connectionsMax: 2 });
    await again.close();
    expect(await place.sql('select name from public.kysely_migration')).toEqual([{ name: '2020-theirs' }]);
  });
});
