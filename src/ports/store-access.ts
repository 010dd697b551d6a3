import type { Actor } from '../core/event.ts';
import type { Principal } from './principal.ts';

/** An API token: never the token itself, only its hash. */
export type TokenRow = {
  readonly id: string;
  readonly hash: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly teams: 'all' | readonly string[];
  readonly kind?: 'token' | 'agent';
  /** Kinds of actor that it concerns; all of them unless given. */
  readonly subjectTypes?: readonly Actor['type'][];
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly lastUsedAt?: number;
  readonly revokedAt?: number;
};

/**
 * A browser that is signed in: never the cookie's secret, only its hash. It stands on a token, can do what that token can
 * and ends with it; or it is a person's, and ends with their account. One of the two ids is there.
 */
export type SessionRow = {
  readonly id: string;
  readonly hash: string;
  readonly tokenId?: string;
  readonly accountId?: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** When it was used last, to the minute; of people's. */
  readonly seenAt?: number;
  /** When whoever has it proved who they are; not there where nobody says. */
  readonly provedAt?: number;
  readonly revokedAt?: number;
};

/** Part of `StoreRead`. */
export interface AccessRead {
  tokens(principal: Principal): Promise<readonly TokenRow[]>;
  tokenByHash(principal: Principal, hash: string): Promise<TokenRow | undefined>;
  tokenById(principal: Principal, id: string): Promise<TokenRow | undefined>;
  /** Sessions that run. */
  sessions(principal: Principal, now: number): Promise<readonly SessionRow[]>;
  /** Those that stand on one token, or are one person's. */
  sessionsOf(principal: Principal, holder: string, now: number): Promise<readonly SessionRow[]>;
  sessionByHash(principal: Principal, hash: string): Promise<SessionRow | undefined>;
}
