import type { Event, Json } from '../../../core/event.ts';
import { makeEvent } from '../../../core/make-event.ts';
import { maskSecret } from '../../../core/mask.ts';
import { isSecretName } from '../../../core/secret-name.ts';
import { dictOf, textOf } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';
import type { MapContext, Source } from '../../../ports/source.ts';
import { kindOf } from './kinds.ts';
import { readTrailRecord, type TrailRecord, unwrap } from './schema.ts';
import { runOf } from './session-name.ts';
import { readResource } from './target.ts';
import { readWho } from './who.ts';

export const map: Source['map'] = (value, context) => {
  const found = unwrap(value);
  if (found === undefined) return { rejected: 'not a CloudTrail record', pointer: '/eventSource' };
  if (found === 'nothing') return [];
  return [eventOf(readTrailRecord(found), context)];
};

function eventOf(record: TrailRecord, context: MapContext): Event {
  const { eventTime, eventName } = record;
  const who = readWho(record);
  const request = dictOf(record.requestParameters);
  const answer = dictOf(record.responseElements);
  const opened = textOf(
    dictOf(answer?.assumedRoleUser)?.assumedRoleId ?? dictOf(answer?.federatedUser)?.federatedUserId,
  );
  const subject = who.subject ?? textOf(answer?.subjectFromWebIdentityToken);
  const sessionName = textOf(request?.roleSessionName) ?? nameIn(opened ?? who.session);
  const keyId = accessKeyIn(record);
  const maskKey = keyMask(context);
  return makeEvent(
    {
      source: 'cloudtrail',
      kind: kindOf(record),
      // The same record comes by file, by EventBridge and in several regions' trails: AWS numbers it once.
      wholeId: ['cloudtrail', ...idOf(record)],
      occurredAt: instantOf(eventTime),
      actor: who.actor,
      ...(who.identity === undefined ? {} : { identity: who.identity }),
      leads: who.leads,
      resource: readResource(record, maskKey),
      action: textOf(eventName),
      outcome: outcomeOf(record),
      network: networkOf(record),
      joins: {
        request: textOf(record.requestID),
        session: opened ?? who.session,
        subject,
        run: runOf(sessionName),
      },
      where: whereOf(subject),
      detector: { name: 'cloudtrail' },
      strong: keyId === undefined ? [] : [{ kind: 'provider-id', parts: ['aws', 'access-key', keyId] }],
      record: withoutSecrets(record, maskKey),
    },
    context,
  );
}

/** Records that were copied by hand may have lost their number: then all that tells them from others. */
function idOf(record: TrailRecord): readonly string[] {
  const id = textOf(record.eventID);
  const { eventTime, eventSource, eventName, recipientAccountId } = record;
  if (id !== undefined)
    return [id, ...[eventName, eventTime, recipientAccountId].map((part) => textOf(part) ?? '')];
  const { requestID, sourceIPAddress, userIdentity, requestParameters, errorCode, userAgent } = record;
  return [
    '',
    JSON.stringify([
      eventTime,
      eventSource,
      eventName,
      recipientAccountId,
      requestID,
      sourceIPAddress,
      errorCode,
    ]),
    JSON.stringify([userIdentity, requestParameters, userAgent]),
  ];
}

/** A dry run asks only whether it would be let through. */
function outcomeOf(record: TrailRecord): Event['outcome'] {
  if (record.errorCode === 'Client.DryRunOperation') return undefined;
  const answer = dictOf(record.responseElements);
  const isRefused =
    Object.values(answer ?? {}).includes('Failure') && answer?.[textOf(record.eventName) ?? ''] === 'Failure';
  const hasError = textOf(record.errorCode) !== undefined || textOf(record.errorMessage) !== undefined;
  return isRefused || hasError ? 'failure' : 'success';
}

/** AWS writes the name of a service, or `AWS Internal`, where a request came from inside. */
function networkOf(record: TrailRecord): Event['network'] {
  const address = textOf(record.sourceIPAddress);
  const userAgent = textOf(record.userAgent);
  const isAddress = address !== undefined && /^[\da-f.:]{3,45}$/iu.test(address) && /[.:]/u.test(address);
  if (!isAddress && userAgent === undefined) return undefined;
  return { ...(isAddress ? { address } : {}), ...(userAgent === undefined ? {} : { userAgent }) };
}

/** GitHub's claim names the repository: `repo:acme/shop:environment:prod`. */
function whereOf(subject: string | undefined): Event['where'] {
  const repository = /^repo:([\w.-]{1,100}\/[\w.-]{1,100}):/u.exec(subject ?? '')?.[1];
  return repository === undefined ? {} : { repository };
}

function nameIn(principal: string | undefined): string | undefined {
  return principal?.includes(':') === true ? principal.slice(principal.indexOf(':') + 1) : undefined;
}

const keyEvents = new Set(['CreateAccessKey', 'DeleteAccessKey', 'UpdateAccessKey']);

/** The id of the key that was made, changed or removed; not the one that the request was signed with. */
function accessKeyIn(record: TrailRecord): string | undefined {
  if (!keyEvents.has(textOf(record.eventName) ?? '')) return undefined;
  const made = dictOf(dictOf(record.responseElements)?.accessKey)?.accessKeyId;
  const id = textOf(made ?? dictOf(record.requestParameters)?.accessKeyId);
  return id === undefined || !/^[A-Z\d]{16,128}$/u.test(id) ? undefined : id;
}

/** Ids of keys look like secrets and join what belongs together: the same id keeps the same mask. */
function keyMask(context: MapContext): (id: string) => string {
  return (id) => {
    const print = context.fingerprint('provider-id', ['aws', 'access-key', id])[0]?.value ?? '';
    return maskSecret(id, 'aws', print);
  };
}

function withoutSecrets(
  record: TrailRecord,
  maskKey: (id: string) => string,
): { readonly [key: string]: Json } {
  const clean = (value: Json, levelsLeft: number): Json => {
    if (typeof value !== 'object' || value === null) return value;
    if (levelsLeft === 0) return null;
    if (isList(value)) return value.slice(0, 100).map((item) => clean(item, levelsLeft - 1));
    const isPair = typeof value.name === 'string' && isSecretName(value.name);
    const kept: Record<string, Json> = {};
    for (const name in value) {
      const item = value[name];
      if (item === undefined) continue;
      if (name === 'accessKeyId' && typeof item === 'string' && item.length >= 16) {
        kept[name] = maskKey(item);
      } else if (!leftOut.has(name) && !(isPair && name === 'value'))
        kept[name] = clean(item, levelsLeft - 1);
    }
    return kept;
  };
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, clean(value, 11)]));
}

/** A new key pair's private half, and what an instance is started with. */
const leftOut = new Set(['keyMaterial', 'userData', 'passwordData']);

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
