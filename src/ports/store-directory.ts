import type { Json } from '../core/event.ts';

/** A person or group that an identity provider pushed. `body` is what was said of it, without secrets. */
export type DirectoryRow = {
  readonly id: string;
  readonly kind: 'user' | 'group';
  /** The user name, or the name of the group, folded. */
  readonly name: string;
  readonly externalId?: string;
  readonly isActive: boolean;
  readonly body: { readonly [key: string]: Json };
  readonly createdAt: number;
  readonly updatedAt: number;
  /** When a person became inactive who had been active here. */
  readonly leftAt?: number;
  /** When that was passed on to the loop. */
  readonly reportedAt?: number;
  /** What is deleted is kept as inactive, so that what points at it finds a team or manager. */
  readonly deletedAt?: number;
};

export type DirectoryFilter = {
  readonly kind: DirectoryRow['kind'];
  readonly name?: string;
  readonly externalId?: string;
  readonly offset: number;
  readonly limit: number;
};
