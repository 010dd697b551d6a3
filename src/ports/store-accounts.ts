import type { Principal } from './principal.ts';

/** A person who signs in: known by an identity provider as (issuer, subject), or local, by a name and a password. */
export type AccountRow = {
  readonly id: string;
  readonly name: string;
  /** Folded; only where it was verified by an issuer that is trusted with addresses. */
  readonly email?: string;
  readonly issuer?: string;
  readonly subject?: string;
  /** Name under which a local account signs in, folded. */
  readonly login?: string;
  readonly passwordHash?: string;
  /** SHA-256 of the one-time link by which a local account gets its password. */
  readonly inviteHash?: string;
  readonly inviteExpiresAt?: number;
  readonly roles: readonly string[];
  readonly teams: 'all' | readonly string[];
  readonly createdAt: number;
  readonly signedInAt?: number;
  readonly expiresAt?: number;
  readonly disabledAt?: number;
};

/** Part of `StoreRead`. */
export interface AccountRead {
  account(principal: Principal, id: string): Promise<AccountRow | undefined>;
  accountBySubject(principal: Principal, issuer: string, subject: string): Promise<AccountRow | undefined>;
  accountByLogin(principal: Principal, login: string): Promise<AccountRow | undefined>;
  accountByInvite(principal: Principal, hash: string): Promise<AccountRow | undefined>;
  accounts(principal: Principal): Promise<readonly AccountRow[]>;
  /** Whether the identity provider pushed this subject as somebody who is not active. */
  isSubjectInactive(principal: Principal, subject: string): Promise<boolean>;
}

/** Part of `StoreWrite`. */
export interface AccountWrite {
  /** Adds it, or replaces the one of its id. The caller holds a lock on its identity. */
  saveAccount(row: AccountRow): Promise<void>;
  /** Notes that a session was used. */
  seeSession(id: string, at: number): Promise<void>;
  /** Ends every session of an account; their ids. */
  revokeSessionsOf(accountId: string, at: number): Promise<readonly string[]>;
}
