import { z } from 'zod';

const estimate = z.looseObject({ value: z.number(), low: z.number(), high: z.number().optional() });
const file = z.looseObject({
  target: z.string(),
  path: z.string(),
  mode: z.enum(['create', 'append', 'remove']),
  text: z.string(),
});

/** A control as the API gives it, as far as commands show it. */
export const controlSchema = z.looseObject({
  id: z.string(),
  behaviour: z.string(),
  kind: z.string(),
  title: z.string(),
  why: z.string().optional(),
  scope: z.looseObject({ kind: z.string(), id: z.string() }),
  state: z.string(),
  needs: z.string().optional(),
  decider: z.looseObject({ kind: z.string(), id: z.string() }),
  dueAt: z.string().optional(),
  relapses: z.number().optional(),
  habits: z.number().optional(),
  reason: z.string().optional(),
  backTest: z.looseObject({
    failures: z.looseObject({ of: z.number(), caught: z.number(), notKnown: z.number() }).optional(),
    good: z.looseObject({ sampled: z.number(), total: z.number(), stopped: estimate.optional() }),
  }),
});
export type Control = z.infer<typeof controlSchema>;

export const controlStorySchema = controlSchema.extend({
  apply: z.string().optional(),
  rollbackWords: z.string().optional(),
  files: z.array(file),
  rollback: z.array(file),
  unusable: z.array(z.looseObject({ placeholder: z.string(), shown: z.string() })),
  effect: z
    .looseObject({
      experiment: z.string(),
      readout: z.looseObject({
        hidden: z.string().optional(),
        comparisons: z
          .array(z.looseObject({ arm: z.string(), verdict: z.string(), sentence: z.string() }))
          .optional(),
      }),
    })
    .optional(),
  beforeAfter: z
    .discriminatedUnion('kind', [
      z.looseObject({
        kind: z.literal('ratio'),
        before: z.looseObject({ failures: z.number(), chances: z.number() }),
        after: z.looseObject({ failures: z.number(), chances: z.number() }),
        per: z.string(),
        ratio: estimate,
        expected: z.number().optional(),
        verdict: z.enum(['less', 'more', 'too-early']),
      }),
      z.looseObject({ kind: z.literal('not-enough-data'), reason: z.string() }),
    ])
    .optional(),
});
export type ControlStory = z.infer<typeof controlStorySchema>;
