import type { Event, Json, Resource } from '../../../core/event.ts';
import { makeEvent } from '../../../core/make-event.ts';
import { isSecretName } from '../../../core/secret-name.ts';
import { type Dict, dictOf, textOf } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';
import type { MapContext, Source } from '../../../ports/source.ts';
import { kindOf, outcomeOf } from './kinds.ts';
import { type AuditEntry, readEntry, unwrap } from './schema.ts';
import { readWho } from './who.ts';

export const map: Source['map'] = (value, context) => {
  const found = unwrap(value);
  if (found === undefined)
    return { rejected: 'not an audit record of Google Cloud', pointer: '/protoPayload' };
  if (found === 'nothing') return [];
  return [eventOf(readEntry(found), context)];
};

function eventOf(entry: AuditEntry, context: MapContext): Event {
  const payload = dictOf(entry.protoPayload) ?? {};
  const who = readWho(payload);
  const kind = kindOf(payload);
  return makeEvent(
    {
      source: 'gcp',
      kind,
      wholeId: ['gcp', ...idOf(entry)],
      occurredAt: instantOf(entry.timestamp) ?? instantOf(entry.receiveTimestamp),
      actor: who.actor,
      ...(who.identity === undefined ? {} : { identity: who.identity }),
      leads: who.leads,
      resource: resourceOf(entry, payload, kind),
      action: textOf(payload.methodName),
      outcome: outcomeOf(payload),
      network: networkOf(dictOf(payload.requestMetadata)),
      joins: {
        request: textOf(dictOf(entry.operation)?.id) ?? textOf(entry.insertId),
        subject: who.subject,
      },
      where: whereOf(who.subject),
      detector: { name: 'gcp' },
      strong: keysOf(kind, payload).map((parts) => ({ kind: 'provider-id', parts })),
      record: withoutSecrets(entry),
    },
    context,
  );
}

/** Unique among entries of one log with one time (`LogEntry.insertId`); copies by hand may have lost it. */
function idOf(entry: AuditEntry): readonly string[] {
  const id = textOf(entry.insertId);
  const at = textOf(entry.timestamp) ?? '';
  return id === undefined
    ? ['', at, JSON.stringify([entry.protoPayload, entry.resource, entry.operation])]
    : [id, at, textOf(entry.logName) ?? ''];
}

/** The key itself, so that its end is known as its own; else the account that it is for, or what the service calls it. */
function resourceOf(entry: AuditEntry, payload: Dict, kind: Event['kind']): Resource | undefined {
  const named = dictOf(entry.resource);
  const name = textOf(payload.resourceName);
  if (/^(?:token|credential|identity)\./u.test(kind)) {
    const [, type, id] = keysOf(kind, payload)[0] ?? [];
    if (type !== undefined && id !== undefined) return { type, id };
    const account =
      textOf(dictOf(named?.labels)?.email_id) ??
      accountIn(textOf(dictOf(payload.request)?.name)) ??
      accountIn(name);
    if (account !== undefined) return { type: 'service-account', id: account };
  }
  const id = name ?? textOf(dictOf(named?.labels)?.name) ?? textOf(dictOf(named?.labels)?.project_id);
  const type = textOf(named?.type) ?? '';
  const isType = /^[a-z][a-z\d_]{0,60}$/u.test(type);
  return id === undefined ? undefined : { type: isType ? type.replaceAll('_', '-') : 'resource', id };
}

/** The account in `projects/-/serviceAccounts/<address or number>`. */
function accountIn(name: string | undefined): string | undefined {
  return textOf(/\/serviceAccounts\/([^/]{1,200})/u.exec(name ?? '')?.[1]);
}

/** The number of the key that was made or removed, which also stands in the key's file as `private_key_id`. */
function keysOf(kind: Event['kind'], payload: Dict): readonly (readonly string[])[] {
  if (!kind.startsWith('credential.')) return [];
  const { request, response, resourceName } = payload;
  const names = [dictOf(response)?.name, dictOf(request)?.name, resourceName].map(textOf);
  const key = names
    .map((name) => /\/keys\/([\da-f]{40})$/u.exec(name ?? '')?.[1])
    .find((id) => id !== undefined);
  if (key !== undefined) return [['gcp', 'service-account-key', key]];
  const access = names.map((name) => /\/hmacKeys\/(GOOG[A-Z\d]{10,80})$/u.exec(name ?? '')?.[1]);
  const made = textOf(dictOf(dictOf(response)?.metadata)?.accessId);
  const id = made ?? access.find((one) => one !== undefined);
  return id === undefined ? [] : [['gcp', 'hmac-key', id]];
}

/** Google writes `private` or `gce-internal-ip` where the address is not for the reader. */
function networkOf(metadata: Dict | undefined): Event['network'] {
  const address = textOf(metadata?.callerIp) ?? textOf(metadata?.callerIP);
  const userAgent = textOf(metadata?.callerSuppliedUserAgent);
  const isAddress = address !== undefined && /^[\da-f.:]{3,45}$/iu.test(address) && /[.:]/u.test(address);
  if (!isAddress && userAgent === undefined) return undefined;
  return { ...(isAddress ? { address } : {}), ...(userAgent === undefined ? {} : { userAgent }) };
}

/** GitHub's claim names the repository: `repo:acme/shop:ref:refs/heads/main`. */
function whereOf(subject: string | undefined): Event['where'] {
  const repository = /^repo:([\w.-]{1,100}\/[\w.-]{1,100}):/u.exec(subject ?? '')?.[1];
  return repository === undefined ? {} : { repository };
}

/** What was signed, and values beside a name that names a secret. */
const leftOut = new Set([
  'payload',
  'signedJwt',
  'signed_jwt',
  'signedBlob',
  'signed_blob',
  'bytesToSign',
  'bytes_to_sign',
  'keyString',
  'key_string',
]);

function withoutSecrets(entry: AuditEntry): { readonly [key: string]: Json } {
  return Object.fromEntries(Object.entries(entry).map(([name, value]) => [name, clean(value, 11)]));
}

function clean(value: Json, levelsLeft: number): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (levelsLeft === 0) return null;
  if (isList(value)) return value.slice(0, 100).map((item) => clean(item, levelsLeft - 1));
  const pairName = value.name ?? value.key;
  const isPair = typeof pairName === 'string' && isSecretName(pairName);
  const kept: Record<string, Json> = {};
  for (const name in value) {
    const item = value[name];
    if (item !== undefined && !leftOut.has(name) && !(isPair && name === 'value'))
      kept[name] = clean(item, levelsLeft - 1);
  }
  return kept;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
