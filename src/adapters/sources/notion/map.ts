import type { Actor, Event, EventKind, Identity } from '../../../core/event.ts';
import { makeEvent } from '../../../core/make-event.ts';
import { namedSecrets } from '../../../core/named-secrets.ts';
import { type Dict, dictOf, isDict, textOf } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';
import { type KeepPlan, keepMembers } from '../../../lib/keep-members.ts';
import type { Source } from '../../../ports/source.ts';

/** The first that fits. https://developers.notion.com/, "Audit log" events. */
const kinds: readonly (readonly [RegExp, EventKind])[] = [
  [/(?:^|\.)scim_token_generated$/u, 'credential.created'],
  [/(?:^|\.)scim_token_revoked$/u, 'credential.removed'],
  [/^user\.settings\.login_method\.(?:password|mfa|passkey)_/u, 'credential.changed'],
  [/^workspace\.permissions\.member_removed$/u, 'identity.disabled'],
];
/** Settings that hold something back: whether they stand is said beside. */
const control =
  /\.(?:enforce_saml_sso_config_updated|disable_guests_setting_updated|disable_export_setting_updated)$/u;

const person: KeepPlan = { id: true, object: true, type: true, person: { email: true } };
const details: KeepPlan = {
  state: true,
  authType: true,
  role: true,
  new_role: true,
  old_role: true,
  member: person,
  target: { id: true, object: true, type: true, page_id: true, database_id: true },
  duration_in_days: true,
};
const event: KeepPlan = {
  id: true,
  type: true,
  timestamp: true,
  workspace_id: true,
  platform: true,
  ip_address: true,
  actor: person,
};

export const map: Source['map'] = (record, context) => {
  if (!isDict(record)) return { rejected: 'an event is an object' };
  const log = dictOf(record.event) ?? record;
  const type = textOf(log.type);
  if (type === undefined) return { rejected: 'type is missing', pointer: '/event/type' };
  if (!isDict(log.actor)) return { rejected: 'actor is missing', pointer: '/event/actor' };
  // Older events have their details in a member that is named after the type.
  const about = dictOf(log.details) ?? dictOf(log[type]);
  const kind = kindOf(type, about);
  const actor = actorOf(log.actor);
  const identity = identityOf(kind, about, actor);
  const address = textOf(log.ip_address);
  return [
    makeEvent(
      {
        source: 'notion',
        kind,
        id: [textOf(log.id), type, textOf(log.timestamp), actor.id, textOf(log.workspace_id)],
        occurredAt: instantOf(log.timestamp),
        actor,
        ...(identity === undefined ? {} : { identity }),
        resource: resourceOf(kind, log, about),
        action: type,
        network: address === undefined ? undefined : { address },
        detector: { name: 'notion' },
        alsoSecret: namedSecrets(record),
        record: {
          event: {
            ...keepMembers(log, event),
            ...(about === undefined ? {} : { details: keepMembers(about, details) }),
          },
        },
      },
      context,
    ),
  ];
};

function kindOf(type: string, about: Dict | undefined): EventKind {
  const text = type.slice(0, 200);
  if (control.test(text)) {
    const state = textOf(about?.state);
    return state === 'disabled'
      ? 'control.disabled'
      : state === 'enabled'
        ? 'control.restored'
        : 'activity.recorded';
  }
  return kinds.find(([pattern]) => pattern.test(text))?.[1] ?? 'activity.recorded';
}

function actorOf(actor: Dict): Actor {
  const id = textOf(actor.id);
  const email = textOf(dictOf(actor.person)?.email);
  const type = actor.type === 'bot' ? 'workload' : actor.type === 'person' ? 'person' : 'unknown';
  if (id === undefined && email === undefined) return { type: 'unknown' };
  return { type, ...(id === undefined ? {} : { id }), ...(email === undefined ? {} : { email }) };
}

/** Of a member who was removed that account; else the one that was used. */
function identityOf(kind: EventKind, about: Dict | undefined, actor: Actor): Identity | undefined {
  const member = dictOf(about?.member);
  const other = textOf(dictOf(member?.person)?.email) ?? textOf(member?.id);
  const id = (kind === 'identity.disabled' ? other : undefined) ?? actor.email ?? actor.id;
  return id === undefined ? undefined : { type: 'user', id, provider: 'notion' };
}

function resourceOf(kind: EventKind, log: Dict, about: Dict | undefined): Event['resource'] {
  const workspace = textOf(log.workspace_id);
  // A workspace has one token for its directory.
  if (kind === 'credential.created' || kind === 'credential.removed')
    return workspace === undefined ? undefined : { type: 'token', id: `scim ${workspace}` };
  const target = dictOf(about?.target);
  const id = textOf(target?.id) ?? textOf(target?.page_id) ?? textOf(target?.database_id);
  if (id !== undefined) {
    const type = textOf(target?.object) ?? '';
    return { type: /^[a-z_]{1,40}$/u.test(type) ? type.replaceAll('_', '-') : 'page', id };
  }
  return workspace === undefined ? undefined : { type: 'workspace', id: workspace };
}
