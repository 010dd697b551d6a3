import type { Actor, EventKind } from '../../../core/event.ts';
import { makeEvent } from '../../../core/make-event.ts';
import { namedSecrets } from '../../../core/named-secrets.ts';
import { type Dict, dictOf, isDict, textOf } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';
import { type KeepPlan, keepMembers } from '../../../lib/keep-members.ts';
import type { Source } from '../../../ports/source.ts';

/** By the whole name of the operation. https://www.tines.com/api/audit-logs/ */
const kinds: Readonly<Record<string, EventKind>> = {
  AuthenticationTokenCreation: 'credential.created',
  AuthenticationTokenDeletion: 'credential.removed',
  AuthenticationTokenDestruction: 'credential.removed',
  UserDestruction: 'identity.disabled',
  UserDeletion: 'identity.disabled',
  SsoConfigurationDisabled: 'control.disabled',
  SsoConfigurationDestruction: 'control.disabled',
};

const plan: KeepPlan = {
  id: true,
  operation_name: true,
  created_at: true,
  tenant_id: true,
  team_id: true,
  story_id: true,
  user_id: true,
  user_email: true,
  user_name: true,
  request_ip: true,
  request_user_agent: true,
  inputs: { name: true, isServiceToken: true, inputs: { name: true, isServiceToken: true } },
};

export const map: Source['map'] = (record, context) => {
  if (!isDict(record)) return { rejected: 'an entry is an object' };
  const operation = textOf(record.operation_name);
  if (operation === undefined) return { rejected: 'operation_name is missing', pointer: '/operation_name' };
  const kind = (Object.hasOwn(kinds, operation) ? kinds[operation] : undefined) ?? 'activity.recorded';
  const actor = actorOf(record);
  const used = actor.email ?? actor.id;
  const inputs = dictOf(record.inputs);
  const name = textOf(dictOf(inputs?.inputs)?.name) ?? textOf(inputs?.name);
  const address = textOf(record.request_ip);
  const userAgent = textOf(record.request_user_agent);
  return [
    makeEvent(
      {
        source: 'tines',
        kind,
        id: [idOf(record.tenant_id), idOf(record.id), operation, textOf(record.created_at), actor.id],
        occurredAt: instantOf(record.created_at),
        actor,
        ...(used === undefined ? {} : { identity: { type: 'user', id: used, provider: 'tines' } }),
        resource:
          kind.startsWith('credential.') && name !== undefined ? { type: 'token', id: name } : undefined,
        action: operation,
        network: {
          ...(address === undefined ? {} : { address }),
          ...(userAgent === undefined ? {} : { userAgent }),
        },
        detector: { name: 'tines' },
        alsoSecret: namedSecrets(record),
        record: keepMembers(record, plan),
      },
      context,
    ),
  ];
};

/** Whoever is signed in: Tines names no others. */
function actorOf(record: Dict): Actor {
  const id = idOf(record.user_id);
  const email = textOf(record.user_email);
  const name = textOf(record.user_name);
  if (id === undefined && email === undefined && name === undefined) return { type: 'unknown' };
  return {
    type: 'person',
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
  };
}

/** Numbers, or the same as text. */
function idOf(value: unknown): string | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : textOf(value);
}
