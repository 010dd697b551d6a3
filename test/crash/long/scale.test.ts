import { historyNeverShouts } from '../../support/scale.ts';

historyNeverShouts(100_000, 300);
