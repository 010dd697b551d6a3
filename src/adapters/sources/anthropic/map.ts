import type { Actor, Event, EventKind, Identity } from '../../../core/event.ts';
import { makeEvent } from '../../../core/make-event.ts';
import { namedSecrets } from '../../../core/named-secrets.ts';
import { type Dict, dictOf, isDict, textOf } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';
import { type KeepPlan, keepMembers } from '../../../lib/keep-members.ts';
import type { Source } from '../../../ports/source.ts';

/** The first that fits the activity's type. */
const kinds: readonly (readonly [RegExp, EventKind])[] = [
  [/(?:^|_)(?:api_key|service_key|access_key|access_token)_created$/u, 'credential.created'],
  [
    /(?:^|_)(?:api_key|service_key|access_key|access_token)_(?:deleted|revoked|disabled|archived)$/u,
    'credential.removed',
  ],
  [/^(?:org_user|organization_user|user)_(?:deleted|removed|disabled|suspended)$/u, 'identity.disabled'],
  [
    /_(?:ip_restriction|sso|mfa|domain_capture|audit_log_export)_(?:deleted|disabled|removed)$/u,
    'control.disabled',
  ],
  [
    /_(?:ip_restriction|sso|mfa|domain_capture|audit_log_export)_(?:created|enabled|added)$/u,
    'control.restored',
  ],
];

/** What an activity is about: the first of these that it names. */
const resources: readonly (readonly [string, string])[] = [
  ['admin_api_key_id', 'api-key'],
  ['api_key_id', 'api-key'],
  ['service_key_id', 'api-key'],
  ['deleted_user_email', 'user'],
  ['deleted_user_id', 'user'],
  ['mcp_server_id', 'mcp-server'],
  ['mcp_server_name', 'mcp-server'],
  ['integration_type', 'integration'],
  ['workspace_id', 'workspace'],
  ['claude_project_id', 'project'],
  ['claude_artifact_id', 'artifact'],
  ['claude_chat_id', 'chat'],
];

const plan: KeepPlan = {
  id: true,
  type: true,
  created_at: true,
  organization_id: true,
  organization_uuid: true,
  actor: {
    type: true,
    email_address: true,
    user_id: true,
    api_key_id: true,
    ip_address: true,
    user_agent: true,
  },
  ...Object.fromEntries(resources.map(([name]) => [name, true] as const)),
  audience: { type: true },
  updates: { type: true },
  role: true,
};

export const map: Source['map'] = (record, context) => {
  if (!isDict(record)) return { rejected: 'an activity is an object' };
  const type = textOf(record.type);
  if (type === undefined) return { rejected: 'type is missing', pointer: '/type' };
  const actor = dictOf(record.actor);
  if (actor === undefined) return { rejected: 'actor is missing', pointer: '/actor' };
  const kind = kinds.find(([pattern]) => pattern.test(type.slice(0, 200)))?.[1] ?? 'activity.recorded';
  const id = textOf(record.id);
  const resource = resourceOf(record);
  const identity = identityOf(kind, actor, resource);
  const outcome = outcomeOf(type);
  const address = textOf(actor.ip_address);
  const userAgent = textOf(actor.user_agent);
  return [
    makeEvent(
      {
        source: 'anthropic',
        kind,
        id: [id, type, textOf(record.created_at), textOf(actor.user_id), address],
        occurredAt: instantOf(record.created_at),
        actor: actorOf(actor),
        ...(identity === undefined ? {} : { identity }),
        resource,
        action: type,
        ...(outcome === undefined ? {} : { outcome }),
        network: {
          ...(address === undefined ? {} : { address }),
          ...(userAgent === undefined ? {} : { userAgent }),
        },
        detector: { name: 'anthropic' },
        alsoSecret: namedSecrets(record),
        record: keepMembers(record, plan),
      },
      context,
    ),
  ];
};

/** Who is signed in is a person, a key is a workload; of others, such as a failed login, nobody is known. */
function actorOf(actor: Dict): Actor {
  const email = textOf(actor.email_address);
  const user = textOf(actor.user_id);
  if (email !== undefined || user !== undefined) {
    return {
      type: 'person',
      ...(user === undefined ? {} : { id: user }),
      ...(email === undefined ? {} : { email }),
    };
  }
  const key = textOf(actor.api_key_id);
  return key === undefined ? { type: 'unknown' } : { type: 'workload', id: key };
}

/** Of a removed account it is that account; else what the actor used. */
function identityOf(kind: EventKind, actor: Dict, resource: Event['resource']): Identity | undefined {
  if (kind === 'identity.disabled' && resource?.type === 'user')
    return { type: 'user', id: resource.id, provider: 'anthropic' };
  const user = textOf(actor.email_address) ?? textOf(actor.user_id);
  if (user !== undefined) return { type: 'user', id: user, provider: 'anthropic' };
  const key = textOf(actor.api_key_id);
  return key === undefined ? undefined : { type: 'api-key', id: key, provider: 'anthropic' };
}

function resourceOf(record: Dict): Event['resource'] {
  for (const [name, type] of resources) {
    const id = textOf(record[name]);
    if (id !== undefined) return { type, id };
  }
  return undefined;
}

function outcomeOf(type: string): Event['outcome'] {
  if (/_(?:failed|denied|rejected)$/u.test(type)) return 'failure';
  return type.endsWith('_succeeded') ? 'success' : undefined;
}
