import { Kysely, PGliteDialect, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import type { Store } from '../../../ports/store.ts';
import { databaseAddress } from './database-address.ts';
import { inFolder, inMemory } from './fresh-cluster.ts';
import { createStore } from './index.ts';
import { migrate, type OnSchemaStep } from './migrate.ts';
import { preparedPGlite } from './prepared-pglite.ts';
import { reachDatabase } from './reach.ts';

/** PGlite on disk or, without a folder, in memory. One process may open a folder: the caller holds its lock. */
export async function openEmbedded(
  folder?: string,
  onSchemaStep?: OnSchemaStep,
  staysSmall?: boolean,
): Promise<Store> {
  const pglite = await (folder === undefined ? inMemory() : inFolder(folder));
  const prepared = await preparedPGlite(pglite, staysSmall);
  const db = new Kysely<unknown>({ dialect: new PGliteDialect({ pglite: prepared }) });
  await upToDate(db, undefined, onSchemaStep);
  return createStore(db, 'embedded', async () => {
    await db.destroy();
  });
}

/** A database that cannot be brought up to date is let go: left open, it would hold its process for ever. */
async function upToDate(db: Kysely<unknown>, schema?: string, onStep?: OnSchemaStep): Promise<void> {
  try {
    await migrate(db, schema, undefined, onStep);
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

/** Eight-byte integers are counts and milliseconds here, far below 2^53. */
const int8Oid = 20;

export type PostgresOptions = {
  readonly connectionsMax?: number;
  readonly schema?: string;
  readonly onSchemaStep?: OnSchemaStep;
};

export async function openPostgres(url: string, options: PostgresOptions = {}): Promise<Store> {
  const db = await reachedDatabase(url, options);
  await upToDate(db, options.schema, options.onSchemaStep);
  return createStore(db, 'postgres', async () => {
    await db.destroy();
  });
}

/** As `postgresDatabase`, of one that answers. Errors: `store-unreachable`. */
export async function reachedDatabase(url: string, options: PostgresOptions = {}): Promise<Kysely<unknown>> {
  await reachDatabase(url);
  return postgresDatabase(url, options);
}

/** A database as it is, whatever schema it has. */
export function postgresDatabase(url: string, options: PostgresOptions = {}): Kysely<unknown> {
  const pool = new pg.Pool({
    connectionString: databaseAddress(url).url,
    max: options.connectionsMax ?? 8,
    ...(options.schema === undefined ? {} : { options: `-c search_path=${options.schema}` }),
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === int8Oid ? Number : pg.types.getTypeParser(oid, format ?? 'text'),
    },
  });
  // A dropped idle connection is replaced on the next query; without a listener it would end the process.
  pool.on('error', () => undefined);
  return new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
}

/** The oldest PostgreSQL that the SQL is written for. */
export const postgresVersionMin = 15;

export async function serverVersion(db: Kysely<unknown>): Promise<number> {
  const found = await sql<{ server_version_num: string }>`show server_version_num`.execute(db);
  return Math.floor(Number(found.rows[0]?.server_version_num ?? 0) / 10_000);
}
