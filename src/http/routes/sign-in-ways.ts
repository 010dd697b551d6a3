import { z } from 'zod';
import type { Room } from '../room.ts';
import { noQuery, type Operations, open, queryOf } from '../table/operation.ts';

const waysSchema = z.object({
  hasTokens: z.boolean().describe('Whether a token signs a browser in.'),
  hasAccounts: z.boolean().describe('Whether anybody can have a name and a password here.'),
  singleSignOn: z
    .object({ name: z.string(), path: z.string() })
    .exactOptional()
    .describe('Where it is set up: what it is called, and where a browser begins.'),
});
export type SignInWaysJson = z.infer<typeof waysSchema>;

/** How one gets in, for whoever is not in yet. */
export function signInWayRoutes(room: Room): Pick<Operations, 'GET /v1/signin'> {
  return {
    'GET /v1/signin': open({
      summary: 'How a browser can sign in.',
      answers: { 200: { description: 'The ways.', schema: waysSchema } },
      handle: (c) => {
        queryOf(c, noQuery);
        const { singleSignOn, accounts, sessions } = room.given;
        const single =
          singleSignOn === undefined
            ? {}
            : { singleSignOn: { name: singleSignOn.name, path: '/signin/oidc' } };
        return c.json({ hasTokens: sessions.takesTokens, hasAccounts: accounts.isOn, ...single });
      },
    }),
  };
}
