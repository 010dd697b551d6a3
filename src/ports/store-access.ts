import type { Actor } from '../core/event.ts';

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

/** Stands on a token or is a person's: one of the two ids is there. */
export type SessionRow = {
  readonly id: string;
  readonly hash: string;
  readonly tokenId?: string;
  readonly accountId?: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly seenAt?: number;
  readonly revokedAt?: number;
};
