import type { Actor } from '../core/event.ts';
import { type Scope, scopes } from './scope.ts';

/** Who asks. Every read takes one, from the first route on. */
export type Principal = {
  readonly id: string;
  /** operator: a person at the console; token: an API client; agent: an AI agent; system: Foldback itself. */
  readonly kind: 'operator' | 'token' | 'agent' | 'system';
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
  /** Ids of the teams whose loops it may see. `all` also covers loops that have no team yet. */
  readonly teams: 'all' | readonly string[];
  /** Restricts to loops about these kinds of actor, such as workloads only. */
  readonly subjectTypes?: readonly SubjectType[];
  /** The identity of the agent that a token belongs to: it speaks for no other. */
  readonly agent?: string;
};

export type SubjectType = Actor['type'];

/** What a principal may see, as plain data for a query. An empty list of teams sees nothing. */
export type ReadFilter = {
  readonly teams: 'all' | readonly string[];
  readonly subjectTypes: 'all' | readonly SubjectType[];
};

/** `admin` covers every scope; whoever enforces decisions may ask for them. */
export function can(principal: Principal, scope: Scope): boolean {
  const { scopes: own } = principal;
  return own.has(scope) || own.has('admin') || (scope === 'policy:evaluate' && own.has('policy:enforce'));
}

/** A loop without a team is seen by those who see all teams. */
export function seesTeam(principal: Pick<Principal, 'teams'>, team: string | undefined): boolean {
  return principal.teams === 'all' || (team !== undefined && principal.teams.includes(team));
}

export function seesSubject(principal: Pick<Principal, 'subjectTypes'>, subject: SubjectType): boolean {
  return principal.subjectTypes === undefined || principal.subjectTypes.includes(subject);
}

/** The filter of a principal's reads, narrowed to one team when it asks for that. */
export function readFilter(principal: Principal, team?: string): ReadFilter {
  const subjectTypes = principal.subjectTypes ?? 'all';
  if (team === undefined) return { teams: principal.teams, subjectTypes };
  return { teams: seesTeam(principal, team) ? [team] : [], subjectTypes };
}

/** Foldback itself: sweeps, deliveries, the sealer. Never made from a request. */
export function systemPrincipal(name: string): Principal {
  return { id: `system:${name}`, kind: 'system', name, scopes: new Set(scopes), teams: 'all' };
}

/** Whether `inner` may do and see nothing that `outer` may not: nobody hands out more than they have. */
export function isWithin(
  inner: Pick<Principal, 'scopes' | 'teams' | 'subjectTypes'>,
  outer: Principal,
): boolean {
  const hasScopes = [...inner.scopes].every((scope) => can(outer, scope));
  const hasTeams =
    outer.teams === 'all' || (inner.teams !== 'all' && inner.teams.every((team) => seesTeam(outer, team)));
  const hasSubjects =
    outer.subjectTypes === undefined ||
    (inner.subjectTypes?.every((type) => seesSubject(outer, type)) ?? false);
  return hasScopes && hasTeams && hasSubjects;
}
