import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { eraseFromStore } from '../../loop/erase.ts';
import { noteAccess } from '../audit/note-access.ts';
import type { Room } from '../room.ts';
import { bodyOf, noQuery, type Operations, pathPart, queryOf } from '../table/operation.ts';

const name = z.string().trim().min(2).max(200);
const bodySchema = z.strictObject({
  reason: z.string().trim().min(5).max(500).describe('Why; it is kept, and must not name the person.'),
  also: z.array(name).max(20).default([]).describe('Further names, addresses and accounts of the person.'),
});

const answerSchema = z.object({
  id: z.string().describe('Of the record of this erasure.'),
  rows: z.record(z.string(), z.int()).describe('Rows that were changed, by table.'),
  handedOver: z.array(z.string()).describe('Open cases that their team or a duty answers for from now on.'),
  isStillListed: z.boolean().describe('A directory still names them: take them out there too.'),
});

/** Erasing somebody (GDPR, Article 17). */
export function erasureRoutes(room: Room): Pick<Operations, 'POST /v1/people/{id}/erasure'> {
  return {
    'POST /v1/people/{id}/erasure': {
      kind: 'scoped',
      summary: 'Erases a person from everything that is stored. The ledger stays whole.',
      body: bodySchema,
      answers: { 200: { description: 'What was done.', schema: answerSchema } },
      run: async (c, caller) => {
        queryOf(c, noQuery);
        if (caller.teams !== 'all')
          throw new AppError('forbidden', 'Erasing reaches the data of every team, and this token does not.');
        const { reason, also } = await bodyOf(c, bodySchema);
        const id = name.safeParse(pathPart(c, 'id'));
        if (!id.success) throw new AppError('bad-request', 'This is no id of a person.');
        const done = await eraseFromStore(
          room.given.parts,
          caller,
          { id: id.data, also, reason },
          (tx, { id: erasure, at }) =>
            noteAccess(tx, at, [{ kind: 'access.person-erased', by: caller.id, body: { erasure } }]),
        );
        return c.json(done);
      },
    },
  };
}
