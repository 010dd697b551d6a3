import type { Json } from '../../../core/event.ts';
import { type Dict, dictOf, isDict, textOf } from '../../../lib/guards.ts';

/** An entry of an audit device. Vault writes one when a request arrives and one when it is answered. */
export type VaultEntry = {
  readonly type: 'request' | 'response';
  /** RFC 3339, up to nanoseconds. */
  readonly time: string | undefined;
  readonly auth: Dict;
  readonly request: Dict;
  readonly response: Dict;
  /** What went wrong, without what was sent: texts that quote it are cut there. */
  readonly error: string | undefined;
};

export function readEntry(value: unknown): VaultEntry | undefined {
  if (!isDict(value) || (value.type !== 'request' && value.type !== 'response')) return undefined;
  const request = dictOf(value.request);
  const response = dictOf(value.response);
  const auth = dictOf(value.auth);
  if (value.type === 'request' ? request === undefined : request === undefined && response === undefined)
    return undefined;
  return {
    type: value.type,
    time: textOf(value.time),
    auth: auth ?? {},
    request: request ?? {},
    response: response ?? {},
    error: plainError(textOf(value.error) ?? textOf(response?.error)),
  };
}

/** How surely it is an entry of Vault: 0 … 1. */
export function likeness(value: unknown): number {
  const entry = readEntry(value);
  if (entry?.time === undefined) return 0;
  const { auth, request } = entry;
  if (textOf(request.path) !== undefined && textOf(request.operation) !== undefined) return 0.9;
  return 'token_type' in auth || 'policies' in auth || 'mount_type' in request ? 0.8 : 0;
}

/** `error converting input {"name":…` quotes what was sent, which may be a secret. */
function plainError(text: string | undefined): string | undefined {
  return textOf(
    text
      ?.slice(0, 400)
      .replace(/[{["'`][\s\S]*$/u, '')
      .replace(/\s+/gu, ' ')
      .trim(),
  );
}

const kept = {
  auth: [
    'display_name',
    'entity_id',
    'metadata',
    'policies',
    'token_policies',
    'identity_policies',
    'policy_results',
    'token_type',
    'token_ttl',
    'token_issue_time',
    'num_uses',
    'remaining_uses',
    'no_default_policy',
  ],
  request: [
    'id',
    'client_id',
    'operation',
    'mount_point',
    'mount_type',
    'mount_class',
    'namespace',
    'path',
    'remote_address',
    'remote_port',
    'wrap_ttl',
    'policy_override',
    'replication_cluster',
  ],
  response: ['mount_point', 'mount_type', 'mount_class', 'warnings', 'redirect', 'status', 'id'],
} as const;

/** Vault's own settings, of which switches and numbers are kept; what is written elsewhere is a secret. */
const settingsPath = /^(?:auth|identity|sys)\//u;

/**
 * What is kept of an entry, under Vault's names. An audit device may be set to write everything in clear: no text of
 * what was sent or answered is kept, and no header.
 */
export function keptRecord(entry: VaultEntry): { readonly [key: string]: Json | undefined } {
  const { type, time, auth, request, response, error } = entry;
  const path = textOf(request.path) ?? '';
  const data = settingsPath.test(path) ? switchesIn(request.data) : undefined;
  const issued = dictOf(response.auth);
  return {
    type,
    time,
    auth: nonEmpty({ ...pick(auth, kept.auth), ...hashed(auth) }),
    request: nonEmpty({
      ...pick(request, kept.request),
      ...hashed(request),
      ...(data === undefined ? {} : { data }),
    }),
    response: nonEmpty({
      ...pick(response, kept.response),
      ...(issued === undefined ? {} : { auth: { ...pick(issued, kept.auth), ...hashed(issued) } }),
    }),
    error,
  };
}

/** Accessors that Vault has hashed join the entries of one token; in clear they could end it. */
function hashed(value: Dict): { readonly [key: string]: Json } {
  const found: Record<string, Json> = {};
  for (const name of ['accessor', 'client_token_accessor']) {
    const text = hashedText(value[name]);
    if (text !== undefined) found[name] = text;
  }
  return found;
}

export function hashedText(value: unknown): string | undefined {
  return typeof value === 'string' && /^hmac-sha256:[\da-f]{64}$/u.test(value) ? value : undefined;
}

function switchesIn(data: unknown): Json | undefined {
  const found: Record<string, Json> = {};
  for (const [name, value] of Object.entries(dictOf(data) ?? {})) {
    if (typeof value === 'boolean' || typeof value === 'number') found[name] = value;
  }
  return Object.keys(found).length === 0 ? undefined : found;
}

function pick(value: Dict, names: readonly string[]): { readonly [key: string]: Json } {
  const found: Record<string, Json> = {};
  for (const name of names) {
    const member = value[name];
    if (isJson(member)) found[name] = member;
  }
  return found;
}

function nonEmpty(value: { readonly [key: string]: Json }): Json | undefined {
  return Object.keys(value).length === 0 ? undefined : value;
}

/** What `JSON.parse` made is JSON: only `undefined` is not. */
function isJson(value: unknown): value is Json {
  return value !== undefined;
}
