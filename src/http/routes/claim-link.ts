import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { requireAllTeams } from '../caller/caller.ts';
import type { Room } from '../room.ts';
import { acting, type Operations } from '../table/operation.ts';

/** The way in for whoever lost the link that the start printed, and has the machine. */
export function claimLinkRoutes(room: Room): Pick<Operations, 'POST /v1/claim'> {
  return {
    'POST /v1/claim': acting({
      summary: 'Makes a new one-time link for the first administrator; an earlier one no longer works.',
      answers: { 201: { description: 'The link, once.', schema: z.object({ url: z.string() }) } },
      handle: async ({ c, caller }) => {
        requireAllTeams(caller);
        const path = await room.given.claim.offer();
        if (path === undefined)
          throw new AppError(
            'conflict',
            'Somebody is administrator already. Make a token with the scope admin.',
          );
        await room.record.note(c, { kind: 'access.claim-offered', by: caller.id });
        return c.json({ url: `${room.baseUrl(c)}${path}` }, 201);
      },
    }),
  };
}
