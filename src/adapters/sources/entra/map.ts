import { makeEvent } from '../../../core/make-event.ts';
import { namedSecrets } from '../../../core/named-secrets.ts';
import { isDict, textOf } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';
import type { Source } from '../../../ports/source.ts';
import { activity, isBeginning } from './activity.ts';
import { audit } from './audit.ts';
import { keptRecord } from './kept.ts';
import { type Reading, readRecord } from './read.ts';
import { risk, signIn } from './sign-in.ts';

const readers = { 'sign-in': signIn, audit, risk, activity } as const;

export const map: Source['map'] = (given, context) => {
  if (!isDict(given)) return { rejected: 'a record is an object' };
  const reading = readRecord(given);
  if (reading === undefined)
    return { rejected: 'it is no sign-in, audit or activity record of Entra or Azure', pointer: '/category' };
  if (reading.kind === 'activity' && isBeginning(reading)) return [];
  const { record, properties } = reading;
  const { kind, actor, identity, resource, outcome, address, userAgent, session, ownId } =
    readers[reading.kind](reading);
  const tenant = textOf(record.tenantId) ?? '';
  return [
    makeEvent(
      {
        source: 'entra',
        kind,
        ...(ownId === undefined ? {} : { wholeId: ['entra', reading.kind, tenant, ownId] }),
        id: [
          reading.kind,
          tenant,
          textOf(record.operationName),
          textOf(record.time),
          textOf(record.correlationId),
          resource?.id,
          actor.id ?? actor.name ?? actor.email,
          address,
          outcome,
        ],
        occurredAt: timeOf(reading),
        actor,
        ...(identity === undefined ? {} : { identity }),
        resource,
        action: textOf(record.operationName)?.trim(),
        ...(outcome === undefined ? {} : { outcome }),
        network: {
          ...(address === undefined ? {} : { address }),
          ...(userAgent === undefined ? {} : { userAgent }),
        },
        joins: { session, request: textOf(record.correlationId) ?? textOf(properties.correlationId) },
        detector: { name: 'entra' },
        alsoSecret: namedSecrets(given),
        record: keptRecord(reading),
      },
      context,
    ),
  ];
};

/** When it happened, and not when it was written to the log. */
function timeOf({ record, properties }: Reading): number | undefined {
  const times = [
    properties.activityDateTime,
    properties.createdDateTime,
    properties.detectedDateTime,
    record.time,
  ];
  return times.map(instantOf).find((time) => time !== undefined);
}
