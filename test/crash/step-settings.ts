import { z } from 'zod';
import { crashSettings } from './crash-app.ts';

/** Points of the work at which this program may kill itself. */
export const steps = [
  'before transaction',
  'before commit',
  'after commit',
  'before send',
  'after send',
  'before copy',
  'after copy',
] as const;
export type Step = (typeof steps)[number];

export const stepSettings = crashSettings
  .pick({ folder: true, database: true, smtpPort: true, seed: true })
  .extend({
    /** Counts starts: each begins later on the clock, so that leases of the last one have run out. */
    start: z.int(),
    /** The work to finish and report on; left out at the first start. */
    finish: z.int().exactOptional(),
    /** The work to begin after that, and the step at which it ends for good. */
    begin: z.strictObject({ work: z.int(), step: z.enum(steps), nth: z.int() }).exactOptional(),
  });
export type StepSettings = z.infer<typeof stepSettings>;

/** What is there of one piece of work after it was finished; `faults` must be empty. */
export const stepReport = z.strictObject({
  work: z.int(),
  events: z.int(),
  mails: z.array(z.string()),
  uncertain: z.array(z.string()),
  faults: z.array(z.string()),
});
export type StepReport = z.infer<typeof stepReport>;

/** People of one piece of work. Each has people of its own, so that no cap of an earlier one holds a message back. */
export const peopleCount = 12;

export function personOf(work: number, at: number): string {
  return `w${work}p${at % peopleCount}`;
}

export function peopleFile(works: number): string {
  const people = Array.from({ length: works * peopleCount }, (_, at) => {
    const id = personOf(Math.floor(at / peopleCount), at);
    return `  - { id: ${id}, name: Person ${id}, emails: [${id}@example.com], team: blue }\n`;
  });
  return `people:\n${people.join('')}teams:\n  - { id: blue, name: Blue, handles: [] }\n`;
}
