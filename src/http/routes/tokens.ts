import { z } from 'zod';
import { isRole, roleNames, scopesOf } from '../../access/role.ts';
import { isScope, scopes } from '../../access/scope.ts';
import { tokenDaysMax } from '../../access/token.ts';
import { AppError } from '../../core/errors.ts';
import { requireAllTeams } from '../caller/caller.ts';
import { id32, instant, iso, knownInstant } from '../json/shapes.ts';
import type { Room } from '../room.ts';
import { acting, changing, noQuery, type Operations, pathPart, reading } from '../table/operation.ts';

const tokenSchema = z.object({
  id: id32,
  name: z.string(),
  scopes: z.array(z.string()),
  teams: z.union([z.literal('all'), z.array(z.string())]),
  createdAt: instant,
  expiresAt: instant,
  lastUsedAt: instant.exactOptional(),
  revokedAt: instant.exactOptional(),
});

const tokensSchema = z.object({ items: z.array(tokenSchema) });
export type TokensJson = z.infer<typeof tokensSchema>;

const tokenBody = z
  .strictObject({
    name: z.string().trim().min(1).max(80).describe('Where it is used.'),
    roles: z
      .array(z.enum(['', ...roleNames]).refine(isRole))
      .max(10)
      .default([]),
    scopes: z
      .array(z.enum(['', ...scopes]).refine(isScope))
      .max(50)
      .default([]),
    teams: z.union([z.literal('all'), z.array(z.string().min(1).max(100)).min(1).max(100)]).default('all'),
    agent: z
      .string()
      .min(1)
      .max(200)
      .exactOptional()
      .describe('The identity of the agent to which it belongs.'),
    subjectTypes: z
      .array(z.enum(['person', 'workload', 'agent', 'unknown']))
      .min(1)
      .max(4)
      .exactOptional()
      .describe('Kinds of actor of whom it may report attempts; all of them unless given.'),
    days: z.int().min(1).max(tokenDaysMax).default(90),
  })
  .refine(({ roles, scopes: own }) => roles.length + own.length > 0, { message: 'name a role or a scope' });

/** API tokens: only their hashes are kept. */
export function tokenRoutes(
  room: Room,
): Pick<Operations, 'GET /v1/tokens' | 'POST /v1/tokens' | 'DELETE /v1/tokens/{id}'> {
  const { given } = room;
  const { parts } = given;
  return {
    'GET /v1/tokens': reading({
      summary: 'Lists tokens, never their values.',
      query: noQuery,
      answers: {
        200: { description: 'All tokens.', schema: tokensSchema },
      },
      handle: async ({ c, caller }) => {
        requireAllTeams(caller);
        const rows = await parts.store.read.tokens(caller);
        const items = rows.map(
          ({ id, name, scopes: own, teams, createdAt, expiresAt, lastUsedAt, revokedAt }) => ({
            id,
            name,
            scopes: own,
            teams,
            createdAt: iso(createdAt),
            expiresAt: iso(expiresAt),
            ...knownInstant('lastUsedAt', lastUsedAt),
            ...knownInstant('revokedAt', revokedAt),
          }),
        );
        return c.json({ items });
      },
    }),
    'POST /v1/tokens': changing({
      summary: 'Makes a token. Its value stands in this answer and nowhere else.',
      body: tokenBody,
      answers: {
        201: {
          description: 'The token, once.',
          schema: tokenSchema.pick({ id: true, name: true, expiresAt: true }).extend({ token: z.string() }),
        },
      },
      handle: async ({ c, caller, body }) => {
        const { name, teams, days, agent } = body;
        const wanted = [...new Set([...scopesOf(body.roles), ...body.scopes])];
        const issued = await given.issueToken(
          {
            id: parts.randomId(),
            name,
            scopes: wanted,
            teams,
            days,
            ...(body.subjectTypes === undefined ? {} : { subjectTypes: body.subjectTypes }),
            ...(agent === undefined ? {} : { agent }),
          },
          caller,
        );
        if (issued.kind === 'refused') throw new AppError('forbidden', issued.reason);
        const { id, expiresAt } = issued.record;
        const made = { token: id, scopes: issued.record.scopes, teams: issued.record.teams };
        await room.record.note(c, { kind: 'access.token-made', by: caller.id, body: made });
        return c.json({ id, name, expiresAt: iso(expiresAt), token: issued.token }, 201);
      },
    }),
    'DELETE /v1/tokens/{id}': acting({
      summary: 'Revokes a token, at once and for good.',
      answers: { 204: { description: 'It is revoked.' } },
      handle: async ({ c, caller }) => {
        requireAllTeams(caller);
        const id = pathPart(c, 'id');
        const isDone =
          id32.safeParse(id).success &&
          (await parts.store.transaction((tx) => tx.revokeToken(id, parts.clock.now())));
        if (!isDone) throw new AppError('not-found', 'No valid token has this id.');
        await room.record.note(c, { kind: 'access.token-revoked', by: caller.id, body: { token: id } });
        return c.body(null, 204);
      },
    }),
  };
}
