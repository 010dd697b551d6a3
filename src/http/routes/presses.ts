import type { Context } from 'hono';
import { AppError } from '../../core/errors.ts';
import { readRawBody } from '../hardening/raw-body.ts';
import type { Room } from '../room.ts';
import { type Operations, open, pathPart } from '../table/operation.ts';
import { takeInTime } from '../take-in-time.ts';

/** Answers by buttons in messages, as a chat program hands them over. */
export function pressRoutes(room: Room): Pick<Operations, 'POST /v1/channels/{channel}/interactions'> {
  const { parts, log } = room.given;
  return {
    'POST /v1/channels/{channel}/interactions': open({
      summary: 'Takes a press of a button in a message, signed by the program in which it was pressed.',
      answers: { 200: { description: 'Judged, and stored where it was an answer.' } },
      handle: async (c: Context) => {
        const channel = parts.channel(pathPart(c, 'channel'));
        const presses = channel?.presses;
        if (channel === undefined || presses === undefined)
          throw new AppError('not-found', 'No channel of this name takes presses here.');
        const body = await readRawBody(c, presses.bytesMax);
        const verdict = presses.read({ headers: c.req.header(), body, receivedAt: parts.clock.now() });
        if (verdict.kind === 'refused') throw new AppError(verdict.reason, '');
        if (verdict.kind === 'unreadable') throw new AppError('bad-record', verdict.reason);
        // The far side takes anything in the answer for a message: it stays empty.
        if (verdict.kind === 'nothing') return c.body(null, 200);
        const { press } = verdict;
        const outcome = await takeInTime({ parts, words: room.words, log }, { ...channel, presses }, press);
        // Nothing was taken: the program shows that it failed, and it may be pressed again.
        if (outcome === 'unavailable') throw new AppError('internal', 'Who pressed cannot be found out now.');
        if (outcome === 'unknown-message') throw new AppError('not-found', '');
        return c.body(null, 200);
      },
    }),
  };
}
