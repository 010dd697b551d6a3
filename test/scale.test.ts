import { historyNeverShouts } from './support/scale.ts';

// The whole measure, 100,000 of 300, is in the long form.
historyNeverShouts(10_000, 30);
