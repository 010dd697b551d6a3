import { randomBytes } from 'node:crypto';
import { isIdle, principalOfAccount, type SessionLimits, seenStepMs } from './access/person.ts';
import type { Principal } from './access/principal.ts';
import { randomBytesCount } from './access/secret-text.ts';
import { isSessionValid, openPersonSession, openSession, sessionHash } from './access/session.ts';
import { judgeToken, principalOfToken, tokenHash } from './access/token.ts';
import type { SessionDesk } from './http/access-desks.ts';
import { noteAccess } from './http/audit/note-access.ts';
import { loopPrincipal } from './loop/parts.ts';
import type { Clock } from './ports/clock.ts';
import type { People } from './ports/owner-directory.ts';
import type { AccountRow, SessionRow, Store } from './ports/store.ts';

export type SessionParts = {
  readonly store: Store;
  readonly clock: Clock;
  readonly limits: SessionLimits;
  /** The people that are known now: who left there has no session here. */
  readonly people: () => People | undefined;
};

/**
 * Each cookie is judged by its session and by what it stands on: revoking the token, disabling the account, or leaving
 * in the directory ends it at once.
 */
export function openSessions(given: SessionParts): SessionDesk {
  const { store, clock, limits } = given;
  const sessionOf = async (secret: string): Promise<SessionRow | undefined> => {
    const hash = sessionHash(secret);
    const row = hash === undefined ? undefined : await store.read.sessionByHash(loopPrincipal, hash);
    if (row === undefined || !isSessionValid(secret, row, clock.now())) return undefined;
    return isIdle(row, limits, clock.now()) ? undefined : row;
  };
  const accountOf = async (session: SessionRow): Promise<AccountRow | undefined> => {
    if (session.accountId === undefined) return undefined;
    const account = await store.read.account(loopPrincipal, session.accountId);
    if (account === undefined || !(await isGone(given, account))) return account;
    const now = clock.now();
    await store.transaction(async (tx) => {
      const ended = await tx.revokeSessionsOf(account.id, now);
      const body = { how: 'the person left', account: account.id, sessions: ended };
      if (ended.length > 0)
        await noteAccess(tx, now, [{ kind: 'access.session-ended', by: 'system:directory', body }]);
    });
    return undefined;
  };
  const see = async ({ id, createdAt, seenAt = createdAt }: SessionRow): Promise<void> => {
    const now = clock.now();
    if (now - seenAt >= seenStepMs) await store.transaction((tx) => tx.seeSession(id, now));
  };
  const ofPerson = async (session: SessionRow): Promise<Principal | undefined> => {
    const account = await accountOf(session);
    const principal = account === undefined ? undefined : principalOfAccount(account, clock.now());
    if (principal !== undefined) await see(session);
    return principal;
  };
  const takesTokens = limits.byToken !== false;
  return {
    takesTokens,
    begin: async (text) => {
      if (!takesTokens) return undefined;
      const hash = tokenHash(text);
      const token = hash === undefined ? undefined : await store.read.tokenByHash(loopPrincipal, hash);
      const verdict = judgeToken(text, token, clock.now());
      if (token === undefined || verdict.kind === 'refused') return undefined;
      const id = randomBytes(16).toString('hex');
      const { secret, session } = openSession(
        id,
        token,
        clock.now(),
        randomBytes(randomBytesCount),
        limits.hours,
      );
      await store.transaction((tx) => tx.insertSession(session));
      return { id, secret, expiresAt: session.expiresAt, principal: asOperator(verdict.principal) };
    },
    beginPerson: async (accountId, proved = 'now') => {
      const account = await store.read.account(loopPrincipal, accountId);
      const now = clock.now();
      if (account === undefined || (await isGone(given, account))) return undefined;
      const principal = principalOfAccount(account, now);
      if (principal === undefined) return undefined;
      const until = Math.min(now + limits.hours * 3_600_000, account.expiresAt ?? Number.POSITIVE_INFINITY);
      const id = randomBytes(16).toString('hex');
      const { secret, session } = openPersonSession(
        id,
        { accountId: account.id, until, provedAt: proved === 'now' ? now : provedBy(proved, now) },
        now,
        randomBytes(randomBytesCount),
      );
      await store.transaction((tx) => tx.insertSession(session));
      return { id, secret, expiresAt: until, principal };
    },
    find: async (secret) => {
      const session = await sessionOf(secret);
      if (session === undefined) return undefined;
      if (session.tokenId === undefined) return ofPerson(session);
      const token = await store.read.tokenById(loopPrincipal, session.tokenId);
      const principal = token === undefined ? undefined : principalOfToken(token, clock.now());
      if (principal === undefined) return undefined;
      await see(session);
      return asOperator(principal);
    },
    person: async (secret) => {
      const session = await sessionOf(secret);
      const account = session === undefined ? undefined : await accountOf(session);
      if (account === undefined || principalOfAccount(account, clock.now()) === undefined) return undefined;
      const { id, name, email, issuer } = account;
      return { id, name, ...(email === undefined ? {} : { email }), isElsewhere: issuer !== undefined };
    },
    idOf: async (secret) => (await sessionOf(secret))?.id,
    end: (id) => store.transaction((tx) => tx.revokeSession(id, clock.now())),
  };
}

/** Whether a directory says that the person left: the list of people, or the identity provider by its own id. */
export async function isGone(
  { store, people }: Pick<SessionParts, 'store' | 'people'>,
  { email, subject }: Pick<AccountRow, 'email' | 'subject'>,
): Promise<boolean> {
  if (email !== undefined && people()?.byEmail(email)?.isActive === false) return true;
  return subject !== undefined && (await store.read.isSubjectInactive(loopPrincipal, subject));
}

/** Whoever may do everything stands for a person who runs Foldback. */
export function asOperator(principal: Principal): Principal {
  return principal.scopes.has('admin') ? { ...principal, kind: 'operator' } : principal;
}

/** A provider whose clock is ahead says nothing about the future. */
function provedBy({ at }: { readonly at: number | undefined }, now: number): number | undefined {
  return at === undefined ? undefined : Math.min(at, now);
}
