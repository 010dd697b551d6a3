import type { Actor, EventKind, Identity } from '../../../core/event.ts';
import { makeEvent } from '../../../core/make-event.ts';
import { namedSecrets } from '../../../core/named-secrets.ts';
import { type Dict, isDict, textOf } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';
import { type KeepPlan, keepMembers } from '../../../lib/keep-members.ts';
import type { Source } from '../../../ports/source.ts';

/** By the number of the type. https://developers.onelogin.com/api-docs/1/events/event-types */
const kinds: Readonly<Record<string, EventKind>> = {
  11: 'credential.changed',
  16: 'identity.enabled',
  24: 'credential.changed',
  172: 'credential.changed',
  211: 'credential.changed',
  531: 'identity.disabled',
  532: 'identity.disabled',
  551: 'identity.disabled',
  553: 'identity.disabled',
};
const outcomes: Readonly<Record<string, 'success' | 'failure'>> = { 5: 'success', 6: 'failure' };

const plan: KeepPlan = {
  id: true,
  uuid: true,
  event_type_id: true,
  event_timestamp: true,
  created_at: true,
  account_id: true,
  actor_user_id: true,
  actor_user_name: true,
  actor_system: true,
  user_id: true,
  user_name: true,
  app_id: true,
  app_name: true,
  role_id: true,
  role_name: true,
  group_id: true,
  group_name: true,
  policy_id: true,
  policy_name: true,
  otp_device_id: true,
  otp_device_name: true,
  authentication_factor_description: true,
  error_description: true,
  risk_score: true,
  ipaddr: true,
};

export const map: Source['map'] = (record, context) => {
  if (!isDict(record)) return { rejected: 'an event is an object' };
  const type = idOf(record.event_type_id);
  if (type === undefined) return { rejected: 'event_type_id is missing', pointer: '/event_type_id' };
  const kind = (Object.hasOwn(kinds, type) ? kinds[type] : undefined) ?? 'activity.recorded';
  const outcome = Object.hasOwn(outcomes, type) ? outcomes[type] : undefined;
  const actor = actorOf(record);
  const identity = identityOf(kind, record, actor);
  const app = textOf(record.app_name);
  const address = textOf(record.ipaddr);
  const time = instantOf(record.event_timestamp) ?? instantOf(record.created_at);
  return [
    makeEvent(
      {
        source: 'onelogin',
        kind,
        id: [textOf(record.uuid), idOf(record.id), type, time, actor.id ?? actor.name, identity?.id, address],
        occurredAt: time,
        actor,
        ...(identity === undefined ? {} : { identity }),
        resource: app === undefined ? undefined : { type: 'app', id: app },
        action: type,
        ...(outcome === undefined ? {} : { outcome }),
        network: address === undefined ? undefined : { address },
        detector: { name: 'onelogin' },
        alsoSecret: namedSecrets(record),
        record: keepMembers(record, plan),
      },
      context,
    ),
  ];
};

/** `actor_…` acted; `user_…` is whom it was about, and acted where nobody else is named. */
function actorOf(record: Dict): Actor {
  const system = textOf(record.actor_system);
  const hasActor = 'actor_user_id' in record || 'actor_user_name' in record;
  const [id, name] = hasActor
    ? [idOf(record.actor_user_id), textOf(record.actor_user_name)]
    : [undefined, undefined];
  if (id === undefined && name === undefined)
    return system === undefined ? { type: 'unknown' } : { type: 'workload', name: system };
  return {
    type: 'person',
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
  };
}

/** Of a password, factor or lock the account that it was about; else the one that was used. */
function identityOf(kind: EventKind, record: Dict, actor: Actor): Identity | undefined {
  const other = textOf(record.user_name) ?? idOf(record.user_id);
  const own = actor.name ?? actor.id;
  const id = kind === 'activity.recorded' ? (own ?? other) : (other ?? own);
  return id === undefined ? undefined : { type: 'user', id, provider: 'onelogin' };
}

/** Numbers, or the same as text. */
function idOf(value: unknown): string | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : textOf(value);
}
