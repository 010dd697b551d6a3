import type { Scope } from '../access/scope.ts';

/**
 * Who may come through a door: a scope; `public`, anybody; `link`, whoever has the token in the path; `webhook`, a
 * signed delivery, or a token with `events:write`.
 */
export type Access = Scope | 'public' | 'link' | 'webhook';

export type RouteRow = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As OpenAPI writes it: `/v1/loops/{id}`. */
  readonly path: string;
  readonly access: Access;
  /** Content types of the body; none: a body is not read. */
  readonly takes?: readonly string[];
  /** Asked a thousand times a second: a token that was good a second ago is not looked up again. */
  readonly isFrequent?: true;
  /** Also without a token from this machine itself. */
  readonly isOpenToLoopback?: true;
};

const json = ['application/json'] as const;
const form = ['application/x-www-form-urlencoded'] as const;

/** Files as scanners write them. Packed ones are told by their first bytes, whatever the header says. */
export const reportTypes = [
  'application/json',
  'application/sarif+json',
  'application/x-ndjson',
  'application/ndjson',
  'text/csv',
  'text/plain',
  'application/gzip',
  'application/octet-stream',
] as const;

/** Reports, and tokens that a sender signed (RFC 8935). */
export const deliveryTypes = [...reportTypes, 'application/secevent+jwt'] as const;

export const eventTypes = [
  'application/json',
  'application/cloudevents+json',
  'application/cloudevents-batch+json',
  'application/x-ndjson',
  'application/ndjson',
] as const;

/** A mail as it stands in a mailbox (RFC 5322). */
export const mailType = 'message/rfc822';

/** As identity providers send people; some say plain JSON. */
const scim = ['application/scim+json', 'application/json'] as const;

/** Every route there is. Registered from here, and the access matrix of the tests is made from here. */
export const routeTable = [
  { method: 'POST', path: '/v1/sources/{source}', access: 'webhook', takes: deliveryTypes },
  { method: 'GET', path: '/v1/sources/{source}', access: 'events:write' },
  { method: 'POST', path: '/v1/events', access: 'events:write', takes: eventTypes },
  { method: 'POST', path: '/v1/imports', access: 'events:write', takes: reportTypes },
  { method: 'POST', path: '/v1/mail', access: 'events:write', takes: [mailType] },
  { method: 'POST', path: '/v1/channels/{channel}/interactions', access: 'webhook', takes: form },

  { method: 'GET', path: '/v1/loops', access: 'loops:read' },
  { method: 'POST', path: '/v1/loops', access: 'loops:write', takes: json },
  { method: 'POST', path: '/v1/loops/release', access: 'loops:write', takes: json },
  { method: 'GET', path: '/v1/loops/{id}', access: 'loops:read' },
  { method: 'POST', path: '/v1/loops/{id}/replies', access: 'loops:write', takes: json },
  { method: 'POST', path: '/v1/loops/{id}/snooze', access: 'delivery:write', takes: json },
  { method: 'GET', path: '/v1/loops/{id}/ledger', access: 'loops:read' },
  { method: 'GET', path: '/v1/loops/{id}/evidence', access: 'evidence:read' },
  { method: 'GET', path: '/v1/evidence', access: 'evidence:read' },
  { method: 'GET', path: '/v1/coverage', access: 'evidence:read' },
  { method: 'GET', path: '/v1/people/{id}', access: 'people:read' },
  { method: 'POST', path: '/v1/people/{id}/links', access: 'owners:write', takes: json },
  { method: 'POST', path: '/v1/people/{id}/erasure', access: 'admin', takes: json },
  { method: 'GET', path: '/v1/people/{id}/data', access: 'admin' },
  { method: 'GET', path: '/v1/privacy/report', access: 'evidence:read' },

  { method: 'PUT', path: '/v1/campaigns/{id}', access: 'loops:write', takes: [mailType, 'application/json'] },

  { method: 'GET', path: '/v1/behaviours', access: 'behaviours:read' },
  { method: 'GET', path: '/v1/behaviours/{behaviour}/words', access: 'behaviours:read' },
  { method: 'GET', path: '/v1/behaviours/{behaviour}/check', access: 'behaviours:read' },
  { method: 'GET', path: '/v1/behaviours/{behaviour}/versions', access: 'behaviours:read' },
  { method: 'GET', path: '/v1/behaviours/{behaviour}/versions/{hash}', access: 'behaviours:read' },
  { method: 'GET', path: '/v1/reviews', access: 'behaviours:read' },
  { method: 'POST', path: '/v1/reviews', access: 'behaviours:write' },
  { method: 'GET', path: '/v1/reviews/{id}', access: 'behaviours:read' },
  { method: 'POST', path: '/v1/reviews/{id}/decisions', access: 'behaviours:write', takes: json },
  { method: 'GET', path: '/v1/counts', access: 'loops:read' },
  { method: 'GET', path: '/v1/changes', access: 'loops:read' },
  { method: 'GET', path: '/v1/owners', access: 'owners:read' },
  { method: 'GET', path: '/v1/owners/coverage', access: 'owners:read' },
  { method: 'GET', path: '/v1/identities', access: 'owners:read' },
  { method: 'GET', path: '/v1/identities/{id}', access: 'owners:read' },
  { method: 'POST', path: '/v1/identities/{id}/owner', access: 'owners:write', takes: json },
  { method: 'GET', path: '/v1/measures', access: 'measures:read' },
  { method: 'GET', path: '/v1/measures/{behaviour}', access: 'measures:read' },
  { method: 'GET', path: '/v1/controls', access: 'controls:read' },
  { method: 'GET', path: '/v1/controls/{id}', access: 'controls:read' },
  { method: 'POST', path: '/v1/controls/{id}/decisions', access: 'controls:write', takes: json },
  { method: 'GET', path: '/v1/experiments', access: 'measures:read' },
  { method: 'POST', path: '/v1/experiments', access: 'experiments:write', takes: json },
  { method: 'GET', path: '/v1/experiments/{id}', access: 'measures:read' },
  { method: 'POST', path: '/v1/experiments/{id}/start', access: 'experiments:write', takes: json },
  { method: 'POST', path: '/v1/experiments/{id}/stop', access: 'experiments:write', takes: json },

  { method: 'GET', path: '/v1/messages', access: 'messages:read' },
  { method: 'POST', path: '/v1/messages/test', access: 'messages:write', takes: json },
  { method: 'POST', path: '/v1/messages/replay', access: 'messages:write', takes: json },
  { method: 'GET', path: '/v1/messages/{id}', access: 'messages:read' },
  { method: 'POST', path: '/v1/messages/{id}/replay', access: 'messages:write' },
  { method: 'POST', path: '/v1/messages/{id}/resend', access: 'messages:write', takes: json },
  { method: 'POST', path: '/v1/messages/{id}/redirect', access: 'owners:write', takes: json },
  { method: 'POST', path: '/v1/messages/{id}/withdraw', access: 'delivery:write', takes: json },
  { method: 'POST', path: '/v1/messages/{id}/settle', access: 'messages:write', takes: json },
  { method: 'GET', path: '/v1/channels', access: 'messages:read' },
  { method: 'POST', path: '/v1/channels/{channel}/resume', access: 'delivery:write' },

  { method: 'POST', path: '/mcp', access: 'agents:use', takes: json },
  { method: 'POST', path: '/v1/agents/calls', access: 'agents:use', takes: json },
  { method: 'GET', path: '/v1/agents/rules', access: 'policy:evaluate' },
  // One agent is often one person's: what it did is no figure of a group.
  { method: 'GET', path: '/v1/agents/figures', access: 'loops:read' },

  { method: 'GET', path: '/v1/rollout', access: 'messages:read' },
  { method: 'POST', path: '/v1/rollout', access: 'delivery:write', takes: json },
  { method: 'GET', path: '/v1/shadow', access: 'messages:read' },
  { method: 'GET', path: '/v1/leave', access: 'owners:read' },
  { method: 'POST', path: '/v1/leave', access: 'owners:write', takes: json },
  { method: 'DELETE', path: '/v1/leave/{id}', access: 'owners:write' },
  { method: 'GET', path: '/v1/pause', access: 'loops:read' },
  { method: 'POST', path: '/v1/pause', access: 'delivery:write', takes: json },
  { method: 'GET', path: '/v1/suppressions', access: 'loops:read' },
  { method: 'POST', path: '/v1/suppressions', access: 'loops:write', takes: json },
  { method: 'DELETE', path: '/v1/suppressions/{id}', access: 'loops:write' },
  { method: 'GET', path: '/v1/tokens', access: 'admin' },
  { method: 'POST', path: '/v1/tokens', access: 'admin', takes: json },
  { method: 'DELETE', path: '/v1/tokens/{id}', access: 'admin' },
  { method: 'POST', path: '/v1/claim', access: 'admin' },
  { method: 'GET', path: '/v1/signin', access: 'public' },
  { method: 'GET', path: '/v1/session', access: 'public' },
  { method: 'POST', path: '/v1/session', access: 'public', takes: json },
  { method: 'DELETE', path: '/v1/session', access: 'public' },
  { method: 'GET', path: '/v1/sessions', access: 'public' },
  { method: 'DELETE', path: '/v1/sessions', access: 'public' },
  { method: 'DELETE', path: '/v1/sessions/{id}', access: 'public' },
  { method: 'GET', path: '/v1/accounts', access: 'admin' },
  { method: 'POST', path: '/v1/accounts', access: 'admin', takes: json },
  { method: 'DELETE', path: '/v1/accounts/{id}', access: 'admin' },
  { method: 'DELETE', path: '/v1/accounts/{id}/factor', access: 'admin' },
  { method: 'GET', path: '/v1/audit', access: 'audit:read' },
  { method: 'GET', path: '/v1/audit/heads', access: 'audit:read' },
  { method: 'GET', path: '/v1/audit/check', access: 'audit:read' },
  { method: 'GET', path: '/v1/sources', access: 'system:read' },

  { method: 'GET', path: '/scim/v2/Users', access: 'scim:write' },
  { method: 'POST', path: '/scim/v2/Users', access: 'scim:write', takes: scim },
  { method: 'GET', path: '/scim/v2/Users/{id}', access: 'scim:write' },
  { method: 'PUT', path: '/scim/v2/Users/{id}', access: 'scim:write', takes: scim },
  { method: 'PATCH', path: '/scim/v2/Users/{id}', access: 'scim:write', takes: scim },
  { method: 'DELETE', path: '/scim/v2/Users/{id}', access: 'scim:write' },
  { method: 'GET', path: '/scim/v2/Groups', access: 'scim:write' },
  { method: 'POST', path: '/scim/v2/Groups', access: 'scim:write', takes: scim },
  { method: 'GET', path: '/scim/v2/Groups/{id}', access: 'scim:write' },
  { method: 'PUT', path: '/scim/v2/Groups/{id}', access: 'scim:write', takes: scim },
  { method: 'PATCH', path: '/scim/v2/Groups/{id}', access: 'scim:write', takes: scim },
  { method: 'DELETE', path: '/scim/v2/Groups/{id}', access: 'scim:write' },
  { method: 'GET', path: '/scim/v2/ServiceProviderConfig', access: 'scim:write' },
  { method: 'GET', path: '/scim/v2/ResourceTypes', access: 'scim:write' },
  { method: 'GET', path: '/scim/v2/Schemas', access: 'scim:write' },

  { method: 'GET', path: '/r/{token}', access: 'link' },
  { method: 'POST', path: '/r/{token}', access: 'link', takes: form },
  { method: 'GET', path: '/claim/{token}', access: 'link' },
  { method: 'POST', path: '/claim/{token}', access: 'link', takes: form },

  { method: 'GET', path: '/password/{token}', access: 'link' },
  { method: 'POST', path: '/password/{token}', access: 'link', takes: form },

  { method: 'GET', path: '/', access: 'public' },
  { method: 'GET', path: '/me', access: 'public' },
  { method: 'POST', path: '/me', access: 'public', takes: form },
  { method: 'GET', path: '/me/{token}', access: 'link' },
  { method: 'POST', path: '/me/{token}', access: 'link', takes: form },
  { method: 'GET', path: '/check', access: 'public' },
  { method: 'POST', path: '/check', access: 'public', takes: form },
  { method: 'GET', path: '/signin', access: 'public' },
  { method: 'POST', path: '/signin', access: 'public', takes: form },
  { method: 'POST', path: '/signin/factor', access: 'public', takes: form },
  { method: 'GET', path: '/signin/oidc', access: 'public' },
  { method: 'GET', path: '/signin/oidc/callback', access: 'public' },
  { method: 'GET', path: '/signout', access: 'public' },
  { method: 'POST', path: '/signout', access: 'public', takes: form },
  { method: 'GET', path: '/account', access: 'public' },
  { method: 'POST', path: '/account/password', access: 'public', takes: form },
  { method: 'POST', path: '/account/factor', access: 'public', takes: form },
  { method: 'GET', path: '/console', access: 'public' },
  { method: 'GET', path: '/console/{rest}', access: 'public' },
  { method: 'GET', path: '/outbox', access: 'messages:read' },
  { method: 'GET', path: '/outbox/{id}', access: 'messages:read' },

  { method: 'GET', path: '/v1/policy', access: 'controls:read' },
  { method: 'GET', path: '/v1/policy/rules', access: 'controls:read' },
  { method: 'GET', path: '/v1/policy/decisions', access: 'loops:read' },
  { method: 'GET', path: '/v1/policy/exceptions', access: 'policy:approve' },
  { method: 'POST', path: '/v1/policy/exceptions', access: 'policy:evaluate', takes: json },
  { method: 'GET', path: '/v1/policy/exceptions/{id}', access: 'policy:evaluate' },
  { method: 'POST', path: '/v1/policy/exceptions/{id}', access: 'policy:approve', takes: json },
  { method: 'DELETE', path: '/v1/policy/exceptions/{id}', access: 'policy:approve' },
  // Their content type is judged by themselves: AuthZEN knows 400 for it.
  { method: 'POST', path: '/access/v1/evaluation', access: 'policy:evaluate', isFrequent: true },
  { method: 'POST', path: '/access/v1/evaluations', access: 'policy:evaluate', isFrequent: true },
  { method: 'POST', path: '/access/v1/search/{kind}', access: 'policy:evaluate' },
  { method: 'GET', path: '/.well-known/authzen-configuration', access: 'public' },
  { method: 'GET', path: '/.well-known/oauth-protected-resource', access: 'public' },
  { method: 'GET', path: '/.well-known/oauth-protected-resource/mcp', access: 'public' },

  { method: 'GET', path: '/v1/backup', access: 'admin' },

  { method: 'GET', path: '/livez', access: 'public' },
  { method: 'GET', path: '/readyz', access: 'public' },
  { method: 'GET', path: '/metrics', access: 'system:read', isOpenToLoopback: true },
  { method: 'GET', path: '/openapi.json', access: 'public' },
  { method: 'GET', path: '/docs', access: 'public' },
] as const satisfies readonly RouteRow[];

type Row = (typeof routeTable)[number];
type KeyOf<R extends Row> = R extends Row ? `${R['method']} ${R['path']}` : never;

/** `GET /v1/loops` */
export type RouteKey = KeyOf<Row>;
export type OpenKey = KeyOf<Extract<Row, { access: 'public' | 'link' | 'webhook' }>>;
export type ScopedKey = Exclude<RouteKey, OpenKey>;
