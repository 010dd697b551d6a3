import { opensAfterKillAt } from '../first-start.ts';

// A new store has about a thousand files; the last numbers are reached while the schema is made.
opensAfterKillAt([1, 50, 200, 600, 900, 1000, 1020, 1040]);
