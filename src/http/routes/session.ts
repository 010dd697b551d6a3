import type { Context } from 'hono';
import { z } from 'zod';
import { nobody } from '../../access/access-note.ts';
import type { Principal } from '../../access/principal.ts';
import { sessionHours } from '../../access/session.ts';
import { AppError } from '../../core/errors.ts';
import type { Begun, FactorStage } from '../access-desks.ts';
import { requireOwnScript } from '../caller/own-script.ts';
import { known } from '../json/shapes.ts';
import type { Room } from '../room.ts';
import { bodyOf, type Operations, open } from '../table/operation.ts';

const callerSchema = z.object({
  name: z.string(),
  scopes: z.array(z.string()),
  teams: z.union([z.literal('all'), z.array(z.string())]),
  organisation: z.string(),
  mode: z.enum(['shadow', 'live']).describe('Whether messages leave.'),
  isDemonstration: z.boolean().exactOptional().describe('An invented company in memory: nothing leaves it.'),
});
export type CallerJson = z.infer<typeof callerSchema>;

const signInBody = z.union([
  z.strictObject({ token: z.string().trim().min(1).max(200) }),
  z.strictObject({
    account: z.string().min(1).max(200),
    password: z.string().min(1).max(1000),
    code: z
      .string()
      .max(100)
      .exactOptional()
      .describe('Of the second factor, or a recovery code, where the account has one.'),
  }),
]);

type SessionKeys = 'GET /v1/session' | 'POST /v1/session' | 'DELETE /v1/session';

/** A browser's session: a token is exchanged for a cookie that no script reads and that can be revoked. */
export function sessionRoutes(room: Room): Pick<Operations, SessionKeys> {
  const { given } = room;
  const callerJson = ({ name, scopes, teams }: Principal): CallerJson => ({
    name,
    scopes: [...scopes],
    teams: teams === 'all' ? teams : [...teams],
    organisation: given.config.organisation.name,
    mode: given.config.delivery.mode,
    ...known('isDemonstration', given.isDemonstration),
  });
  return {
    'GET /v1/session': open({
      summary: 'Who is signed in.',
      answers: { 200: { description: 'The caller.', schema: callerSchema } },
      handle: async (c) => {
        return c.json(callerJson(await required(room, c)));
      },
    }),
    'POST /v1/session': open({
      summary: `Signs a browser in for ${sessionHours} hours: takes a token, or name and password of a local account with a code of its second factor; gives a cookie.`,
      body: signInBody,
      answers: { 201: { description: 'Signed in.', schema: callerSchema } },
      handle: async (c) => {
        requireOwnScript(c);
        room.limits.few(c, 'sign-ins');
        const given = await bodyOf(c, signInBody);
        if ('token' in given) {
          const signedIn = await signIn(room, c, given.token);
          if (signedIn === undefined) throw new AppError('unauthenticated', 'This token is not valid.');
          return c.json(callerJson(signedIn), 201);
        }
        const begun = await signInLocal(room, c, given.account, given.password, given.code);
        if (begun === 'refused') throw new AppError('unauthenticated', 'Name or password is not right.');
        if (begun === 'wrong-code') throw new AppError('unauthenticated', 'The code is not right.');
        if (begun.kind === 'factor') throw new AppError('unauthenticated', factorWords[begun.stage]);
        return c.json(callerJson(begun.principal), 201);
      },
    }),
    'DELETE /v1/session': open({
      summary: 'Signs this browser out: the session is revoked. The token stays valid.',
      answers: { 204: { description: 'Signed out.' } },
      handle: async (c) => {
        requireOwnScript(c);
        await signOut(room, c);
        return c.body(null, 204);
      },
    }),
  };
}

/** Errors: `unauthenticated`. */
export async function required(room: Room, c: Context): Promise<Principal> {
  const caller = await room.callers.find(c);
  room.limits.request(c, caller);
  if (caller === undefined) throw new AppError('unauthenticated', 'Nobody is signed in.');
  return caller;
}

/** Puts the cookie of a new session into the answer. Undefined for a token that is not valid. */
export async function signIn(room: Room, c: Context, token: string): Promise<Principal | undefined> {
  const begun = await room.given.sessions.begin(token);
  if (begun === undefined) {
    const failed = { kind: 'access.sign-in-failed', by: nobody, what: 'token', reason: 'not valid' } as const;
    await room.record.refused(c, failed);
    return undefined;
  }
  await takeSession(room, c, begun, 'token');
  return begun.principal;
}

const factorWords: Readonly<Record<FactorStage, string>> = {
  code: 'The second factor is asked for: send its code as `code`.',
  enrol: 'This account needs a second factor: set it up at /signin.',
};

export type LocalSignIn =
  | { readonly kind: 'signed-in'; readonly principal: Principal }
  /** Name and password are right; a code is asked for, or a second factor has to be set up. */
  | { readonly kind: 'factor'; readonly stage: FactorStage; readonly account: string }
  | 'refused'
  | 'wrong-code';

/** Errors: `rate-limited` while guessing is slowed down. */
export async function signInLocal(
  room: Room,
  c: Context,
  login: string,
  password: string,
  code?: string,
): Promise<LocalSignIn> {
  const { accounts, factors } = room.given;
  const address = room.record.address(c);
  const tried = await accounts.signIn(login, password.slice(0, 1000), address);
  if (tried.kind === 'slow') throw slowedDown(c, tried.seconds);
  if (tried.kind === 'signed-in') {
    await takeSession(room, c, tried, 'password');
    return tried;
  }
  if (tried.kind === 'factor') {
    if (tried.stage === 'enrol' || code === undefined) return tried;
    const second = await factors.signIn(tried.account, code, address);
    if (second.kind === 'slow') throw slowedDown(c, second.seconds);
    if (second.kind === 'signed-in') {
      await takeSession(room, c, second, 'password and second factor');
      return second;
    }
    const by = `person:${tried.account}`;
    const failed = { kind: 'access.sign-in-failed', by, what: 'second factor', reason: 'not valid' } as const;
    await room.record.refused(c, failed);
    return 'wrong-code';
  }
  const by = tried.account === undefined ? nobody : `person:${tried.account}`;
  const failed = { kind: 'access.sign-in-failed', by, what: 'password', reason: 'not valid' } as const;
  await room.record.refused(c, failed);
  return 'refused';
}

/** For whoever was wrong too often: how long to wait stands in the answer. */
export function slowedDown(c: Context, seconds: number): AppError {
  c.header('Retry-After', String(seconds));
  return new AppError('rate-limited', `Too many wrong attempts: try again in ${seconds} s.`);
}

/** Whoever signs in anew leaves no older session behind in this browser. */
export async function takeSession(room: Room, c: Context, begun: Begun, how: string): Promise<void> {
  await endOwn(room, c);
  const { id: by } = begun.principal;
  await room.record.note(c, { kind: 'access.signed-in', by, body: { how, session: begun.id } });
  room.session.write(c, begun.secret, begun.expiresAt, room.given.parts.clock.now());
}

export async function signOut(room: Room, c: Context): Promise<void> {
  await endOwn(room, c);
  room.session.clear(c);
  // Not its cookies: that of a login under way, and those of other programs on this host, are none of ours to take.
  c.header('Clear-Site-Data', '"cache", "storage"');
}

async function endOwn(room: Room, c: Context): Promise<void> {
  const id = await room.given.sessions.idOf(room.session.read(c) ?? '');
  if (id === undefined) return;
  const by = (await room.visitor(c))?.id ?? nobody;
  if (await room.given.sessions.end(id))
    await room.record.note(c, { kind: 'access.session-ended', by, body: { how: 'signed out', session: id } });
}
