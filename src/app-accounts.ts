import { randomBytes } from 'node:crypto';
import type { AccessNote } from './access/access-note.ts';
import { loginOf } from './access/password.ts';
import { isAccountOver as isOver } from './access/person.ts';
import { makeSecret, parseSecret, randomBytesCount } from './access/secret-text.ts';
import { accountWaitMsMax } from './access/slow-down.ts';
import { type AttemptParts, openAttempts } from './app-attempts.ts';
import type { JudgeChosen } from './app-passwords.ts';
import type { AccountDesk, FactorDesk, SessionDesk } from './http/access-desks.ts';
import { noteAccess } from './http/audit/note-access.ts';
import type { ClaimAccount } from './http/http-parts.ts';
import { hashPassword, isHashOld, isPassword, passwordsWaiting } from './lib/password-hash.ts';
import { loopPrincipal } from './loop/parts.ts';
import type { AccountRow, Store, StoreWrite } from './ports/store.ts';

/** More passwords than this that wait for their hash are a flood: a second later is soon enough. */
const waitingMax = 50;
/** A link by which a password is chosen lives this long. */
const inviteMs = 24 * 3_600_000;

/**
 * Local accounts: for administrators where there is no identity provider, or when it is down. Nobody hands out a
 * password: whoever gets an account chooses it by a link that works once.
 */
export function openAccounts(
  given: AttemptParts & {
    readonly isOn: boolean;
    readonly judge: JudgeChosen;
    readonly sessions: Pick<SessionDesk, 'beginPerson'>;
    readonly factors: Pick<FactorDesk, 'stageOf'>;
  },
): AccountDesk {
  const { store, clock, isOn, judge, sessions, factors } = given;
  const attempts = openAttempts(given, 'password', accountWaitMsMax);
  const invited = async (token: string): Promise<AccountRow | undefined> => {
    const parsed = parseSecret('invite', token);
    if (!isOn || parsed.kind === 'malformed') return undefined;
    const account = await store.read.accountByInvite(loopPrincipal, parsed.hash);
    const isOpen =
      account !== undefined && clock.now() < (account.inviteExpiresAt ?? 0) && !isOver(account, clock.now());
    return isOpen ? account : undefined;
  };
  return {
    isOn,
    create: async ({ login: text, name, roles, teams, hours }, by) => {
      if (!isOn) return { kind: 'off' };
      const login = loginOf(text);
      if (login === undefined) return { kind: 'bad-login' };
      const now = clock.now();
      const token = makeSecret('invite', randomBytes(randomBytesCount));
      const parsed = parseSecret('invite', token);
      if (parsed.kind === 'malformed') throw new TypeError('a secret that was just made is well-formed');
      return store.transaction(async (tx) => {
        await tx.lock(`account login ${login}`);
        const before = await tx.read.accountByLogin(loopPrincipal, login);
        if (before !== undefined && !isOver(before, now)) return { kind: 'taken' } as const;
        const id = before?.id ?? randomBytes(16).toString('hex');
        const expiresAt = hours === undefined ? undefined : now + hours * 3_600_000;
        const row: AccountRow = {
          id,
          name,
          login,
          inviteHash: parsed.hash,
          inviteExpiresAt: Math.min(now + inviteMs, expiresAt ?? Number.POSITIVE_INFINITY),
          roles,
          teams,
          createdAt: before?.createdAt ?? now,
          ...(expiresAt === undefined ? {} : { expiresAt }),
        };
        await tx.saveAccount(row);
        const how = hours === undefined ? 'local' : 'break glass';
        const until = expiresAt === undefined ? {} : { until: new Date(expiresAt).toISOString() };
        const body = { account: id, roles, teams, how, ...until };
        await noteAccess(tx, now, [{ kind: 'access.account-made', by, body }]);
        return { kind: 'made', account: row, path: `/password/${token}` } as const;
      });
    },
    invite: async (token) => {
      const account = await invited(token);
      return account === undefined ? undefined : { login: account.login ?? '' };
    },
    choosePassword: async (token, password) => {
      const account = await invited(token);
      if (account?.inviteHash === undefined) return 'unknown';
      const verdict = await judge(password, [account.login ?? '', account.name]);
      if (verdict !== 'good') return verdict;
      const passwordHash = await hashPassword(password);
      return store.transaction(async (tx) => {
        await tx.lock(`account login ${account.login}`);
        const now = await tx.read.account(loopPrincipal, account.id);
        // Of two who use the link at once, one is second.
        if (now === undefined || now.inviteHash !== account.inviteHash) return 'unknown';
        const { inviteHash: _used, inviteExpiresAt: _over, ...kept } = now;
        await tx.saveAccount({ ...kept, passwordHash });
        const body = { account: account.id, how: 'one-time link' };
        const note: AccessNote = { kind: 'access.password-set', by: `person:${account.id}`, body };
        await noteAccess(tx, clock.now(), [note]);
        return 'good';
      });
    },
    signIn: async (text, password, address) => {
      if (!isOn) return { kind: 'refused' };
      const login = loginOf(text);
      const aim = { account: login ?? '', address };
      if (passwordsWaiting() > waitingMax) return { kind: 'slow', seconds: 1 };
      const seconds = await attempts.take(aim);
      if (seconds > 0) return { kind: 'slow', seconds };
      const account = login === undefined ? undefined : await store.read.accountByLogin(loopPrincipal, login);
      const isRight = await isPassword(password, account?.passwordHash);
      if (!isRight || account === undefined) return refusedFor(account);
      if (isOver(account, clock.now())) return refusedFor(account);
      await attempts.succeeded(aim);
      await renewHash(store, account, password);
      const stage = await factors.stageOf(account);
      if (stage !== undefined) return { kind: 'factor', stage, account: account.id };
      const begun = await sessions.beginPerson(account.id);
      if (begun === undefined) return refusedFor(account);
      return { kind: 'signed-in', ...begun };
    },
    list: (principal) => store.read.accounts(principal),
    disable: (id, by) =>
      store.transaction(async (tx) => {
        const account = await tx.read.account(loopPrincipal, id);
        if (account === undefined || account.disabledAt !== undefined) return false;
        await disable(tx, account, by, clock.now());
        return true;
      }),
  };
}

/** Only now is the password at hand: what an earlier way made is made anew, unless it was changed meanwhile. */
async function renewHash(
  store: Store,
  { id, login, passwordHash }: AccountRow,
  password: string,
): Promise<void> {
  if (passwordHash === undefined || !isHashOld(passwordHash)) return;
  const renewed = await hashPassword(password);
  await store.transaction(async (tx) => {
    await tx.lock(`account login ${login}`);
    const now = await tx.read.account(loopPrincipal, id);
    if (now?.passwordHash === passwordHash) await tx.saveAccount({ ...now, passwordHash: renewed });
  });
}

function refusedFor(account: AccountRow | undefined): {
  readonly kind: 'refused';
  readonly account?: string;
} {
  return { kind: 'refused', ...(account === undefined ? {} : { account: account.id }) };
}

/** The account that the first administrator wants, unless its name or password is none. */
export async function firstAccount(
  wanted: ClaimAccount,
  name: string,
  now: number,
  judge: JudgeChosen,
): Promise<AccountRow | 'weak' | 'bad-login'> {
  const login = loginOf(wanted.login);
  if (login === undefined) return 'bad-login';
  if ((await judge(wanted.password, [login, name])) !== 'good') return 'weak';
  const passwordHash = await hashPassword(wanted.password);
  const id = randomBytes(16).toString('hex');
  return { id, name, login, passwordHash, roles: ['admin'], teams: 'all', createdAt: now };
}

async function disable(tx: StoreWrite, account: AccountRow, by: string, now: number): Promise<void> {
  const { passwordHash: _old, inviteHash: _link, inviteExpiresAt: _end, ...kept } = account;
  await tx.saveAccount({ ...kept, disabledAt: now });
  const ended = await tx.revokeSessionsOf(account.id, now);
  const body = { account: account.id, how: 'disabled', sessions: ended };
  await noteAccess(tx, now, [{ kind: 'access.account-changed', by, body }]);
}
