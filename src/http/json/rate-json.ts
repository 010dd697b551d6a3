import { z } from 'zod';

/** A bound that is left out is open, or not defined. */
export const bounds = { lower: z.number().exactOptional(), upper: z.number().exactOptional() };
export const estimate = { value: z.number(), ...bounds };
export const rate = z.object({
  kind: z.enum(['rate', 'not-enough-data']),
  reason: z.enum(['uncounted', 'few-opportunities', 'units-differ']).exactOptional(),
  interval: z.enum(['poisson', 'between-units']).exactOptional(),
  failures: z.int(),
  opportunities: z.number(),
  units: z.int().describe('Months of a team.'),
  uncounted: z.int().describe('Failures where no opportunities were logged: in no rate.'),
  ...estimate,
  value: z.number().exactOptional(),
});
