import type { Event } from '../../../core/event.ts';
import { makeEvent } from '../../../core/make-event.ts';
import { namedSecrets } from '../../../core/named-secrets.ts';
import { type Dict, dictOf, isDict, listOf, textOf } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';
import { isRejection, type MapContext, type Source } from '../../../ports/source.ts';
import { asSent, keptRecord } from './kept.ts';
import { kindOf } from './kind.ts';
import { actorOf, identityOf, resourceOf } from './who.ts';

export const map: Source['map'] = (record, context) => {
  if (!isDict(record)) return { rejected: 'a log event is an object' };
  const hooked = dictOf(record.data)?.events;
  if (Array.isArray(hooked)) {
    const mapped = hooked.map((one) => (isDict(one) ? mapLog(one, context) : notAnEvent));
    const [refused] = mapped.filter(isRejection);
    const events = mapped.flatMap((one) => (isRejection(one) ? [] : one));
    return events.length === 0 && refused !== undefined ? refused : events;
  }
  // Log streaming through EventBridge puts the log event into `detail`.
  const detail = dictOf(record.detail);
  return mapLog(detail !== undefined && 'eventType' in detail ? detail : record, context);
};

const notAnEvent = { rejected: 'eventType is missing', pointer: '/eventType' };

/** Said by Okta itself; others are left open, such as a challenge that nobody answered. */
const outcomes: Readonly<Record<string, Event['outcome']>> = {
  SUCCESS: 'success',
  ALLOW: 'success',
  FAILURE: 'failure',
  DENY: 'failure',
  RATE_LIMIT: 'failure',
};

function mapLog(given: Dict, context: MapContext): ReturnType<Source['map']> {
  const log = asSent(given);
  const eventType = textOf(log.eventType);
  if (eventType === undefined) return notAnEvent;
  const kind = kindOf(eventType);
  const identity = identityOf(kind, log);
  const resource = resourceOf(kind, log, identity);
  const client = dictOf(log.client);
  const debug = dictOf(dictOf(log.debugContext)?.debugData);
  const address = textOf(client?.ipAddress);
  const userAgent = textOf(dictOf(client?.userAgent)?.rawUserAgent);
  const result = textOf(dictOf(log.outcome)?.result)?.toUpperCase() ?? '';
  const outcome = Object.hasOwn(outcomes, result) ? outcomes[result] : undefined;
  const uuid = textOf(log.uuid);
  const actor = actorOf(log.actor);
  return [
    makeEvent(
      {
        source: 'okta',
        kind,
        // Also as text: a copy of a log in which the ids were blacked out has the same one everywhere.
        ...(uuid !== undefined && isUuid(uuid) ? { wholeId: ['okta', uuid.toLowerCase()] } : {}),
        id: [
          uuid,
          eventType,
          textOf(log.published),
          actor.id ?? actor.account?.name,
          address,
          result,
          ...listOf(log.target).map((target) => textOf(dictOf(target)?.id)),
        ],
        occurredAt: instantOf(log.published),
        actor,
        ...(identity === undefined ? {} : { identity }),
        resource,
        action: eventType,
        ...(outcome === undefined ? {} : { outcome }),
        network: {
          ...(address === undefined ? {} : { address }),
          ...(userAgent === undefined ? {} : { userAgent }),
        },
        joins: {
          session: textOf(dictOf(log.authenticationContext)?.externalSessionId),
          request: textOf(debug?.requestId),
        },
        detector: { name: 'okta' },
        alsoSecret: namedSecrets(given),
        record: keptRecord(log),
      },
      context,
    ),
  ];
}

function isUuid(text: string): boolean {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/iu.test(text);
}
