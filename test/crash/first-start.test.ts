import { opensAfterKillAt } from './first-start.ts';

opensAfterKillAt([3, 400]);
