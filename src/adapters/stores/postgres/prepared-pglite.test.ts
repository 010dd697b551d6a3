import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { preparedPGlite } from './prepared-pglite.ts';

describe('the embedded database with prepared statements', () => {
  let db: Kysely<unknown>;
  beforeAll(async () => {
    const pglite = await PGlite.create();
    db = new Kysely<unknown>({ dialect: new PGliteDialect({ pglite: await preparedPGlite(pglite) }) });
    await sql`create table things (id int primary key, name text, many bigint, body jsonb)`.execute(db);
  });
  afterAll(() => db.destroy());

  test('gives values back as the types of their columns', async () => {
    await sql`insert into things values (1, ${'a'}, ${2 ** 40}, ${JSON.stringify({ of: [1, null] })}::jsonb)`.execute(
      db,
    );
    const found = await sql`select *, ${null}::text as none, ${true}::bool as yes from things`.execute(db);
    expect(found.rows).toEqual([
      { id: 1, name: 'a', many: 2 ** 40, body: { of: [1, null] }, none: null, yes: true },
    ]);
  });

  test('says how many rows a statement changed', async () => {
    const done = await sql`update things set name = ${'b'} where id = ${1}`.execute(db);
    expect(done.numAffectedRows).toBe(1n);
  });

  test('goes on after a statement that failed, in a transaction and out of it', async () => {
    const twice = () => sql`insert into things (id) values (${1})`.execute(db);
    for (let time = 0; time < 2; time += 1) await expect(twice()).rejects.toMatchObject({ code: '23505' });
    await expect(sql`select nothing from things`.execute(db)).rejects.toMatchObject({ code: '42703' });
    const failing = db.transaction().execute(async (trx) => {
      await sql`insert into things (id) values (${2})`.execute(trx);
      await sql`insert into things (id) values (${2})`.execute(trx);
    });
    await expect(failing).rejects.toMatchObject({ code: '23505' });
    expect((await sql`select id from things`.execute(db)).rows).toEqual([{ id: 1 }]);
  });

  test('a statement that was prepared over a table sees the columns that it gets later', async () => {
    const all = () => sql<object>`select * from things`.execute(db);
    await all();
    await sql`alter table things add column late text default 'late'`.execute(db);
    expect((await all()).rows[0]).toMatchObject({ late: 'late' });
  });

  test('what changes tables fails whole, and what comes after it is answered', async () => {
    const failing = db.transaction().execute(async (trx) => {
      await sql`create table others (id int primary key)`.execute(trx);
      await sql`create table things (id int)`.execute(trx);
    });
    await expect(failing).rejects.toMatchObject({ code: '42P07' });
    const found = await sql`select to_regclass('others') as others`.execute(db);
    expect(found.rows).toEqual([{ others: null }]);
    const shown = await sql<object>`show timezone`.execute(db);
    expect(shown.rows).toEqual([{ TimeZone: 'UTC' }]);
  });

  test('more texts than are kept prepared are answered all the same', async () => {
    for (let at = 0; at < 1_100; at += 1) {
      const found = await sql<{ n: number }>`select ${sql.lit(at)} as n`.execute(db);
      expect(found.rows).toEqual([{ n: at }]);
    }
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from pg_prepared_statements`.execute(
      db,
    );
    expect(rows[0]?.n).toBeLessThanOrEqual(500);
  });
});
