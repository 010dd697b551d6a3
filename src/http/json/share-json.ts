import { z } from 'zod';

/** A share with its n and the interval of Wilson at 95 %; under five cases there are only counts. */
export const shareSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('share'),
    x: z.int(),
    n: z.int(),
    value: z.number(),
    lower: z.number(),
    upper: z.number(),
  }),
  z.object({ kind: z.literal('not-enough-data'), x: z.int(), n: z.int() }),
]);
