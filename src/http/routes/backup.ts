import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { Room } from '../room.ts';
import { noQuery, type Operations, reading } from '../table/operation.ts';

/** Everything stored, for whoever may see everything. */
export function backupRoutes(room: Room): Pick<Operations, 'GET /v1/backup'> {
  const { given } = room;
  return {
    'GET /v1/backup': reading({
      summary: 'Everything stored, as one moment saw it, packed with gzip. It holds no keys.',
      query: noQuery,
      answers: { 200: { description: 'The backup.', schema: z.string(), type: 'application/gzip' } },
      handle: async ({ c, caller }) => {
        room.limits.few(c, 'backups', caller);
        if (caller.teams !== 'all') throw new AppError('forbidden', 'A backup holds the cases of all teams.');
        await room.record.note(c, { kind: 'access.backup-taken', by: caller.id });
        const { name, bytes } = await given.backup();
        c.header('Content-Disposition', `attachment; filename="${name}"`);
        return c.body(bytes, 200, { 'Content-Type': 'application/gzip' });
      },
    }),
  };
}
