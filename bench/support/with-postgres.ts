import pg from 'pg';
import { launchPostgres } from '../../test/support/launch-postgres.ts';

/** Runs `work` over a real PostgreSQL of its own with durable commits, and takes it down whatever happens. */
export async function withPostgres<T>(work: (url: string) => Promise<T>): Promise<T> {
  const server = await launchPostgres();
  try {
    await isDurable(server.url);
    return await work(server.url);
  } finally {
    await server.stop();
  }
}

/** Figures of a server that does not wait for the disk would mean nothing. */
async function isDurable(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes']) {
      const found = await client.query(`show ${setting}`);
      if (found.rows[0]?.[setting] !== 'on') throw new Error(`${setting} is not on`);
    }
  } finally {
    await client.end();
  }
}
