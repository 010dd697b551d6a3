import type { Actor, Event, EventKind, Identity } from '../../../core/event.ts';
import { makeEvent } from '../../../core/make-event.ts';
import { namedSecrets } from '../../../core/named-secrets.ts';
import { type Dict, dictOf, isDict, listOf, scalarText, textOf } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';
import { type KeepPlan, keepMembers } from '../../../lib/keep-members.ts';
import type { Source } from '../../../ports/source.ts';

/** By the whole type. https://platform.openai.com/docs/api-reference/audit-logs */
const kinds: Readonly<Record<string, EventKind>> = {
  'api_key.created': 'credential.created',
  'api_key.deleted': 'credential.removed',
  'certificate.created': 'credential.created',
  'certificate.deleted': 'credential.removed',
  'certificates.deactivated': 'credential.removed',
  'service_account.deleted': 'identity.disabled',
  'user.deleted': 'identity.disabled',
  'ip_allowlist.deleted': 'control.disabled',
  'ip_allowlist.config.deactivated': 'control.disabled',
  'ip_allowlist.created': 'control.restored',
  'ip_allowlist.config.activated': 'control.restored',
  'scim.disabled': 'control.disabled',
  'scim.enabled': 'control.restored',
};

/** What the first part of a type is called as a resource. */
const resourceTypes: Readonly<Record<string, string>> = {
  api_key: 'api-key',
  certificate: 'certificate',
  service_account: 'service-account',
  user: 'user',
  project: 'project',
  ip_allowlist: 'ip-allowlist',
  role: 'role',
  group: 'group',
};

const agent: KeepPlan = {
  ip_address: true,
  user_agent: true,
  ip_address_details: { country: true, city: true },
};
const user: KeepPlan = { id: true, email: true };
const block: KeepPlan = {
  id: true,
  name: true,
  email: true,
  principal_id: true,
  principal_type: true,
  resource_id: true,
  resource_type: true,
  allowed_ips: true,
  configs: { id: true, name: true },
  data: { name: true, scopes: true, role: true, email: true, title: true },
  changes_requested: { scopes: true, role: true, name: true, title: true },
};

export const map: Source['map'] = (record, context) => {
  if (!isDict(record)) return { rejected: 'an entry is an object' };
  const type = textOf(record.type);
  if (type === undefined) return { rejected: 'type is missing', pointer: '/type' };
  const actor = dictOf(record.actor);
  if (actor === undefined) return { rejected: 'actor is missing', pointer: '/actor' };
  const kind = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  // What it is about stands in a member that is named after the type.
  const about = type.slice(0, 100).replaceAll('.', '_');
  const details = dictOf(record[about]);
  const session = dictOf(actor.session);
  const address = textOf(session?.ip_address);
  const userAgent = textOf(session?.user_agent);
  const resource = resourceOf(type, details);
  const identity = identityOf(kind, actor, resource);
  const outcome = /\.(?:failed|succeeded)$/u.exec(type)?.[0];
  const id = textOf(record.id);
  return [
    makeEvent(
      {
        source: 'openai',
        kind: kind ?? 'activity.recorded',
        id: [id, type, scalarText(record.effective_at), actorOf(actor).id],
        occurredAt: instantOf(record.effective_at),
        actor: actorOf(actor),
        ...(identity === undefined ? {} : { identity }),
        resource,
        action: type,
        ...(outcome === undefined ? {} : { outcome: outcome === '.failed' ? 'failure' : 'success' }),
        network: {
          ...(address === undefined ? {} : { address }),
          ...(userAgent === undefined ? {} : { userAgent }),
        },
        detector: { name: 'openai' },
        alsoSecret: namedSecrets(record),
        record: kept(record, about, details),
      },
      context,
    ),
  ];
};

/** A session is a person's. A key is a person's own, or of a service account. */
function actorOf(actor: Dict): Actor {
  const key = dictOf(actor.api_key);
  const person = dictOf(dictOf(actor.session)?.user) ?? dictOf(key?.user);
  const [id, email] = [textOf(person?.id), textOf(person?.email)];
  if (id !== undefined || email !== undefined) {
    return { type: 'person', ...(id === undefined ? {} : { id }), ...(email === undefined ? {} : { email }) };
  }
  const account = textOf(dictOf(key?.service_account)?.id);
  const keyId = textOf(key?.id);
  if (account !== undefined) return { type: 'workload', id: account };
  return keyId === undefined ? { type: 'unknown' } : { type: 'workload', id: keyId };
}

/** Of a removed account it is that account; else the key or login that was used. */
function identityOf(
  kind: EventKind | undefined,
  actor: Dict,
  resource: Event['resource'],
): Identity | undefined {
  if (kind === 'identity.disabled' && resource !== undefined) return { ...resource, provider: 'openai' };
  const key = textOf(dictOf(actor.api_key)?.id);
  if (key !== undefined) return { type: 'api-key', id: key, provider: 'openai' };
  const who = actorOf(actor);
  const id = who.email ?? who.id;
  return id === undefined ? undefined : { type: 'user', id, provider: 'openai' };
}

function resourceOf(type: string, details: Dict | undefined): Event['resource'] {
  const first = type.split('.', 1)[0] ?? '';
  const id =
    textOf(details?.resource_id) ?? textOf(details?.id) ?? textOf(dictOf(listOf(details?.configs)[0])?.id);
  if (id === undefined) return undefined;
  return { type: Object.hasOwn(resourceTypes, first) ? (resourceTypes[first] ?? 'item') : 'item', id };
}

/** As OpenAI shapes it, and `scopes` beside: rules ask for them whatever the type is called. */
function kept(record: Dict, about: string, details: Dict | undefined) {
  const plan: KeepPlan = {
    id: true,
    type: true,
    object: true,
    effective_at: true,
    project: { id: true, name: true },
    actor: {
      type: true,
      session: { user, ...agent },
      api_key: { id: true, type: true, user, service_account: { id: true } },
    },
  };
  const list = dictOf(details?.data)?.scopes ?? dictOf(details?.changes_requested)?.scopes;
  const scopes = listOf(list).filter((scope) => typeof scope === 'string');
  const found = keepMembers(
    { ...record, scopes: scopes.length === 0 ? null : scopes },
    { ...plan, scopes: true },
  );
  return details === undefined ? found : { ...found, [about]: keepMembers(details, block) };
}
