import { z } from 'zod';
import { passwordCharsMin } from '../../access/password.ts';
import { isRole, roleNames } from '../../access/role.ts';
import { AppError } from '../../core/errors.ts';
import { requireAllTeams } from '../caller/caller.ts';
import { id32, instant, iso, known, knownInstant } from '../json/shapes.ts';
import type { Room } from '../room.ts';
import { acting, changing, noQuery, type Operations, pathPart, reading } from '../table/operation.ts';

const teams = z.union([z.literal('all'), z.array(z.string().min(1).max(100)).min(1).max(100)]);
const accountSchema = z.object({
  id: id32,
  name: z.string(),
  login: z.string().exactOptional().describe('Of a local account.'),
  issuer: z.string().exactOptional().describe('Who says who it is, of any other.'),
  roles: z.array(z.string()),
  teams: z.union([z.literal('all'), z.array(z.string())]),
  createdAt: instant,
  signedInAt: instant.exactOptional(),
  expiresAt: instant.exactOptional(),
  disabledAt: instant.exactOptional(),
  hasSecondFactor: z.boolean(),
});

const accountsSchema = z.object({ items: z.array(accountSchema) });
export type AccountsJson = z.infer<typeof accountsSchema>;

const accountBody = z.strictObject({
  login: z.string().trim().min(2).max(80),
  name: z
    .string()
    .trim()
    .min(1)
    .max(80)
    .regex(/^[^\p{C}]+$/u, 'write it on one line'),
  roles: z
    .array(z.enum(['', ...roleNames]).refine(isRole))
    .min(1)
    .max(10),
  teams: teams.default('all'),
  hours: z.int().min(1).max(720).exactOptional().describe('It ends by itself after these hours.'),
});

type AccountKeys =
  | 'GET /v1/accounts'
  | 'POST /v1/accounts'
  | 'DELETE /v1/accounts/{id}'
  | 'DELETE /v1/accounts/{id}/factor';

/** People who sign in. */
export function accountRoutes(room: Room): Pick<Operations, AccountKeys> {
  const { accounts, factors } = room.given;
  return {
    'GET /v1/accounts': reading({
      summary: 'Lists people who have signed in, and local accounts.',
      query: noQuery,
      answers: { 200: { description: 'All.', schema: accountsSchema } },
      handle: async ({ c, caller }) => {
        requireAllTeams(caller);
        const [rows, holders] = await Promise.all([accounts.list(caller), factors.holders(caller)]);
        const hasFactor = new Set(holders);
        const items = rows.map(({ id, name, roles, teams: seen, ...row }) => ({
          id,
          name,
          ...known('login', row.login),
          ...known('issuer', row.issuer),
          roles: [...roles],
          teams: seen === 'all' ? seen : [...seen],
          createdAt: iso(row.createdAt),
          ...knownInstant('signedInAt', row.signedInAt),
          ...knownInstant('expiresAt', row.expiresAt),
          ...knownInstant('disabledAt', row.disabledAt),
          hasSecondFactor: hasFactor.has(id),
        }));
        return c.json({ items });
      },
    }),
    'POST /v1/accounts': changing({
      summary: `Makes a local account. Whoever opens its link, once and within a day, chooses a password of ${passwordCharsMin} characters or more.`,
      body: accountBody,
      answers: {
        201: {
          description: 'The link, once.',
          schema: accountSchema.pick({ id: true, expiresAt: true }).extend({ url: z.string() }),
        },
      },
      handle: async ({ c, caller, body }) => {
        requireAllTeams(caller);
        const { hours, ...rest } = body;
        const made = await accounts.create({ ...rest, ...known('hours', hours) }, caller.id);
        if (made.kind === 'bad-login')
          throw new AppError('bad-request', 'login: letters, digits and . _ @ + - only.');
        if (made.kind === 'off')
          throw new AppError('conflict', 'Local accounts are switched off: access.local.accounts.');
        if (made.kind === 'taken') throw new AppError('conflict', 'Another account has this name.');
        const { id, expiresAt } = made.account;
        if (hours !== undefined)
          room.given.log.warn({ account: id, by: caller.id, hours }, 'a break-glass account was made');
        return c.json(
          { id, url: `${room.baseUrl(c)}${made.path}`, ...knownInstant('expiresAt', expiresAt) },
          201,
        );
      },
    }),
    'DELETE /v1/accounts/{id}': acting({
      summary: 'Disables an account: its sessions end now, and none begins again.',
      answers: { 204: { description: 'It is disabled.' } },
      handle: async ({ c, caller }) => {
        requireAllTeams(caller);
        if (!(await accounts.disable(pathPart(c, 'id'), caller.id)))
          throw new AppError('not-found', 'No account in use has this id.');
        return c.body(null, 204);
      },
    }),
    'DELETE /v1/accounts/{id}/factor': acting({
      summary: 'Takes the second factor of an account away, for whoever lost it: its sessions end now.',
      answers: { 204: { description: 'It is gone.' } },
      handle: async ({ c, caller }) => {
        requireAllTeams(caller);
        if (!(await factors.remove(pathPart(c, 'id'), caller.id)))
          throw new AppError('not-found', 'No account with a second factor has this id.');
        return c.body(null, 204);
      },
    }),
  };
}
