import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect, sql } from 'kysely';
import { migrate, migrationLockTable, migrationTable } from '../migrate.ts';
import { postgresDatabase, reachedDatabase } from '../open.ts';
import { load } from './load.ts';
import type { ReadBackup } from './read-lines.ts';
import { listTables } from './tables.ts';

const migratorTables = [migrationTable, migrationLockTable];

/** Loads a backup into memory and forgets it: whether it can be restored. */
export async function tryRestore(lines: AsyncIterable<string>): Promise<ReadBackup> {
  const db = await embedded();
  try {
    return await load(db, lines);
  } finally {
    await db.destroy();
  }
}

/**
 * Puts what a backup holds in the place of an embedded store. It is built beside it and takes its place whole.
 *
 * @returns where the former one is kept, if there was one
 */
export async function restoreEmbedded(
  folder: string,
  lines: AsyncIterable<string>,
): Promise<ReadBackup & { readonly former?: string }> {
  const mark = randomBytes(4).toString('hex');
  const draft = `${folder}.restored-${mark}`;
  await mkdir(draft, { recursive: true, mode: 0o700 });
  try {
    const db = await embedded(draft);
    let read: ReadBackup;
    try {
      read = await load(db, lines);
    } finally {
      await db.destroy();
    }
    const former = existsSync(folder) ? `${folder}.before-${mark}` : undefined;
    if (former !== undefined) await rename(folder, former);
    await rename(draft, folder);
    return { ...read, ...(former === undefined ? {} : { former }) };
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Puts what a backup holds in the place of what a PostgreSQL holds of Foldback. It is built in a schema of its own, and
 * the tables change places in one transaction: others see the former state or the new one.
 */
export async function restorePostgres(url: string, lines: AsyncIterable<string>): Promise<ReadBackup> {
  const home = await homeSchema(url);
  const aside = `foldback_restored_${randomBytes(4).toString('hex')}`;
  const db = postgresDatabase(url, { schema: aside, connectionsMax: 2 });
  try {
    await sql`create schema ${sql.id(aside)}`.execute(db);
    try {
      const read = await load(db, lines, aside);
      await takePlace(db, aside, home);
      return read;
    } finally {
      await sql`drop schema if exists ${sql.id(aside)} cascade`.execute(db);
    }
  } finally {
    await db.destroy();
  }
}

/** Whether a database holds anything that a restore would put away. */
export async function isEmptyPostgres(url: string): Promise<boolean> {
  const db = await reachedDatabase(url, { connectionsMax: 1 });
  try {
    for (const { name } of await listTables(db)) {
      if (!ourTables.has(name)) continue;
      const { rows } = await sql`select 1 from ${sql.table(name)} limit 1`.execute(db);
      if (rows.length > 0) return false;
    }
    return true;
  } finally {
    await db.destroy();
  }
}

/** Where anything rests that somebody would miss; settings are written at the first start. */
const ourTables: ReadonlySet<string> = new Set([
  'events',
  'loops',
  'messages',
  'tokens',
  'accounts',
  'experiments',
  'controls',
  'counters',
  'imports',
]);

/** Drops everything of Foldback in a database, in one transaction. What else is there stays. */
export async function removeTables(url: string): Promise<void> {
  const db = await reachedDatabase(url, { connectionsMax: 1 });
  try {
    await db.transaction().execute(async (trx) => {
      const here = (await listTables(trx)).map(({ name }) => name);
      for (const name of [
        ...(await knownTables()).filter((known) => here.includes(known)),
        ...migratorTables,
      ])
        await sql`drop table if exists ${sql.table(name)} cascade`.execute(trx);
    });
  } finally {
    await db.destroy();
  }
}

/** The tables of the newest schema: others in the same database belong to somebody else. */
async function knownTables(): Promise<readonly string[]> {
  const db = await embedded();
  try {
    await migrate(db);
    return (await listTables(db)).map(({ name }) => name);
  } finally {
    await db.destroy();
  }
}

/** Where the tables of an installation on this database stand. */
async function homeSchema(url: string): Promise<string> {
  const db = await reachedDatabase(url, { connectionsMax: 1 });
  try {
    const { rows } = await sql<{ name: string | null }>`select current_schema() as name`.execute(db);
    return rows[0]?.name ?? 'public';
  } finally {
    await db.destroy();
  }
}

async function takePlace(db: Kysely<unknown>, aside: string, home: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const names = (await listTables(trx)).map(({ name }) => name);
    for (const name of [...names, ...migratorTables]) {
      await sql`drop table if exists ${sql.id(home, name)} cascade`.execute(trx);
      await sql`alter table ${sql.id(aside, name)} set schema ${sql.id(home)}`.execute(trx);
    }
  });
}

async function embedded(folder?: string): Promise<Kysely<unknown>> {
  const pglite = await PGlite.create(folder === undefined ? {} : { dataDir: folder });
  return new Kysely<unknown>({ dialect: new PGliteDialect({ pglite }) });
}
