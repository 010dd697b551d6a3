import { z } from 'zod';
import { pause, pauseState } from '../../loop/decide.ts';
import { requireAllTeams } from '../caller/caller.ts';
import { instant, knownInstant } from '../json/shapes.ts';
import type { Room } from '../room.ts';
import { changing, noQuery, type Operations, reading } from '../table/operation.ts';

const pauseSchema = z.object({ on: z.boolean(), at: instant.exactOptional() });
export type PauseJson = z.infer<typeof pauseSchema>;
const pauseKept = z.object({ on: z.boolean(), at: z.number().exactOptional() });

/** The switch that stops every message. */
export function pauseRoutes(room: Room): Pick<Operations, 'GET /v1/pause' | 'POST /v1/pause'> {
  const { parts } = room.given;
  const shown = async () => {
    const kept = pauseKept.safeParse(await pauseState(parts));
    return kept.success ? { on: kept.data.on, ...knownInstant('at', kept.data.at) } : { on: false };
  };
  return {
    'GET /v1/pause': reading({
      summary: 'Whether all messages are paused.',
      query: noQuery,
      answers: { 200: { description: 'The switch.', schema: pauseSchema } },
      handle: async ({ c }) => c.json(await shown()),
    }),
    'POST /v1/pause': changing({
      summary: 'Pauses or resumes all messages. What falls due meanwhile waits.',
      body: z.strictObject({ on: z.boolean() }),
      answers: { 200: { description: 'The switch.', schema: pauseSchema } },
      handle: async ({ c, caller, body }) => {
        requireAllTeams(caller);
        await pause(parts, caller, body.on);
        return c.json(await shown());
      },
    }),
  };
}
