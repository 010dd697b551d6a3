import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { noteExport, purposeQuery } from '../export-note.ts';
import { copyFor } from '../held-data.ts';
import type { Room } from '../room.ts';
import { type Operations, pathPart, reading } from '../table/operation.ts';

const query = z.strictObject({ purpose: purposeQuery });
const copySchema = z.looseObject({
  organisation: z.string(),
  at: z.string(),
  classes: z.array(z.looseObject({})),
});

/** A copy of what is held about somebody, for an administrator who answers an access request. */
export function personDataRoutes(room: Room): Pick<Operations, 'GET /v1/people/{id}/data'> {
  return {
    'GET /v1/people/{id}/data': reading({
      summary: 'A copy of what is held about a person (GDPR, Article 15). Who took it, and why, is kept.',
      query,
      answers: { 200: { description: 'What is held, why and for how long.', schema: copySchema } },
      handle: async ({ c, caller, query: asked }) => {
        room.limits.few(c, 'exports', caller);
        if (caller.teams !== 'all')
          throw new AppError('forbidden', 'A copy reaches the data of every team, and this token does not.');
        const { people } = room.given.parts;
        const id = pathPart(c, 'id');
        const person = people.find(id) ?? people.byEmail(id);
        if (person === undefined) throw new AppError('not-found', 'The directory knows nobody by this name.');
        await noteExport(room, caller, 'person', asked.purpose, { person: person.id });
        return c.json(await copyFor(room, person));
      },
    }),
  };
}
