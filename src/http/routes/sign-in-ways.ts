import { z } from 'zod';
import type { Room } from '../room.ts';
import { noQuery, type Operations, open, queryOf } from '../table/operation.ts';

const waysSchema = z.object({
  singleSignOn: z
    .object({ name: z.string(), path: z.string() })
    .exactOptional()
    .describe('Where it is set up: what it is called, and where a browser begins.'),
});
export type SignInWaysJson = z.infer<typeof waysSchema>;

/** How one gets in, for whoever is not in yet. Name and password, and a token, are always ways. */
export function signInWayRoutes(room: Room): Pick<Operations, 'GET /v1/signin'> {
  return {
    'GET /v1/signin': open({
      summary: 'How a browser can sign in beside a token, or name and password.',
      answers: { 200: { description: 'The ways.', schema: waysSchema } },
      handle: (c) => {
        queryOf(c, noQuery);
        const { singleSignOn } = room.given;
        if (singleSignOn === undefined) return c.json({});
        return c.json({ singleSignOn: { name: singleSignOn.name, path: '/signin/oidc' } });
      },
    }),
  };
}
