import type { Actor, Identity, OwnerLead, Resource, Where } from '../core/event.ts';
import type { KnownIdentity } from '../core/owned-things.ts';
import type { Evidence, Person, Team } from '../core/owner.ts';

/**
 * A directory answers who may own what. It never throws for something unknown: no evidence is an answer.
 * The same question gets the same answer until the directory is reloaded.
 */
export interface OwnerDirectory {
  readonly id: string;
  /** Evidence for each query, in order. Asked in batches; bounded work a query. */
  evidence(queries: readonly OwnerQuery[]): Promise<readonly (readonly Evidence[])[]>;
  /** Offered by a directory that knows people and teams by name. */
  readonly people?: People;
  /** Offered by a directory that knows workloads, applications or agents: all of them, for the count of what is owned. */
  identities?(): readonly KnownIdentity[];
}

export type OwnerQuery = {
  readonly where: Where;
  readonly leads: readonly OwnerLead[];
  readonly identity?: Identity;
  /** What was reached for. */
  readonly resource?: Resource;
  readonly actor?: Actor;
};

/** The people and teams that are known, by any of their names. Held in memory, read-only. */
export interface People {
  person(id: string): Person | undefined;
  team(id: string): Team | undefined;
  /** By e-mail address, without case. */
  byEmail(email: string): Person | undefined;
  byAccount(system: string, name: string): Person | undefined;
  teamByHandle(handle: string): Team | undefined;
  /** By id, name, e-mail or account, for "not mine, it is X"; undefined when nobody or more than one fits. */
  find(text: string): Person | undefined;
  duty(): readonly Person[];
  all(): readonly Person[];
  teams(): readonly Team[];
}
