import type { Actor, Event, EventKind, Identity } from '../../../core/event.ts';
import { makeEvent } from '../../../core/make-event.ts';
import { namedSecrets } from '../../../core/named-secrets.ts';
import { type Dict, dictOf, isDict, textOf } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';
import { type KeepPlan, keepMembers } from '../../../lib/keep-members.ts';
import type { Source } from '../../../ports/source.ts';

/** By the whole action. https://docs.slack.dev/reference/audit-logs-api/methods-actions-reference */
const kinds: Readonly<Record<string, EventKind>> = {
  user_deactivated: 'identity.disabled',
  user_reactivated: 'identity.enabled',
  native_dlp_rule_deactivated: 'control.disabled',
  native_dlp_rule_action_mapping_deactivated: 'control.disabled',
  native_dlp_rule_created: 'control.restored',
  native_dlp_rule_reactivated: 'control.restored',
  barrier_deleted: 'control.disabled',
  barrier_created: 'control.restored',
  ekm_unenrolled: 'control.disabled',
  ekm_enrolled: 'control.restored',
  intune_disabled: 'control.disabled',
  intune_enabled: 'control.restored',
};

const person: KeepPlan = { id: true, name: true, email: true, team: true };
const app: KeepPlan = {
  id: true,
  name: true,
  is_distributed: true,
  is_directory_approved: true,
  scopes: true,
};
const place: KeepPlan = { type: true, id: true, name: true, domain: true };

const plan: KeepPlan = {
  id: true,
  action: true,
  date_create: true,
  actor: { type: true, user: person, app },
  entity: {
    type: true,
    user: person,
    app,
    workspace: place,
    enterprise: place,
    channel: { id: true, name: true, privacy: true, is_shared: true, is_org_shared: true },
    file: { id: true, name: true, filetype: true },
    role: { id: true, name: true, type: true },
    usergroup: { id: true, name: true },
  },
  context: { ip_address: true, ua: true, session_id: true, location: place },
  details: {
    new_scopes: true,
    previous_scopes: true,
    app_owner_id: true,
    is_internal_integration: true,
    granular_bot_token: true,
    is_token_rotation_enabled_app: true,
    reason: true,
    type: true,
    previous_ip_address: true,
    previous_ua: true,
    export_type: true,
  },
};

export const map: Source['map'] = (record, context) => {
  if (!isDict(record)) return { rejected: 'an entry is an object' };
  const action = textOf(record.action);
  if (action === undefined) return { rejected: 'action is missing', pointer: '/action' };
  if (!isDict(record.actor)) return { rejected: 'actor is missing', pointer: '/actor' };
  const kind = (Object.hasOwn(kinds, action) ? kinds[action] : undefined) ?? 'activity.recorded';
  const from = dictOf(record.context);
  const actor = actorOf(record.actor);
  const resource = resourceOf(record);
  const identity = identityOf(kind, record, actor);
  const address = textOf(from?.ip_address);
  const userAgent = textOf(from?.ua);
  const time = record.date_create;
  return [
    makeEvent(
      {
        source: 'slack-audit',
        kind,
        id: [
          textOf(record.id),
          action,
          typeof time === 'number' ? time : textOf(time),
          actor.id,
          resource?.id,
        ],
        occurredAt: instantOf(time),
        actor,
        ...(identity === undefined ? {} : { identity }),
        resource,
        action,
        network: {
          ...(address === undefined ? {} : { address }),
          ...(userAgent === undefined ? {} : { userAgent }),
        },
        joins: { session: sessionOf(from) },
        detector: { name: 'slack-audit' },
        alsoSecret: namedSecrets(record),
        record: keepMembers(record, plan),
      },
      context,
    ),
  ];
};

function actorOf(actor: Dict): Actor {
  const user = dictOf(actor.user);
  const entity = user ?? dictOf(actor.app);
  const [id, name] = [textOf(entity?.id), textOf(entity?.name)];
  const email = textOf(user?.email);
  if (id === undefined && name === undefined && email === undefined) return { type: 'unknown' };
  return {
    type: user === undefined ? 'workload' : 'person',
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
  };
}

/** Of an account that was switched off or on that account; else the one that was used. */
function identityOf(kind: EventKind, record: Dict, actor: Actor): Identity | undefined {
  const user = dictOf(dictOf(record.entity)?.user);
  const other = kind.startsWith('identity.') ? (textOf(user?.email) ?? textOf(user?.id)) : undefined;
  const id = other ?? actor.email ?? actor.id;
  const type = actor.type === 'workload' && other === undefined ? 'app' : 'user';
  return id === undefined ? undefined : { type, id, provider: 'slack' };
}

/** What it is about stands in a member that is called like its type. */
function resourceOf(record: Dict): Event['resource'] {
  const entity = dictOf(record.entity);
  const type = textOf(entity?.type);
  if (entity === undefined || type === undefined || !/^[a-z_]{1,40}$/u.test(type)) return undefined;
  const about = Object.hasOwn(entity, type) ? dictOf(entity[type]) : undefined;
  const id = textOf(about?.name) ?? textOf(about?.id) ?? textOf(about?.email);
  return id === undefined ? undefined : { type: type.replaceAll('_', '-'), id };
}

function sessionOf(from: Dict | undefined): string | undefined {
  const id = from?.session_id;
  return typeof id === 'number' && Number.isFinite(id) ? String(id) : textOf(id);
}
