import type { Event } from '../../../core/event.ts';
import { makeEvent } from '../../../core/make-event.ts';
import { namedSecrets } from '../../../core/named-secrets.ts';
import { type Dict, dictOf, isDict, listOf, textOf } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';
import type { MapContext, Source } from '../../../ports/source.ts';
import { keptRecord } from './kept.ts';
import { kindOf, type ObjectRef } from './kind.ts';
import { type Found, unwrap } from './unwrap.ts';
import { whoOf } from './who.ts';

export const map: Source['map'] = (record, context) => {
  if (!isDict(record)) return { rejected: 'an event is an object' };
  const unwrapped = unwrap(record);
  switch (unwrapped.kind) {
    case 'silent':
      return [];
    case 'foreign':
      return {
        rejected: unwrapped.reason,
        ...(unwrapped.pointer === undefined ? {} : { pointer: unwrapped.pointer }),
      };
    case 'found':
      return unwrapped.found.flatMap((found) => eventOf(found, context));
  }
};

function eventOf({ audit, around, deliveredAt }: Found, context: MapContext): readonly Event[] {
  // The same request is told again when it was answered.
  if (audit.stage === 'RequestReceived') return [];
  const verb = textOf(audit.verb) ?? '';
  const object = objectOf(audit);
  const place = object.subresource === '' ? object.resource : `${object.resource}/${object.subresource}`;
  const { actor, identity, leads } = whoOf(audit);
  const auditId = textOf(audit.auditID);
  const time = [audit.requestReceivedTimestamp, audit.stageTimestamp, deliveredAt];
  const address = textOf(listOf(audit.sourceIPs)[0]);
  const userAgent = textOf(audit.userAgent);
  const uri = textOf(audit.requestURI)?.split('?', 1)[0];
  const outcome = outcomeOf(audit);
  return [
    makeEvent(
      {
        source: 'kubernetes',
        kind: kindOf(verb, object, dictOf(audit.requestObject)),
        // A sender may choose the audit id (header Audit-ID): alone it would let one request hide another.
        id: [
          auditId,
          textOf(audit.requestReceivedTimestamp),
          // The stages of one request differ in these only.
          ...(auditId === undefined ? [textOf(audit.stageTimestamp), textOfTime(deliveredAt), outcome] : []),
          textOf(dictOf(audit.user)?.username),
          address,
          verb,
          place,
          object.namespace,
          object.name,
          uri,
        ],
        occurredAt: time.map(instantOf).find((one) => one !== undefined),
        actor,
        ...(identity === undefined ? {} : { identity }),
        leads,
        resource: resourceOf(object, uri),
        action: [verb, place].filter((part) => part !== '').join(' ') || uri,
        ...(outcome === undefined ? {} : { outcome }),
        network: {
          ...(address === undefined ? {} : { address }),
          ...(userAgent === undefined ? {} : { userAgent }),
        },
        joins: { request: auditId },
        detector: { name: 'kubernetes' },
        alsoSecret: secretsIn(audit),
        record: keptRecord(audit, around, place),
      },
      context,
    ),
  ];
}

/** The level RequestResponse writes whole secrets into the log, under names of anybody's choice. */
function secretsIn(audit: Dict): readonly string[] {
  const objects = [dictOf(audit.requestObject), dictOf(audit.responseObject)];
  const data = objects.flatMap((object) => [dictOf(object?.data), dictOf(object?.stringData)]);
  const values = data.flatMap((one) => Object.values(one ?? {}).slice(0, 50));
  return [...namedSecrets(audit), ...values.filter((value) => typeof value === 'string')];
}

function objectOf(audit: Dict): ObjectRef {
  const object = dictOf(audit.objectRef);
  return {
    resource: textOf(object?.resource) ?? '',
    subresource: textOf(object?.subresource) ?? '',
    namespace: textOf(object?.namespace) ?? '',
    name: textOf(object?.name) ?? textOf(dictOf(dictOf(audit.requestObject)?.metadata)?.name) ?? '',
    group: textOf(object?.apiGroup) ?? '',
  };
}

/** `namespace/name`; of a whole kind in a namespace the namespace, of a whole kind `*`. */
function resourceOf(object: ObjectRef, uri: string | undefined): Event['resource'] {
  const { resource, namespace, name } = object;
  if (resource === '') return uri === undefined ? undefined : { type: 'path', id: uri };
  const type = /^[a-z][a-z\d-]{0,62}$/u.test(resource) ? resource : 'object';
  return { type, id: [namespace, name].filter((part) => part !== '').join('/') || '*' };
}

function textOfTime(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : textOf(value);
}

/** 101 is a stream that was opened. */
function outcomeOf(audit: Dict): Event['outcome'] {
  const status = dictOf(audit.responseStatus);
  const code = status?.code;
  if (typeof code === 'number' && code >= 100) return code < 400 ? 'success' : 'failure';
  if (status?.status === 'Failure' || audit.stage === 'Panic') return 'failure';
  const decision = dictOf(audit.annotations)?.['authorization.k8s.io/decision'];
  return decision === 'forbid' ? 'failure' : undefined;
}
