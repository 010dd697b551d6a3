import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { Room } from '../room.ts';
import { noQuery, type Operations, pathPart, reading } from '../table/operation.ts';

/** Senders that ask, before their first delivery, whether it is expected here. */
export function challengeRoutes(room: Room): Pick<Operations, 'GET /v1/sources/{source}'> {
  return {
    'GET /v1/sources/{source}': reading({
      summary: 'Answers a vendor who asks once whether this address expects its deliveries. Changes nothing.',
      query: noQuery,
      answers: {
        200: { description: 'What that vendor wants to hear.', schema: z.record(z.string(), z.string()) },
      },
      handle: ({ c }) => {
        const source = room.given.sources.find(({ id }) => id === pathPart(c, 'source'));
        if (source === undefined) throw new AppError('unknown-source', 'GET /v1/sources lists them.');
        const answer = source.challenge?.(c.req.header());
        if (answer === undefined) throw new AppError('not-found', 'This source asks for nothing with a GET.');
        return c.json(answer, 200);
      },
    }),
  };
}
