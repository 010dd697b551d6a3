import type { TestProject } from 'vitest/node';
import { launchPostgres } from './launch-postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly postgres: { readonly url?: string; readonly reason?: string };
  }
}

/** Starts one PostgreSQL for the whole run, or takes `FOLDBACK_TEST_DATABASE_URL`; says why when there is none. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['FOLDBACK_TEST_DATABASE_URL'];
  if (given !== undefined) {
    project.provide('postgres', { url: given });
    return async () => undefined;
  }
  try {
    const running = await launchPostgres();
    project.provide('postgres', { url: running.url });
    return () => running.stop();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`PostgreSQL tests are skipped: ${reason}\n`);
    project.provide('postgres', { reason });
    return async () => undefined;
  }
}
