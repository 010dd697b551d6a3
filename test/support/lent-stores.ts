import { randomBytes } from 'node:crypto';
import { Kysely, PGliteDialect, sql } from 'kysely';
import { inMemory } from '../../src/adapters/stores/postgres/fresh-cluster.ts';
import { createStore } from '../../src/adapters/stores/postgres/index.ts';
import { migrate, migrationLockTable, migrationTable } from '../../src/adapters/stores/postgres/migrate.ts';
import { openPostgres, postgresDatabase } from '../../src/adapters/stores/postgres/open.ts';
import { preparedPGlite } from '../../src/adapters/stores/postgres/prepared-pglite.ts';
import type { Store } from '../../src/ports/store.ts';

type Embedded = Awaited<ReturnType<typeof preparedPGlite>>;

/**
 * To make an empty store takes two seconds of processor time, to empty one a tenth. A process lends its stores to one
 * test after the other, each as empty as a new one. Whoever closed a store cannot reach it any more.
 */
const freeEmbedded: Embedded[] = [];
const freeSchemas: string[] = [];

/** An empty embedded store in memory. For tests that need one that nobody had: `openEmbedded`. */
export async function lendEmbedded(): Promise<Store> {
  const pglite = freeEmbedded.pop() ?? (await newEmbedded());
  const db = over(pglite);
  return createStore(
    db,
    'embedded',
    once(async () => {
      await db.destroy();
      await empty(over(pglite));
      freeEmbedded.push(pglite);
    }),
  );
}

async function newEmbedded(): Promise<Embedded> {
  const pglite = await preparedPGlite(await inMemory());
  await migrate(over(pglite));
  return pglite;
}

/** A database that is let go without its PGlite. */
function over({ query, transaction, waitReady }: Embedded): Kysely<unknown> {
  const close = async () => undefined;
  return new Kysely<unknown>({
    dialect: new PGliteDialect({
      pglite: { query, transaction, waitReady, close, closed: false, ready: true },
    }),
  });
}

/** An empty store in a schema of its own on PostgreSQL, whose name begins with `prefix`. */
export async function lendPostgres(url: string, prefix: string): Promise<Store> {
  const free = freeSchemas.pop();
  const schema = free ?? `${prefix}${randomBytes(6).toString('hex')}`;
  if (free === undefined) await (await openPostgres(url, { schema, connectionsMax: 1 })).close();
  const db = postgresDatabase(url, { schema, connectionsMax: 6 });
  return createStore(
    db,
    'postgres',
    once(async () => {
      await db.destroy();
      const own = postgresDatabase(url, { schema, connectionsMax: 1 });
      try {
        await empty(own);
      } finally {
        await own.destroy();
      }
      freeSchemas.push(schema);
    }),
  );
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}

const kept: readonly string[] = [migrationTable, migrationLockTable];

/** No row is left, and what counts begins anew. */
async function empty(db: Kysely<unknown>): Promise<void> {
  const tables = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = current_schema()`.execute(db);
  const names = tables.rows.map(({ name }) => name).filter((name) => !kept.includes(name));
  const filled = await sql<{ name: string }>`${sql.join(
    names.map((name) => sql`select ${sql.lit(name)} as name where exists (select from ${sql.table(name)})`),
    sql` union all `,
  )}`.execute(db);
  if (filled.rows.length > 0) {
    const list = sql.join(filled.rows.map(({ name }) => sql.table(name)));
    await sql`truncate ${list} cascade`.execute(db);
  }
  const counted = await sql<{ name: string }>`
    select sequencename as name from pg_sequences
    where schemaname = current_schema() and last_value is not null`.execute(db);
  for (const { name } of counted.rows) await sql`alter sequence ${sql.table(name)} restart`.execute(db);
}
