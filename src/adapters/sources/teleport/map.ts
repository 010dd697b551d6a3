import type { Actor, Event, EventKind, Identity } from '../../../core/event.ts';
import { makeEvent } from '../../../core/make-event.ts';
import { namedSecrets } from '../../../core/named-secrets.ts';
import { type Dict, dictOf, isDict, scalarText, textOf } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';
import { type KeepPlan, keepMembers } from '../../../lib/keep-members.ts';
import type { Source } from '../../../ports/source.ts';

/** By the whole event. https://goteleport.com/docs/reference/monitoring/audit/ */
const kinds: Readonly<Record<string, EventKind>> = {
  'join_token.create': 'credential.created',
  'recovery_code.generated': 'credential.created',
  'mfa.add': 'credential.changed',
  'mfa.delete': 'credential.changed',
  'user.password_change': 'credential.changed',
  'reset_password_token.create': 'credential.changed',
  'user.delete': 'identity.disabled',
  'bot.delete': 'identity.disabled',
  'lock.created': 'identity.disabled',
  'lock.deleted': 'identity.enabled',
  'access_request.create': 'change.proposed',
  'access_request.review': 'change.reviewed',
};

/**
 * Teleport lets nobody stay signed in for longer than thirty hours, unless it is told to
 * (https://goteleport.com/docs/reference/access-controls/roles/, max_session_ttl): a certificate that outlives that is
 * a lasting key.
 */
const sessionMsMax = 30 * 60 * 60 * 1000;

const plan: KeepPlan = {
  event: true,
  code: true,
  time: true,
  uid: true,
  ei: true,
  cluster_name: true,
  user: true,
  user_kind: true,
  bot_name: true,
  login: true,
  method: true,
  success: true,
  error: true,
  name: true,
  id: true,
  state: true,
  proposed_state: true,
  roles: true,
  reviewer: true,
  updated_by: true,
  target: { user: true, role: true, login: true, node: true, server_id: true, mfa_device: true },
  cert_type: true,
  identity: {
    user: true,
    impersonator: true,
    roles: true,
    logins: true,
    expires: true,
    teleport_cluster: true,
    route_to_cluster: true,
    kubernetes_cluster: true,
    kubernetes_groups: true,
    disallow_reissue: true,
  },
  mfa_device: { mfa_device_name: true, mfa_device_type: true },
  proto: true,
  server_hostname: true,
  server_id: true,
  db_service: true,
  app_name: true,
  kubernetes_cluster: true,
  'addr.remote': true,
  addr_remote: true,
  user_agent: true,
  sid: true,
};

export const map: Source['map'] = (record, context) => {
  if (!isDict(record)) return { rejected: 'an event is an object' };
  const name = textOf(record.event);
  if (name === undefined) return { rejected: 'event is missing', pointer: '/event' };
  const occurredAt = instantOf(record.time);
  const certificate = name === 'cert.create' ? dictOf(record.identity) : undefined;
  const kind =
    certificate === undefined
      ? ((Object.hasOwn(kinds, name) ? kinds[name] : undefined) ?? 'activity.recorded')
      : kindOfCertificate(certificate, occurredAt);
  const actor = actorOf(record, certificate);
  const identity = identityOf(kind, record, actor);
  const outcome = outcomeOf(record, name);
  const address = addressOf(record);
  const userAgent = textOf(record.user_agent);
  const uid = textOf(record.uid);
  return [
    makeEvent(
      {
        source: 'teleport',
        kind,
        id: [uid, name, textOf(record.code), scalarText(record.ei), textOf(record.time), textOf(record.user)],
        occurredAt,
        actor,
        ...(identity === undefined ? {} : { identity }),
        resource: resourceOf(record, certificate),
        action: name,
        ...(outcome === undefined ? {} : { outcome }),
        network: {
          ...(address === undefined ? {} : { address }),
          ...(userAgent === undefined ? {} : { userAgent }),
        },
        joins: {
          session: textOf(record.sid),
          ticket: name.startsWith('access_request.') ? textOf(record.id) : undefined,
        },
        detector: { name: 'teleport' },
        alsoSecret: namedSecrets(record),
        record: keepMembers(record, plan),
      },
      context,
    ),
  ];
};

function kindOfCertificate(certificate: Dict, occurredAt: number | undefined): EventKind {
  const expiresAt = instantOf(certificate.expires);
  const isLasting =
    expiresAt !== undefined && occurredAt !== undefined && expiresAt - occurredAt > sessionMsMax;
  return isLasting ? 'credential.created' : 'token.issued';
}

/** A certificate is asked for by its user, or by whoever acts as that user. */
function actorOf(record: Dict, certificate: Dict | undefined): Actor {
  const name = textOf(certificate?.impersonator) ?? textOf(certificate?.user) ?? textOf(record.user);
  if (name === undefined) return { type: 'unknown' };
  const isBot = /^bot-/u.test(name) || record.user_kind === 2 || textOf(record.bot_name) !== undefined;
  const isEmail = /^[^\s@/:]+@[^\s@/:]+\.[^\s@/:.]+$/u.test(name);
  return {
    type: isBot ? 'workload' : isEmail ? 'person' : 'unknown',
    ...(isEmail && !isBot ? { email: name } : {}),
    account: { system: 'teleport', name },
  };
}

/** Of a lock and a removed account the other's; else the account that was used. */
function identityOf(kind: EventKind, record: Dict, actor: Actor): Identity | undefined {
  const target = dictOf(record.target);
  const other = kind.startsWith('identity.') ? (textOf(target?.user) ?? textOf(record.name)) : undefined;
  const id = other ?? actor.account?.name;
  return id === undefined ? undefined : { type: 'user', id, provider: 'teleport' };
}

/** What was reached for, the nearest first; of a certificate the roles that it gives. */
function resourceOf(record: Dict, certificate: Dict | undefined): Event['resource'] {
  if (certificate !== undefined) {
    const roles = Array.isArray(certificate.roles)
      ? certificate.roles.filter((role) => typeof role === 'string')
      : [];
    return roles.length === 0 ? undefined : { type: 'role', id: roles.toSorted().join(' ') };
  }
  const found: readonly (readonly [string, string | undefined])[] = [
    ['server', textOf(record.server_hostname) ?? textOf(record.server_id)],
    ['database', textOf(record.db_service)],
    ['app', textOf(record.app_name)],
    ['cluster', textOf(record.kubernetes_cluster)],
    [
      /^[a-z_]{1,40}(?=\.)/u.exec(textOf(record.event) ?? '')?.[0].replaceAll('_', '-') ?? 'item',
      textOf(record.name),
    ],
  ];
  const [type, id] = found.find(([, name]) => name !== undefined) ?? [];
  return type === undefined || id === undefined ? undefined : { type, id };
}

function outcomeOf(record: Dict, name: string): Event['outcome'] {
  if (name === 'access_request.review') {
    const state = textOf(record.proposed_state) ?? textOf(record.state);
    return state === 'APPROVED' ? 'success' : state === 'DENIED' ? 'failure' : undefined;
  }
  if (typeof record.success !== 'boolean') return undefined;
  return record.success ? 'success' : 'failure';
}

/** `192.0.2.1:35194` or `[2001:db8::1]:65123`: the port says nothing. */
function addressOf(record: Dict): string | undefined {
  const text = textOf(record['addr.remote']) ?? textOf(record.addr_remote);
  if (text === undefined || text.length > 100) return undefined;
  return /^\[([^\]]+)\](?::\d+)?$/u.exec(text)?.[1] ?? /^([^:]+)(?::\d+)?$/u.exec(text)?.[1] ?? text;
}
