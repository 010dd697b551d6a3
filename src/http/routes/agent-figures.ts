import { z } from 'zod';
import { dayMs } from '../../core/duration.ts';
import { shareFigure } from '../../core/measures/describe/share-figure.ts';
import { loopPrincipal } from '../../loop/parts.ts';
import { requireAllTeams } from '../caller/caller.ts';
import { shareSchema } from '../json/share-json.ts';
import type { Room } from '../room.ts';
import { type Operations, reading } from '../table/operation.ts';

const query = z.strictObject({
  agent: z.string().min(1).max(300).exactOptional(),
  days: z.coerce.number().int().min(1).max(400).default(30),
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
});

/** What agents attempted, were refused, and repeated after they had been told, by version and prompt. */
export function agentFigureRoutes(room: Room): Pick<Operations, 'GET /v1/agents/figures'> {
  const { parts } = room.given;
  return {
    'GET /v1/agents/figures': reading({
      summary: 'Attempts of agents by version and prompt: how many, the share refused, the share repeated.',
      query,
      answers: {
        200: {
          description: 'The figures; most denials first. Every share has its n and interval.',
          schema: z.object({
            from: z.iso.date(),
            to: z.iso.date(),
            items: z.array(
              z.object({
                agent: z.string(),
                version: z.string().describe('As the caller says; unknown where it says nothing.'),
                prompt: z.string().describe('Hash or name of the prompt, never its text.'),
                attempts: z.int(),
                denied: shareSchema.describe('Attempts that were denied.'),
                repeated: shareSchema.describe('Denials of a class that the agent had been refused before.'),
              }),
            ),
          }),
        },
      },
      handle: async ({ c, caller, query: { agent, days, limit } }) => {
        // They concern agents of every team.
        requireAllTeams(caller);
        const now = parts.clock.now();
        const [from, to] = [dayOf(now - (days - 1) * dayMs), dayOf(now)];
        const filter = { from, to, limit, ...(agent === undefined ? {} : { agent }) };
        const rows = await parts.store.read.agentCounts(loopPrincipal, filter);
        const items = rows.map(({ attempts, denials, repeats, ...named }) => ({
          ...named,
          attempts,
          denied: shareFigure({ x: denials, n: attempts }),
          repeated: shareFigure({ x: repeats, n: denials }),
        }));
        return c.json({ from, to, items });
      },
    }),
  };
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
