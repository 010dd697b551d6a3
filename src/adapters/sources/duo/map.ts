import type { Actor, Event, EventKind, Identity } from '../../../core/event.ts';
import { makeEvent } from '../../../core/make-event.ts';
import { namedSecrets } from '../../../core/named-secrets.ts';
import { type Dict, dictOf, isDict, textOf } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';
import { type KeepPlan, keepMembers } from '../../../lib/keep-members.ts';
import { limits } from '../../../lib/limits.ts';
import { parseRecord } from '../../../lib/records/parse-record.ts';
import type { Source } from '../../../ports/source.ts';

/** By the whole action. https://duo.com/docs/adminapi#administrator-logs */
const kinds: Readonly<Record<string, EventKind>> = {
  integration_create: 'credential.created',
  integration_delete: 'credential.removed',
  integration_skey_bulk_reset: 'credential.changed',
  admin_reset_password: 'credential.changed',
  admin_delete: 'identity.disabled',
  user_delete: 'identity.disabled',
  user_bulk_delete: 'identity.disabled',
};

const described: KeepPlan = {
  status: true,
  enforcement_status: true,
  role: true,
  email: true,
  name: true,
  type: true,
  raw_type: true,
  factor: true,
  error: true,
  ip_address: true,
  primary_auth_method: true,
  user_id: true,
  count: true,
  valid_secs: true,
};
const plan: KeepPlan = {
  action: true,
  object: true,
  username: true,
  isotimestamp: true,
  timestamp: true,
  host: true,
  txid: true,
  event_type: true,
  factor: true,
  reason: true,
  result: true,
  user: { key: true, name: true, groups: true },
  email: true,
  application: { key: true, name: true },
  access_device: { ip: true, hostname: true, os: true, os_version: true, browser: true },
  auth_device: { ip: true, name: true },
};

export const map: Source['map'] = (record, context) => {
  if (!isDict(record)) return { rejected: 'an entry is an object' };
  const action = textOf(record.action);
  const user = dictOf(record.user);
  if (action === undefined && user === undefined)
    return { rejected: 'action is missing', pointer: '/action' };
  const description = descriptionOf(record);
  const kind = action === undefined ? 'activity.recorded' : kindOf(action, description);
  const actor = action === undefined ? userOf(record, user) : administratorOf(record, description);
  const identity = identityOf(kind, record, actor);
  const outcome = outcomeOf(record, action);
  const address = textOf(dictOf(record.access_device)?.ip) ?? textOf(description?.ip_address);
  const time = record.isotimestamp ?? record.timestamp;
  return [
    makeEvent(
      {
        source: 'duo',
        kind,
        id: [
          textOf(record.txid),
          action ?? textOf(record.event_type),
          typeof time === 'number' ? time : textOf(time),
          actor.name ?? actor.email,
          textOf(record.object),
          textOf(record.description)?.slice(0, 1000),
        ],
        occurredAt: instantOf(time),
        actor,
        ...(identity === undefined ? {} : { identity }),
        resource: resourceOf(kind, record),
        action: action ?? textOf(record.event_type),
        ...(outcome === undefined ? {} : { outcome }),
        network: address === undefined ? undefined : { address },
        joins: { request: textOf(record.txid) },
        detector: { name: 'duo' },
        alsoSecret: [...namedSecrets(record), ...namedSecrets(description)],
        record: {
          ...keepMembers(record, plan),
          ...(description === undefined ? {} : { description: keepMembers(description, described) }),
        },
      },
      context,
    ),
  ];
};

/** On the wire a text that holds JSON. */
function descriptionOf(record: Dict): Dict | undefined {
  const text = textOf(record.description);
  if (text === undefined) return dictOf(record.description);
  const parsed = parseRecord(text, limits);
  return parsed.ok ? dictOf(parsed.value) : undefined;
}

function kindOf(action: string, description: Dict | undefined): EventKind {
  if (Object.hasOwn(kinds, action)) return kinds[action] ?? 'activity.recorded';
  const status = textOf(description?.status)?.toLowerCase();
  // Whoever has this status needs no second factor.
  if (action === 'user_update' && status === 'bypass') return 'control.disabled';
  if (action === 'user_update' && status === 'disabled') return 'identity.disabled';
  if (action === 'user_update' && status === 'active') return 'identity.enabled';
  const enforcement = textOf(description?.enforcement_status)?.toLowerCase();
  if (action !== 'admin_single_sign_on_update') return 'activity.recorded';
  if (enforcement === 'disabled') return 'control.disabled';
  return enforcement === 'required' ? 'control.restored' : 'activity.recorded';
}

/** Administrators are named by their names; what the Admin API did is signed `API`. */
function administratorOf(record: Dict, description: Dict | undefined): Actor {
  const name = textOf(record.username);
  if (name === undefined) return { type: 'unknown' };
  if (name === 'API' || name === 'System') return { type: 'workload', name };
  // A login speaks of the administrator; of other actions the address is of whoever it is about.
  const own = /^admin_(?:login|2fa|self)/u.test(textOf(record.action) ?? '');
  const email = own ? textOf(description?.email) : undefined;
  return { type: 'person', name, ...(email === undefined ? {} : { email }) };
}

function userOf(record: Dict, user: Dict | undefined): Actor {
  const name = textOf(user?.name);
  const email = textOf(record.email) ?? (name?.includes('@') === true ? name : undefined);
  const id = textOf(user?.key);
  if (name === undefined && id === undefined) return { type: 'unknown' };
  return {
    type: 'person',
    ...(id === undefined ? {} : { id }),
    ...(email === undefined ? {} : { email }),
    ...(name === undefined ? {} : { account: { system: 'duo', name } }),
  };
}

/** Of an account that was changed that account; else the one that was used. */
function identityOf(kind: EventKind, record: Dict, actor: Actor): Identity | undefined {
  const isAbout = kind.startsWith('identity.') || kind === 'credential.changed';
  const other = isAbout ? textOf(record.object) : undefined;
  const id = other ?? actor.email ?? actor.account?.name ?? actor.name ?? actor.id;
  return id === undefined ? undefined : { type: 'user', id, provider: 'duo' };
}

function resourceOf(kind: EventKind, record: Dict): Event['resource'] {
  const application = textOf(dictOf(record.application)?.name);
  if (application !== undefined) return { type: 'app', id: application };
  const object = textOf(record.object);
  if (object === undefined) return undefined;
  return {
    type: kind === 'credential.created' || kind === 'credential.removed' ? 'api-key' : 'object',
    id: object,
  };
}

function outcomeOf(record: Dict, action: string | undefined): Event['outcome'] {
  if (action !== undefined) return /_(?:error|lockout)$/u.test(action) ? 'failure' : undefined;
  const result = textOf(record.result)?.toLowerCase();
  if (result === 'success') return 'success';
  return result === 'denied' || result === 'failure' || result === 'fraud' || result === 'error'
    ? 'failure'
    : undefined;
}
