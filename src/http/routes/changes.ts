import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Room } from '../room.ts';
import { noQuery, type Operations, reading } from '../table/operation.ts';

const changesSchema = z.object({
  mark: z.string().describe('Another one than before: something has changed. It says nothing of what.'),
});
export type ChangesJson = z.infer<typeof changesSchema>;

/** What a screen asks every few seconds instead of asking for all that it shows. */
export function changeRoutes(room: Room): Pick<Operations, 'GET /v1/changes'> {
  return {
    'GET /v1/changes': reading({
      summary: 'Whether anything has changed since the mark was another. Made to be asked often.',
      query: noQuery,
      answers: { 200: { description: 'The mark.', schema: changesSchema } },
      handle: async ({ c, caller }) => {
        const mark = await room.given.parts.store.read.changeMark(caller);
        // Times of what others own stand in it: a hash tells none of them.
        return c.json({ mark: createHash('sha256').update(mark).digest('hex').slice(0, 16) });
      },
    }),
  };
}
