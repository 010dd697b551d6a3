import { z } from 'zod';
import { needs } from '../../core/loop/needs.ts';
import { states } from '../../core/loop/states.ts';
import type { Room } from '../room.ts';
import { noQuery, type Operations, reading } from '../table/operation.ts';

const countsSchema = z.object({
  items: z.array(z.object({ behaviour: z.string(), state: z.enum(states), n: z.int() })),
  needs: z
    .array(z.object({ need: z.enum(needs), n: z.int() }))
    .describe('Loops that need a person for more than their state says.'),
});
export type CountsJson = z.infer<typeof countsSchema>;

/** How many loops stand where, of those that the caller may see. */
export function countRoutes(room: Room): Pick<Operations, 'GET /v1/counts'> {
  return {
    'GET /v1/counts': reading({
      summary: 'Counts the loops by behaviour and state.',
      query: noQuery,
      answers: { 200: { description: 'One item for each that has any.', schema: countsSchema } },
      handle: async ({ c, caller }) => {
        const { read } = room.given.parts.store;
        const [rows, needing] = await Promise.all([read.counts(caller), read.needCounts(caller)]);
        const items = rows.map(({ behaviour, state, n }) => ({ behaviour, state, n }));
        return c.json({ items, needs: [...needing] });
      },
    }),
  };
}
