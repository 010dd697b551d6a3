import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// Processes and threads that tests start need not compile the same sources again.
const env = { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules', '.cache', 'foldback-tests') };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'suite',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['test/crash/long/**', 'node_modules/**'],
          globalSetup: ['test/support/real-postgres.ts'],
          env,
          // Files of one process share what they load, its packs and its stores: half of all the time otherwise.
          isolate: false,
          // Far above what any test takes alone: the machine may be shared.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'crash',
          include: ['test/crash/long/**/*.test.ts'],
          globalSetup: ['test/support/real-postgres.ts'],
          env,
          testTimeout: 3_600_000,
          hookTimeout: 120_000,
        },
      },
    ],
    pool: 'forks',
    // Processes are apart from each other; without this one core of two stands idle.
    maxWorkers: '100%',
  },
});
