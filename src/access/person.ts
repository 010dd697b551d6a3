import type { SessionRow } from '../ports/store-access.ts';
import type { AccountRow } from '../ports/store-accounts.ts';
import type { Principal } from './principal.ts';
import { isRole, type Role, scopesOf } from './role.ts';

/** What a group of the identity provider may do. */
export type Grant = {
  readonly value: string;
  readonly roles: readonly Role[];
  /** `own`: the team in which the directory has the person. */
  readonly teams: 'all' | 'own' | readonly string[];
};

/**
 * The first grant that fits decides, whole: roles of one and teams of another would together give more than either.
 * Who fits none may do nothing, and is known all the same: as a recipient.
 */
export function grantedTo(
  grants: readonly Grant[],
  groups: readonly string[],
  ownTeam: string | undefined,
): { readonly roles: readonly Role[]; readonly teams: 'all' | readonly string[] } {
  const held = new Set(groups);
  const grant = grants.find(({ value }) => held.has(value));
  if (grant === undefined) return { roles: [], teams: [] };
  const own = ownTeam === undefined ? [] : [ownTeam];
  return { roles: grant.roles, teams: grant.teams === 'own' ? own : grant.teams };
}

/** Whether it was disabled, or has ended by itself. */
export function isAccountOver(
  { disabledAt, expiresAt = Number.POSITIVE_INFINITY }: Pick<AccountRow, 'disabledAt' | 'expiresAt'>,
  now: number,
): boolean {
  return disabledAt !== undefined || now >= expiresAt;
}

/** Who an account stands for now; undefined once it was disabled or has ended. */
export function principalOfAccount(account: AccountRow, now: number): Principal | undefined {
  const { id, name, teams } = account;
  if (isAccountOver(account, now)) return undefined;
  // A role that a later version dropped gives nothing.
  const scopes = scopesOf(account.roles.filter(isRole));
  return { id: `person:${id}`, kind: 'operator', name, scopes, teams };
}

/** How long sessions of people last. */
export type SessionLimits = {
  readonly hours: number;
  readonly idleMinutes: number;
  /** Whether a token signs a browser in; it does unless told otherwise. */
  readonly byToken?: boolean;
};

/** Being seen is for the idle time; writing it at every request would make each read a write. */
export const seenStepMs = 60_000;

/** Whether nobody used the session for so long that it ended. */
export function isIdle(
  session: Pick<SessionRow, 'createdAt' | 'seenAt'>,
  limits: SessionLimits,
  now: number,
): boolean {
  return now - (session.seenAt ?? session.createdAt) >= limits.idleMinutes * 60_000;
}
