import { describe } from 'vitest';
import { steps } from '../step-settings.ts';
import { type KillAt, survives } from '../steps.ts';

/** How often each step is passed in one piece of work, roughly; a kill that never comes is counted apart. */
const passes = { transaction: 22, commit: 22, send: 12, copy: 1 } as const;

const kills: readonly KillAt[] = steps.flatMap((step) => {
  const [, what] = step.split(' ');
  const count = what === 'send' ? passes.send : what === 'copy' ? passes.copy : passes.commit;
  return Array.from({ length: count }, (_, at) => ({ step, nth: at + 1 }));
});

describe('a process that is killed at every step and started again loses and doubles nothing', () => {
  survives(kills);
});
