import { describe } from 'vitest';
import { survives } from './steps.ts';

describe('a process that is killed at a chosen step and started again loses and doubles nothing', () => {
  survives([
    { step: 'before commit', nth: 2 },
    { step: 'after send', nth: 1 },
    { step: 'after commit', nth: 11 },
  ]);
});
