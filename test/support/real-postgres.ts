import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { launchPostgres } from './launch-postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly postgres: {
      readonly url?: string;
      readonly reason?: string;
      /** How the schemas begin that tests lend to each other. */
      readonly schemas: string;
    };
  }
}

/** Starts one PostgreSQL for the whole run, or takes `FOLDBACK_TEST_DATABASE_URL`; says why when there is none. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const schemas = `t_${randomBytes(4).toString('hex')}_`;
  const given = process.env['FOLDBACK_TEST_DATABASE_URL'];
  if (given !== undefined) {
    project.provide('postgres', { url: given, schemas });
    return () => dropSchemas(given, schemas);
  }
  try {
    const running = await launchPostgres();
    project.provide('postgres', { url: running.url, schemas });
    return () => running.stop();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`PostgreSQL tests are skipped: ${reason}\n`);
    project.provide('postgres', { reason, schemas });
    return async () => undefined;
  }
}

/** A database that is not ours alone is left as it was. */
async function dropSchemas(url: string, prefix: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      'select nspname as name from pg_namespace where starts_with(nspname, $1)',
      [prefix],
    );
    for (const { name } of rows) await client.query(`drop schema ${name} cascade`);
  } finally {
    await client.end();
  }
}
