import { randomBytes } from 'node:crypto';
import { type Grant, grantedTo } from './access/person.ts';
import { isGone } from './app-sessions.ts';
import type { SessionDesk, SingleSignOn } from './http/access-desks.ts';
import { noteAccess } from './http/audit/note-access.ts';
import { loopPrincipal } from './loop/parts.ts';
import type { Clock } from './ports/clock.ts';
import type { Claimed, IdentityProvider } from './ports/identity-provider.ts';
import type { People } from './ports/owner-directory.ts';
import type { AccountRow, Store } from './ports/store.ts';

export type SingleSignOnParts = {
  readonly store: Store;
  readonly clock: Clock;
  readonly provider: IdentityProvider;
  readonly grants: readonly Grant[];
  /** Issuers whose verified addresses say who somebody is. */
  readonly trustedIssuers: readonly string[];
  readonly people: () => People | undefined;
  readonly sessions: Pick<SessionDesk, 'beginPerson'>;
};

/**
 * Signs in whom the identity provider knows. The account is the one of (issuer, subject); an address joins nothing by
 * itself, and is kept only from an issuer that is trusted with addresses and says that it was verified.
 */
export function openSingleSignOn(given: SingleSignOnParts): SingleSignOn {
  const { store, provider, sessions } = given;
  return {
    name: provider.name,
    signOutUrl: (returnTo) => provider.signOutUrl(returnTo),
    begin: (redirectUri, secrets, isAnew) => provider.begin(redirectUri, secrets, isAnew),
    finish: async (address, redirectUri, secrets) => {
      const outcome = await provider.finish(address, redirectUri, secrets);
      if (outcome.kind === 'refused') return outcome;
      const account = await keepAccount(given, outcome.claimed);
      if (account.disabledAt !== undefined)
        return { kind: 'refused', reason: 'the account is disabled', account: account.id };
      if (await isGone({ store, people: given.people }, account))
        return { kind: 'refused', reason: 'the directory says that they left', account: account.id };
      const begun = await sessions.beginPerson(account.id, { at: outcome.claimed.provedAt });
      if (begun === undefined)
        return { kind: 'refused', reason: 'the account has ended', account: account.id };
      return { kind: 'signed-in', ...begun };
    },
  };
}

/** What somebody may do is judged anew at each login. */
async function keepAccount(given: SingleSignOnParts, claimed: Claimed): Promise<AccountRow> {
  const { issuer, subject } = claimed;
  const now = given.clock.now();
  const isTrusted = given.trustedIssuers.includes(issuer) && claimed.isEmailVerified;
  const email = isTrusted ? claimed.email : undefined;
  const ownTeam = email === undefined ? undefined : given.people()?.byEmail(email)?.team;
  return given.store.transaction(async (tx) => {
    await tx.lock(`account ${issuer} ${subject}`);
    const before = await tx.read.accountBySubject(loopPrincipal, issuer, subject);
    const granted = grantedTo(given.grants, claimed.groups, ownTeam);
    const row: AccountRow = {
      id: before?.id ?? randomBytes(16).toString('hex'),
      name: claimed.name ?? email ?? before?.name ?? 'somebody',
      ...(email === undefined ? {} : { email }),
      issuer,
      subject,
      roles: granted.roles,
      teams: granted.teams,
      createdAt: before?.createdAt ?? now,
      signedInAt: now,
      ...(before?.disabledAt === undefined ? {} : { disabledAt: before.disabledAt }),
    };
    await tx.saveAccount(row);
    const isNew = before === undefined;
    if (isNew || !isSameRight(before, row)) {
      const kind = isNew ? 'access.account-made' : 'access.account-changed';
      const body = { account: row.id, roles: row.roles, teams: row.teams, how: 'single sign-on' };
      await noteAccess(tx, now, [{ kind, by: `person:${row.id}`, body }]);
    }
    return row;
  });
}

function isSameRight(one: AccountRow, other: AccountRow): boolean {
  const of = ({ roles, teams }: AccountRow) => JSON.stringify([roles, teams]);
  return of(one) === of(other);
}
