import type { Actor, Event, EventKind, Identity } from '../../../core/event.ts';
import { makeEvent } from '../../../core/make-event.ts';
import { namedSecrets } from '../../../core/named-secrets.ts';
import { type Dict, dictOf, isDict, textOf } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';
import { type KeepPlan, keepMembers } from '../../../lib/keep-members.ts';
import type { Source } from '../../../ports/source.ts';
import { kindOf, outcomeOf } from './kind.ts';

const plan: KeepPlan = {
  type: true,
  date: true,
  description: true,
  log_id: true,
  tenant_name: true,
  client_id: true,
  client_name: true,
  connection: true,
  connection_id: true,
  strategy: true,
  user_id: true,
  user_name: true,
  ip: true,
  user_agent: true,
  hostname: true,
  scope: true,
  audience: true,
  details: {
    request: {
      method: true,
      path: true,
      channel: true,
      auth: { strategy: true, user: { user_id: true, name: true, email: true } },
      body: { enabled: true, policy: true, roles: true, shields: true },
    },
    response: { statusCode: true, body: { enabled: true, policy: true, shields: true } },
  },
};

export const map: Source['map'] = (record, context) => {
  if (!isDict(record)) return { rejected: 'a log is an object' };
  const log = dictOf(record.data) ?? record;
  const code = textOf(log.type);
  if (code === undefined) return { rejected: 'type is missing', pointer: '/data/type' };
  const kind = kindOf(log);
  const actor = actorOf(log, code);
  const identity = identityOf(kind, log, actor);
  const outcome = outcomeOf(code);
  const address = textOf(log.ip);
  const userAgent = textOf(log.user_agent);
  const kept = keepMembers(log, plan);
  return [
    makeEvent(
      {
        source: 'auth0',
        kind,
        id: [
          textOf(log.log_id) ?? textOf(record.log_id),
          code,
          textOf(log.date),
          actor.id,
          textOf(log.description),
        ],
        occurredAt: instantOf(log.date),
        actor,
        ...(identity === undefined ? {} : { identity }),
        resource: resourceOf(kind, log),
        action: code,
        ...(outcome === undefined ? {} : { outcome }),
        network: {
          ...(address === undefined ? {} : { address }),
          ...(userAgent === undefined ? {} : { userAgent }),
        },
        detector: { name: 'auth0' },
        alsoSecret: namedSecrets(record),
        record: record === log ? kept : { data: kept },
      },
      context,
    ),
  ];
};

/** Types by which a program speaks for itself. */
const ofPrograms = /^(?:sapi|fapi|seccft|feccft)$/u;

/** Who called the management interface; else whose login it was; else the program that signed itself in. */
function actorOf(log: Dict, code: string): Actor {
  const caller = dictOf(dictOf(dictOf(dictOf(log.details)?.request)?.auth)?.user);
  const id = textOf(caller?.user_id) ?? textOf(log.user_id);
  const login = textOf(log.user_name);
  const email = textOf(caller?.email) ?? (login?.includes('@') === true ? login : undefined);
  const name = textOf(caller?.name) ?? (login === email ? undefined : login);
  if (id === undefined && email === undefined && name === undefined) {
    const client = textOf(log.client_id);
    const title = textOf(log.client_name);
    if (client === undefined || !ofPrograms.test(code)) return { type: 'unknown' };
    return { type: 'workload', id: client, ...(title === undefined ? {} : { name: title }) };
  }
  return {
    // A program's own account is called by its client.
    type: id?.endsWith('@clients') === true ? 'workload' : 'person',
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
  };
}

function identityOf(kind: EventKind, log: Dict, actor: Actor): Identity | undefined {
  if (kind === 'identity.disabled') {
    const removed = pathOf(log)?.split('/users/', 2)[1];
    if (removed !== undefined && removed !== '') return { type: 'user', id: removed, provider: 'auth0' };
  }
  const id = actor.email ?? actor.id ?? actor.name;
  return id === undefined
    ? undefined
    : { type: actor.type === 'workload' ? 'client' : 'user', id, provider: 'auth0' };
}

/** The client whose secret it is, the client that got a token, else the path of the call. */
function resourceOf(kind: EventKind, log: Dict): Event['resource'] {
  const path = pathOf(log);
  if (kind.startsWith('credential.') && path !== undefined) {
    const client = /\/clients\/([^/]{1,100})/u.exec(path)?.[1];
    return client === undefined ? undefined : { type: 'api-key', id: client };
  }
  if (kind === 'token.issued') {
    const audience = textOf(log.audience);
    return audience === undefined ? undefined : { type: 'audience', id: audience };
  }
  return path === undefined ? undefined : { type: 'setting', id: path };
}

function pathOf(log: Dict): string | undefined {
  return textOf(dictOf(dictOf(log.details)?.request)?.path)?.slice(0, 500);
}
