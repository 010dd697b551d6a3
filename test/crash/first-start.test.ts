import { opensAfterKillAt } from './first-start.ts';

opensAfterKillAt([400]);
