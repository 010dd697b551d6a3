import { describe, inject } from 'vitest';
import { promiseKept } from '../promise-kept.ts';

const { url, reason } = inject('postgres');
/** Two hundred kills take a while; a figure here ends each store's part sooner and the printed rounds tell. */
const { FOLDBACK_TEST_CRASH_MINUTES: minutes } = process.env;
const limit = { rounds: 100, ...(minutes === undefined ? {} : { minutesMax: Number(minutes) }) };

describe('a process that is killed at any moment and started again, over the embedded store', () => {
  promiseKept({ ...limit, seed: 1 });
});

describe.skipIf(url === undefined)(
  `a process that is killed at any moment and started again, over PostgreSQL${url === undefined ? `: ${reason}` : ''}`,
  () => {
    promiseKept({ ...limit, seed: 2, ...(url === undefined ? {} : { postgres: url }) });
  },
);
