import { type Kysely, sql } from 'kysely';
import { migrationLockTable, migrationTable } from '../migrate.ts';

/** A table of ours with the columns of its primary key, by which it is read in one order. */
export type Table = { readonly name: string; readonly key: readonly string[]; readonly identity?: string };

/** All tables of the schema but those that the migrator keeps for itself, by name. */
export async function listTables(db: Kysely<unknown>): Promise<readonly Table[]> {
  const { rows } = await sql<{ name: string; key: string[] | null; identity: string | null }>`
    select c.relname as name,
      (select array_agg(a.attname::text order by k.n)
        from pg_index i
        cross join lateral unnest(i.indkey::int2[]) with ordinality as k(attnum, n)
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
        where i.indrelid = c.oid and i.indisprimary) as key,
      (select a.attname::text from pg_attribute a
        where a.attrelid = c.oid and a.attidentity <> '' and not a.attisdropped limit 1) as identity
    from pg_class c
    where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
      and c.relname not in (${migrationTable}, ${migrationLockTable})
    order by c.relname collate "C"`.execute(db);
  return rows.map(({ name, key, identity }) => ({
    name,
    key: key ?? [],
    ...(identity === null ? {} : { identity }),
  }));
}

/** Steps of the schema that were taken, in order. */
export async function takenSteps(db: Kysely<unknown>): Promise<readonly string[]> {
  const { rows } = await sql<{
    name: string;
  }>`select name from ${sql.id(migrationTable)} order by name collate "C"`.execute(db);
  return rows.map(({ name }) => name);
}
