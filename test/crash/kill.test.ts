import { describe, inject } from 'vitest';
import { promiseKept } from './promise-kept.ts';

const { url, reason } = inject('postgres');

describe('a process that is killed at any moment and started again, over the embedded store', () => {
  promiseKept({ rounds: 6, minutesMax: 0.3, seed: 1 });
});

describe.skipIf(url === undefined)(
  `a process that is killed at any moment and started again, over PostgreSQL${url === undefined ? `: ${reason}` : ''}`,
  () => {
    promiseKept({ rounds: 6, minutesMax: 0.3, seed: 2, ...(url === undefined ? {} : { postgres: url }) });
  },
);
