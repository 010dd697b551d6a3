import { afterEach, describe, expect, inject, test } from 'vitest';
import { schemaSteps } from '../src/adapters/stores/postgres/migrate.ts';
import { backfillOutcomes } from '../src/adapters/stores/postgres/migrations/0014-outcomes.ts';
import { up as findUnits } from '../src/adapters/stores/postgres/migrations/0027-unit-names.ts';
import { backfillNeeds } from '../src/adapters/stores/postgres/migrations/0043-loop-needs.ts';
import { openPostgres, postgresDatabase } from '../src/adapters/stores/postgres/open.ts';
import { decide } from '../src/loop/decide.ts';
import { ingest } from '../src/loop/ingest.ts';
import { replyByLink } from '../src/loop/listen.ts';
import { loopPrincipal } from '../src/loop/parts.ts';
import { day, fakeSecret, hour, leak, monday, openHouse, status } from './support/house.ts';
import { installationKinds, type TestInstallation } from './support/installation.ts';

test('the steps of the schema are listed in the order in which they are taken', () => {
  expect(schemaSteps).toEqual([...schemaSteps].sort());
  expect(new Set(schemaSteps.map((step) => step.slice(0, 4))).size).toBe(schemaSteps.length);
});

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

  test('asks for other names of units where there are any, and never in an empty one', async () => {
    const { place, url } = await make();
    const store = await openPostgres(url, { connectionsMax: 2 });
    const asked = () => place.sql(`select value from settings where name = 'units-to-name'`);
    expect(await asked()).toEqual([]);
    const unit = '0'.repeat(32);
    await store.transaction((tx) => tx.addExits([{ unit, at: monday, reason: 'left' }]));
    const db = postgresDatabase(url, { connectionsMax: 1 });
    await findUnits(db);
    await db.destroy();
    await store.close();
    expect(await asked()).toEqual([{ value: true }]);
  });

  test('gives loops that are there already the outcomes that the store would have kept', async () => {
    const { place, url } = await make();
    const store = await openPostgres(url, { connectionsMax: 2 });
    const house = openHouse({ store, delivery: { perPersonPerDayMax: 50 } });
    const live = (...events: Parameters<typeof ingest>[1]['events']) =>
      ingest(house.parts, { source: 'scanner', receivedAt: house.clock.now(), mode: 'live', events });
    const secrets = [fakeSecret(1), fakeSecret(2), fakeSecret(3)];
    const taken = await live(
      ...secrets.map((secret, at) =>
        leak({ at: monday - hour, receivedAt: monday, secret, author: 'ana', file: `${at}.py` }),
      ),
    );
    await house.settleDown();
    const [first = '', second = ''] = taken.loops;
    const told = (await store.read.loop(loopPrincipal, first))?.messages[0];
    const link = house.parts.replyLink(told?.id ?? '', told?.to.id ?? '').tokenHash;
    house.clock.pass(hour);
    await replyByLink(house.parts, link, { answer: 'done' });
    await live(status({ at: house.clock.now(), secret: secrets[0] ?? '', validity: 'inactive' }));
    await decide(house.parts, loopPrincipal, second, { kind: 'dismiss' });
    await ingest(house.parts, {
      source: 'scanner',
      receivedAt: house.clock.now(),
      mode: 'history',
      events: [leak({ at: monday - 200 * day, secret: fakeSecret(4), author: 'bob', file: 'old.py' })],
    });
    await store.close();
    await place.sql('create table kept as select * from outcomes');
    await place.sql('delete from outcomes');
    await place.sql(backfillOutcomes);
    // By which version older cases were judged nobody knows any more.
    for (const one of ['kept', 'outcomes'])
      await place.sql(`alter table ${one} drop column version, drop column pack, drop column features`);
    for (const [one, other] of [
      ['kept', 'outcomes'],
      ['outcomes', 'kept'],
    ])
      expect(await place.sql(`select * from ${one} except select * from ${other}`)).toEqual([]);
    const [counted] = await place.sql(
      `select count(*)::integer as n, count(verified_at)::integer as fixed, count(answered_at)::integer as answered,
        count(*) filter (where not is_counted)::integer as dismissed, count(*) filter (where opened_at is null)::integer as old
      from outcomes`,
    );
    expect(counted).toMatchObject({ n: 4, fixed: 1, dismissed: 1, old: 1 });
    expect(Number(counted?.answered)).toBeGreaterThan(0);
  });

  test('gives loops that are there already what they need a person for', async () => {
    const { place, url } = await make();
    const store = await openPostgres(url, { connectionsMax: 2 });
    const house = openHouse({ store, delivery: { perPersonPerDayMax: 50 } });
    const events = ['ana', 'ana', 'ana', 'ana', undefined, undefined].map((author, n) =>
      leak({
        at: monday - hour,
        receivedAt: monday,
        secret: fakeSecret(n),
        file: `${n}.py`,
        ...(author === undefined ? {} : { author }),
      }),
    );
    const { loops } = await ingest(house.parts, {
      source: 'scanner',
      receivedAt: monday,
      mode: 'live',
      events,
    });
    await house.settleDown();
    const says = async (loop: string | undefined, ...answers: readonly ('accept-risk' | 'need-help')[]) => {
      const told = (await store.read.loop(loopPrincipal, loop ?? ''))?.messages[0];
      const link = house.parts.replyLink(told?.id ?? '', told?.to.id ?? '').tokenHash;
      for (const answer of answers) {
        house.clock.pass(hour);
        await replyByLink(house.parts, link, { answer, until: monday + 20 * day, loop: loop ?? '' });
      }
    };
    await says(loops[0], 'need-help', 'accept-risk');
    await says(loops[1], 'accept-risk', 'need-help');
    await says(loops[2], 'accept-risk');
    await decide(house.parts, loopPrincipal, loops[2] ?? '', { kind: 'hand-back' });
    const to = { kind: 'person', id: 'bob' } as const;
    await decide(house.parts, loopPrincipal, loops[5] ?? '', { kind: 'hand-over', to });
    await store.close();
    await place.sql('create table kept as select id, needs from loops');
    await place.sql('update loops set needs = null');
    await place.sql(backfillNeeds);
    expect(await place.sql('select id, needs from kept except select id, needs from loops')).toEqual([]);
    expect(await place.sql('select needs, count(*)::integer as n from kept group by 1 order by 1')).toEqual([
      { needs: 'help', n: 1 },
      { needs: 'owner', n: 1 },
      { needs: 'risk', n: 1 },
      { needs: null, n: 3 },
    ]);
  });
});
