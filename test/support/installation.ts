import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { inject } from 'vitest';
import { type KeySet, nameKey } from '../../src/config/keys.ts';
import { baseSchema, type Config } from '../../src/config/schema.ts';

/** A place for one installation: a data folder and, for PostgreSQL, a database of its own. */
export type TestInstallation = {
  readonly dir: string;
  readonly databaseUrl?: string;
  /** The configuration with what the test adds to it. */
  config(over: Readonly<Record<string, unknown>>): Config;
  /** Runs SQL beside Foldback. No process may have the embedded store open meanwhile. */
  sql(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  remove(): Promise<void>;
};

export type InstallationKind = {
  readonly name: string;
  readonly skip?: string;
  make(): Promise<TestInstallation>;
};

/** Where whole installations are tested: embedded in a folder, and a real PostgreSQL. */
export function installationKinds(): readonly InstallationKind[] {
  const { url, reason } = inject('postgres');
  return [
    { name: 'embedded', make: makeEmbedded },
    {
      name: 'postgres',
      ...(url === undefined ? { skip: reason ?? 'no PostgreSQL' } : {}),
      make: () => makePostgres(url ?? ''),
    },
  ];
}

/** The same keys in every process of a test. */
export function testKeySet(name = 'test'): KeySet {
  const key = (use: string) => nameKey(createHash('sha256').update(`${name} ${use}`).digest());
  return {
    fingerprint: [key('fingerprint')],
    token: [key('token')],
    ledger: [key('ledger')],
    assignment: key('assignment'),
    event: key('event'),
    analytics: [key('analytics')],
  };
}

function newFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'foldback-test-')));
}

async function makeEmbedded(): Promise<TestInstallation> {
  const dir = newFolder();
  return {
    dir,
    config: (over) => baseSchema.parse({ data: { dir }, ...over }),
    sql: async (text, values = []) => {
      const db = await PGlite.create({ dataDir: join(dir, 'store') });
      try {
        return (await db.query<Record<string, unknown>>(text, [...values])).rows;
      } finally {
        await db.close();
      }
    },
    remove: async () => rmSync(dir, { recursive: true, force: true }),
  };
}

async function makePostgres(serverUrl: string): Promise<TestInstallation> {
  const dir = newFolder();
  const name = `foldback_${randomBytes(6).toString('hex')}`;
  const databaseUrl = new URL(serverUrl);
  databaseUrl.pathname = `/${name}`;
  await ask(serverUrl, `create database ${name}`);
  return {
    dir,
    databaseUrl: databaseUrl.href,
    config: (over) => baseSchema.parse({ data: { dir }, database: { url: databaseUrl.href }, ...over }),
    sql: (text, values) => ask(databaseUrl.href, text, values),
    remove: async () => {
      await ask(serverUrl, `drop database ${name} with (force)`);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function ask(url: string, text: string, values: readonly unknown[] = []) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}
