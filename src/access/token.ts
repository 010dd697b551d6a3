import { isEqualConstantTime } from '../lib/hmac.ts';
import type { TokenRow } from '../ports/store-access.ts';
import { isWithin, type Principal, type SubjectType } from './principal.ts';
import { isScope, type Scope } from './scope.ts';
import { makeSecret, parseSecret, secretHash } from './secret-text.ts';

/** An API token that was just made; the store keeps its hash and never the token. */
export type TokenRecord = TokenRow & { readonly kind: 'token' | 'agent'; readonly createdBy: string };

const dayMs = 86_400_000;
export const tokenDaysMax = 365;
/** `lastUsedAt` is for people; writing it at every request would make each read a write. */
const lastUsedStepMs = 60_000;

export type TokenRequest = {
  readonly id: string;
  readonly name: string;
  readonly kind?: 'token' | 'agent';
  readonly scopes: readonly Scope[];
  readonly teams: 'all' | readonly string[];
  readonly subjectTypes?: readonly SubjectType[];
  /** The identity of the agent to which the token belongs. */
  readonly agent?: string;
  readonly days: number;
};

export type TokenIssue =
  | { readonly kind: 'issued'; readonly token: string; readonly record: TokenRecord }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Makes a token, shown once. Nobody hands out more than they have, and no token makes tokens.
 *
 * @param random 24 random bytes
 */
export function issueToken(
  request: TokenRequest,
  issuer: Principal,
  now: number,
  random: Uint8Array,
): TokenIssue {
  const refused = (reason: string): TokenIssue => ({ kind: 'refused', reason });
  if (!Number.isInteger(request.days) || request.days < 1 || request.days > tokenDaysMax) {
    return refused(`A token is valid for 1 to ${tokenDaysMax} days.`);
  }
  if (request.name.trim() === '') return refused('A token needs a name that says where it is used.');
  if (request.scopes.length === 0) return refused('A token without a scope can do nothing.');
  if (request.teams !== 'all' && request.teams.length === 0)
    return refused('Name at least one team, or all.');
  if (issuer.kind !== 'operator' && issuer.kind !== 'system')
    return refused('Only an operator makes tokens.');
  const { id, name, scopes, teams, subjectTypes, agent } = request;
  const kind = agent === undefined ? (request.kind ?? 'token') : 'agent';
  if (agent !== undefined && !agentPattern.test(agent))
    return refused('Write the identity of an agent in 1 to 200 characters without spaces.');
  const tooMuch = agent === undefined ? undefined : scopes.find((scope) => !agentScopes.has(scope));
  if (tooMuch !== undefined) return refused(`No agent may have the scope ${tooMuch}: a person decides that.`);
  const limits = { teams, ...(subjectTypes === undefined ? {} : { subjectTypes }) };
  if (!isWithin({ scopes: new Set(scopes), ...limits }, issuer)) {
    return refused('A token cannot do or see more than the one who makes it.');
  }
  const token = makeSecret('live', random);
  const expiresAt = now + request.days * dayMs;
  const record = { id, name, hash: secretHash(token), kind, scopes: keptScopes(scopes, agent), ...limits };
  return { kind: 'issued', token, record: { ...record, createdBy: issuer.id, createdAt: now, expiresAt } };
}

/** What an agent may be allowed. Nothing of it decides about anybody's loop. */
const agentScopes: ReadonlySet<Scope> = new Set<Scope>([
  'agents:use',
  'policy:evaluate',
  'policy:enforce',
  'events:write',
]);
const agentPattern = /^[^\s\p{C}]{1,200}$/u;
const agentPrefix = 'agent:';

/** The identity stands among the scopes, and can be no scope of its own. */
function keptScopes(scopes: readonly Scope[], agent: string | undefined): readonly string[] {
  const unique: readonly string[] = [...new Set(scopes)];
  return agent === undefined ? unique : [...unique, `${agentPrefix}${agent}`];
}

/** The hash under which a presented token is looked up; undefined when its form alone shows that it is none. */
export function tokenHash(text: string): string | undefined {
  const parsed = parseSecret('live', text);
  return parsed.kind === 'parsed' ? parsed.hash : undefined;
}

export type TokenVerdict =
  | { readonly kind: 'accepted'; readonly principal: Principal; readonly isUseDue: boolean }
  | { readonly kind: 'refused'; readonly reason: 'malformed' | 'unknown' | 'revoked' | 'expired' };

/**
 * Judges a presented token against the record that the store found under its hash. The reason is for the log; a
 * caller hears only that the token is not valid. `isUseDue`: store `now` as `lastUsedAt`.
 */
export function judgeToken(text: string, record: TokenRow | undefined, now: number): TokenVerdict {
  const hash = tokenHash(text);
  if (hash === undefined) return { kind: 'refused', reason: 'malformed' };
  if (record === undefined || !isEqualConstantTime(hash, record.hash))
    return { kind: 'refused', reason: 'unknown' };
  if (record.revokedAt !== undefined) return { kind: 'refused', reason: 'revoked' };
  if (now >= record.expiresAt) return { kind: 'refused', reason: 'expired' };
  const isUseDue = record.lastUsedAt === undefined || now - record.lastUsedAt >= lastUsedStepMs;
  return { kind: 'accepted', principal: principalOf(record), isUseDue };
}

/** Who a kept token stands for now; undefined once it was revoked or has expired. */
export function principalOfToken(record: TokenRow, now: number): Principal | undefined {
  return record.revokedAt !== undefined || now >= record.expiresAt ? undefined : principalOf(record);
}

function principalOf(record: TokenRow): Principal {
  const { id, name, teams } = record;
  const agent = record.scopes.find((scope) => scope.startsWith(agentPrefix))?.slice(agentPrefix.length);
  const kind = agent === undefined ? (record.kind ?? 'token') : 'agent';
  // A scope that a later version dropped gives nothing.
  const scopes = record.scopes.filter(isScope);
  const subjectTypes = record.subjectTypes ?? (agent === undefined ? undefined : ['agent' as const]);
  return {
    id: `${kind}:${id}`,
    kind,
    name,
    scopes: new Set(agent === undefined ? scopes : scopes.filter((scope) => agentScopes.has(scope))),
    teams,
    ...(subjectTypes === undefined ? {} : { subjectTypes }),
    ...(agent === undefined ? {} : { agent }),
  };
}

/** The token of an `Authorization: Bearer …` header (RFC 6750, section 2.1); undefined for anything else. */
export function bearerToken(header: string | undefined): string | undefined {
  return /^bearer +([!-~]{1,512})$/iu.exec(header ?? '')?.[1];
}
