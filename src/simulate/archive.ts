import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Simulated } from './simulate.ts';
import type { PlantedWords } from './words.ts';
import { day } from './world.ts';

/** The story of the archived experiment: practice mails alone, and two other wordings. */
export const archiveStory = {
  seed: 4,
  days: 69,
  isMailsOnly: true,
  words: ['usual', 'helpful', 'harmful'] satisfies readonly PlantedWords[],
} as const;

const effectSchema = z.strictObject({
  variant: z.string(),
  true: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  verdict: z.string(),
});

const archiveSchema = z.strictObject({
  /** How it was made. */
  command: z.string(),
  seed: z.int(),
  days: z.int(),
  people: z.int(),
  arms: z.array(z.string()),
  /** Place of the arm, minutes from the beginning to the assignment, and to the first recurrence and its record. */
  units: z.array(z.tuple([z.int(), z.int(), z.int().nullable(), z.int().nullable()])),
  /** Arms to which nobody new was assigned from a minute on, as it does harm. */
  stopped: z.array(z.tuple([z.int(), z.int()])),
  effects: z.array(effectSchema),
});
export type ArchivedExperiment = z.infer<typeof archiveSchema>;

const minute = 60_000;

/** What is kept of a played experiment: nobody's name or pseudonym. */
export function archivedExperiment(played: Simulated, people: number): ArchivedExperiment {
  const start = played.outcome.end - archiveStory.days * day;
  const arms = [...archiveStory.words];
  const minutes = (at: number) => Math.round((at - start) / minute);
  return {
    command: `node scripts/archive-experiment.ts ${people}`,
    seed: archiveStory.seed,
    days: archiveStory.days,
    people,
    arms,
    units: played.followed.map(({ arm, assignedAt, outcome }) => [
      arms.findIndex((one) => one === arm),
      minutes(assignedAt),
      outcome === undefined ? null : minutes(outcome.at),
      outcome === undefined ? null : minutes(outcome.recordedAt),
    ]),
    stopped: played.stopped.map(({ arm, at }) => [arms.findIndex((one) => one === arm), minutes(at)]),
    effects: [...played.effects],
  };
}

/** The archived experiment that the demonstration shows. */
export function readArchive(
  file = join(import.meta.dirname, 'archived-experiment.jsonl'),
): ArchivedExperiment {
  return archiveSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}
