import { z } from 'zod';
import { states } from '../../core/loop/states.ts';
import type { Room } from '../room.ts';
import { noQuery, type Operations, reading } from '../table/operation.ts';

const countsSchema = z.object({
  items: z.array(z.object({ behaviour: z.string(), state: z.enum(states), n: z.int() })),
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
        const rows = await room.given.parts.store.read.counts(caller);
        return c.json({ items: rows.map(({ behaviour, state, n }) => ({ behaviour, state, n })) });
      },
    }),
  };
}
