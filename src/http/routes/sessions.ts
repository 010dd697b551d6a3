import type { Context } from 'hono';
import { z } from 'zod';
import { can, type Principal } from '../../access/principal.ts';
import { AppError } from '../../core/errors.ts';
import { loopPrincipal } from '../../loop/parts.ts';
import type { SessionRow } from '../../ports/store.ts';
import { freshMinutes, requireFreshSignIn } from '../caller/fresh-sign-in.ts';
import { requireOwnScript } from '../caller/own-script.ts';
import { id32, instant, iso, known, knownInstant } from '../json/shapes.ts';
import type { Room } from '../room.ts';
import { noQuery, type Operations, open, pathPart, queryOf } from '../table/operation.ts';
import { required } from './session.ts';

const holderSchema = z.object({ id: id32, name: z.string().exactOptional() });
const sessionSchema = z.object({
  id: id32,
  token: holderSchema.exactOptional(),
  person: holderSchema.exactOptional(),
  createdAt: instant,
  expiresAt: instant,
  seenAt: instant.exactOptional().describe('To the minute.'),
  isThis: z.boolean().describe('Whether it is the one that asks.'),
});
const sessionsSchema = z.object({
  items: z.array(sessionSchema),
  isEverybody: z.boolean().describe('Whether these are everybody’s, and not one’s own alone.'),
});
export type SessionsJson = z.infer<typeof sessionsSchema>;

const ofQuery = z.strictObject({
  of: z
    .string()
    .regex(/^[0-9a-f]{32}$/u, 'write the id of a person or a token')
    .exactOptional()
    .describe('Of whom, for an administrator; one’s own unless given.'),
});

const fresh = `From a browser, whoever asks proved who they are within ${freshMinutes} minutes: else \`sign-in-again\`.`;

type Keys = 'GET /v1/sessions' | 'DELETE /v1/sessions' | 'DELETE /v1/sessions/{id}';

/** The browsers that are signed in: everybody lists and ends their own, administrators of all teams everybody's. */
export function sessionListRoutes(room: Room): Pick<Operations, Keys> {
  const { given } = room;
  const { parts } = given;
  const holderOf = ({ id }: Principal): string => id.replace(/^\w+:/u, '');
  const isOverAll = (caller: Principal): boolean => can(caller, 'admin') && caller.teams === 'all';
  const rowsFor = (caller: Principal): Promise<readonly SessionRow[]> => {
    const now = parts.clock.now();
    if (isOverAll(caller)) return parts.store.read.sessions(caller, now);
    return parts.store.read.sessionsOf(loopPrincipal, holderOf(caller), now);
  };
  const rowsOf = (holder: string) => parts.store.read.sessionsOf(loopPrincipal, holder, parts.clock.now());
  const ownId = (c: Context) => given.sessions.idOf(room.session.read(c) ?? '');
  /** The session that asks, where a browser does. Errors: `sign-in-again`. */
  const proved = (c: Context, rows: readonly SessionRow[], own: string | undefined): void => {
    if (c.req.header('Authorization') !== undefined) return;
    const asking = rows.find(({ id }) => id === own);
    if (asking === undefined) throw new AppError('sign-in-again', '');
    requireFreshSignIn(asking, parts.clock.now());
  };
  const mayChange = async (c: Context): Promise<Principal> => {
    const caller = await required(room, c);
    if (c.req.header('Authorization') === undefined) requireOwnScript(c);
    return caller;
  };
  return {
    'GET /v1/sessions': open({
      summary: 'Lists the browsers that are signed in: all of them for an administrator, else one’s own.',
      answers: { 200: { description: 'All that run.', schema: sessionsSchema } },
      handle: async (c) => {
        queryOf(c, noQuery);
        const caller = await required(room, c);
        const { read } = parts.store;
        const [rows, tokens, accounts] = await Promise.all([
          rowsFor(caller),
          read.tokens(loopPrincipal),
          read.accounts(loopPrincipal),
        ]);
        const names = new Map([...tokens, ...accounts].map(({ id, name }) => [id, name]));
        const own = await ownId(c);
        const named = (id: string) => ({ id, ...known('name', names.get(id)) });
        const items = rows.map(({ id, tokenId, accountId, createdAt, expiresAt, seenAt }) => ({
          id,
          ...(tokenId === undefined ? {} : { token: named(tokenId) }),
          ...(accountId === undefined ? {} : { person: named(accountId) }),
          createdAt: iso(createdAt),
          expiresAt: iso(expiresAt),
          ...knownInstant('seenAt', seenAt),
          isThis: id === own,
        }));
        return c.json({ items, isEverybody: isOverAll(caller) });
      },
    }),
    'DELETE /v1/sessions': open({
      summary: `Signs out every other browser of one's own, or all of one person or token for an administrator. ${fresh}`,
      query: ofQuery,
      answers: {
        200: { description: 'How many were signed out.', schema: z.object({ ended: z.int() }) },
      },
      handle: async (c) => {
        const { of } = queryOf(c, ofQuery);
        const caller = await mayChange(c);
        if (of !== undefined && of !== holderOf(caller) && !isOverAll(caller))
          throw new AppError('forbidden', 'It takes an administrator of all teams to sign others out.');
        const own = await ownId(c);
        proved(c, await rowsOf(holderOf(caller)), own);
        const ended: string[] = [];
        for (const { id } of await rowsOf(of ?? holderOf(caller)))
          if (id !== own && (await given.sessions.end(id))) ended.push(id);
        const body = { how: 'all of one', of: of ?? holderOf(caller), sessions: ended };
        if (ended.length > 0)
          await room.record.note(c, { kind: 'access.session-ended', by: caller.id, body });
        return c.json({ ended: ended.length });
      },
    }),
    'DELETE /v1/sessions/{id}': open({
      summary: `Signs a browser out: anybody’s for an administrator, else one of one’s own. ${fresh} Its own session it ends at any time.`,
      answers: { 204: { description: 'It is signed out.' } },
      handle: async (c) => {
        queryOf(c, noQuery);
        const caller = await mayChange(c);
        const id = pathPart(c, 'id');
        const own = await ownId(c);
        const rows = await rowsFor(caller);
        if (!rows.some((one) => one.id === id)) throw missing();
        if (id !== own) proved(c, rows, own);
        if (!(await given.sessions.end(id))) throw missing();
        const body = { how: 'by id', session: id };
        await room.record.note(c, { kind: 'access.session-ended', by: caller.id, body });
        return c.body(null, 204);
      },
    }),
  };
}

function missing(): AppError {
  return new AppError('not-found', 'No running session has this id.');
}
