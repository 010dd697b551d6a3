import { z } from 'zod';
import { count, line } from '../fields.ts';
import { says } from '../says.ts';

export const measures = z
  .strictObject({
    sensitiveTeams: z
      .array(line.max(200))
      .max(1000)
      .default([])
      .meta(says('Teams of which no figure is shown under ten people, instead of five.')),
    minutesPerDecision: count(240)
      .default(5)
      .meta(
        says(
          'What one decision of an operator is taken to cost: an assumption, as nobody’s time is watched.',
        ),
      ),
  })
  .prefault({})
  .describe('Figures of behaviours; see [measures](measures.md).');
