import type { Actor, Event, Identity } from '../../../core/event.ts';
import { makeEvent } from '../../../core/make-event.ts';
import { namedSecrets } from '../../../core/named-secrets.ts';
import { type Dict, dictOf, isDict, listOf, textOf } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';
import { type KeepPlan, keepMembers } from '../../../lib/keep-members.ts';
import type { MapContext, Source } from '../../../ports/source.ts';
import { isAboutAccount, kindOf } from './kind.ts';
import { type Parameters, parametersOf } from './parameters.ts';

/** More than the events that one activity has ever held. */
const eventsMax = 200;

const plan: KeepPlan = {
  kind: true,
  id: { time: true, uniqueQualifier: true, applicationName: true, customerId: true },
  actor: { callerType: true, email: true, profileId: true, key: true },
  ipAddress: true,
  ownerDomain: true,
};

export const map: Source['map'] = (record, context) => {
  if (!isDict(record)) return { rejected: 'an activity is an object' };
  const application = textOf(dictOf(record.id)?.applicationName);
  if (application === undefined)
    return { rejected: 'applicationName is missing', pointer: '/id/applicationName' };
  const told = listOf(record.events).filter(isDict).slice(0, eventsMax);
  // An activity whose events a collector took apart is its own only one.
  const events = told.length === 0 ? [record] : told;
  return events.map((event, index) => eventOf({ record, application, event, index }, context));
};

type Told = {
  readonly record: Dict;
  readonly application: string;
  readonly event: Dict;
  readonly index: number;
};

function eventOf({ record, application, event, index }: Told, context: MapContext): Event {
  const [name, type] = [textOf(event.name), textOf(event.type)];
  const parameters = parametersOf(event.parameters);
  const kind = kindOf(application, name ?? '', parameters);
  const actor = actorOf(dictOf(record.actor));
  const identity = identityOf(isAboutAccount(kind), parameters, actor);
  const address = textOf(record.ipAddress);
  const id = dictOf(record.id);
  return makeEvent(
    {
      source: 'google-workspace',
      kind,
      id: [
        textOf(id?.uniqueQualifier),
        textOf(id?.time),
        application,
        name,
        type,
        index,
        actor.email ?? actor.id,
        address,
        JSON.stringify(Object.entries(parameters).toSorted()),
      ],
      occurredAt: instantOf(id?.time),
      actor,
      ...(identity === undefined ? {} : { identity }),
      resource: resourceOf(parameters),
      ...(name === undefined ? {} : { action: name }),
      ...outcomeOf(name),
      network: address === undefined ? undefined : { address },
      detector: { name: 'google-workspace' },
      alsoSecret: namedSecrets(record),
      record: {
        ...keepMembers(record, plan),
        ...keepMembers({ name, type, parameters }, { name: true, type: true, parameters: { '*': true } }),
      },
    },
    context,
  );
}

/** The profile that Google gives to whoever is not signed in. */
const anonymous = '105250506097979753968';

/** Who acted is named by the activity itself; an account that it is only about did not act. */
function actorOf(actor: Dict | undefined): Actor {
  const email = textOf(actor?.email);
  const id = textOf(actor?.profileId);
  const isWorkload = email?.endsWith('.gserviceaccount.com') === true || actor?.callerType === 'KEY';
  if (isWorkload) {
    const name = email ?? textOf(actor?.key);
    return { type: 'workload', ...(id === undefined ? {} : { id }), ...(name === undefined ? {} : { name }) };
  }
  if (email === undefined && (id === undefined || id === anonymous)) return { type: 'unknown' };
  return {
    type: 'person',
    ...(id === undefined ? {} : { id }),
    ...(email === undefined ? {} : { email }),
  };
}

const accountNames = ['USER_EMAIL', 'affected_email_address', 'target_user'];

function identityOf(isAbout: boolean, parameters: Parameters, actor: Actor): Identity | undefined {
  const other = accountNames.map((name) => textOf(parameters[name])).find((one) => one !== undefined);
  const id = (isAbout ? other : undefined) ?? actor.email ?? actor.name ?? actor.id ?? other;
  if (id === undefined) return undefined;
  return { type: id.endsWith('.gserviceaccount.com') ? 'service-account' : 'user', id, provider: 'google' };
}

/** What it was about: the first of these that it names. */
const resources: readonly (readonly [string, string])[] = [
  ['client_id', 'oauth-client'],
  ['API_CLIENT_NAME', 'oauth-client'],
  ['app_name', 'app'],
  ['doc_id', 'document'],
  ['ROLE_NAME', 'role'],
  ['GROUP_EMAIL', 'group'],
  ['DOMAIN_NAME', 'domain'],
  ['DEVICE_ID', 'device'],
  ['calendar_id', 'calendar'],
  ['SETTING_NAME', 'setting'],
  ['APPLICATION_NAME', 'app'],
  ['USER_EMAIL', 'user'],
];

function resourceOf(parameters: Parameters): Event['resource'] {
  for (const [name, type] of resources) {
    const id = textOf(parameters[name]);
    if (id !== undefined) return { type, id };
  }
  return undefined;
}

function outcomeOf(name: string | undefined): { readonly outcome?: 'success' | 'failure' } {
  if (name === undefined) return {};
  if (/_failure$|^FAILED_/u.test(name)) return { outcome: 'failure' };
  return /_success$|_SUCCEEDED$/u.test(name) ? { outcome: 'success' } : {};
}
