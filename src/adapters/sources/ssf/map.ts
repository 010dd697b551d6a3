import type { Actor, EventKind, Json } from '../../../core/event.ts';
import { makeEvent } from '../../../core/make-event.ts';
import { textOf } from '../../../lib/guards.ts';
import type { Source } from '../../../ports/source.ts';
import { type SecurityEvent, securityEventOf } from './schema.ts';
import { subjectOf } from './subject.ts';

const source = 'ssf';

const kinds: Readonly<Record<string, EventKind>> = {
  'risc/account-disabled': 'identity.disabled',
  'risc/account-purged': 'identity.disabled',
  'risc/account-enabled': 'identity.enabled',
  'risc/credential-compromise': 'finding.reported',
};

/** CAEP credential-change: what became of the credential. */
const changes: Readonly<Record<string, EventKind>> = {
  create: 'credential.created',
  update: 'credential.changed',
  revoke: 'credential.removed',
  delete: 'credential.removed',
};

/** Members of an event that are kept: words of its own vocabulary, and what the sender says for administrators. */
const kept = [
  'credential_type',
  'change_type',
  'friendly_name',
  'initiating_entity',
  'reason',
  'namespace',
  'previous_level',
  'current_level',
  'change_direction',
  'previous_status',
  'current_status',
  'principal',
  'risk_reason',
  'event_timestamp',
] as const;

export const map: Source['map'] = (record, context) => {
  const found = securityEventOf(record);
  if (found === undefined) return { rejected: 'this is no security event token of CAEP, RISC or SSF' };
  // Words about the stream itself.
  if (found.type.startsWith('ssf/')) return [];
  const { claims, issuer, id, type, event } = found;
  // Before the framework was final, the subject stood in the event.
  const subject = subjectOf(claims.sub_id ?? event.subject);
  const name = textOf(event.friendly_name);
  const credential =
    name === undefined ? undefined : { type: credentialType(event.credential_type), id: name };
  const resource = subject.resource ?? credential;
  return [
    makeEvent(
      {
        source,
        kind: kindOf(found),
        wholeId: [source, issuer, id],
        occurredAt: timeOf(found),
        actor: actorOf(found, subject.email),
        ...(subject.identity === undefined ? {} : { identity: subject.identity }),
        resource,
        action: type.slice(type.indexOf('/') + 1),
        record: {
          iss: issuer,
          jti: id,
          ...(textOf(claims.txn) === undefined ? {} : { txn: textOf(claims.txn) }),
          type,
          event: Object.fromEntries(kept.flatMap((key) => plain(key, event[key]))),
        },
      },
      context,
    ),
  ];
};

/** `password`, `x509`, `app` …: a type is a word of a list that may grow, and not a sender's text. */
function credentialType(value: unknown): string {
  const word = textOf(value);
  return word !== undefined && /^[a-z\d-]{1,40}$/u.test(word) ? word : 'credential';
}

function kindOf({ type, event }: SecurityEvent): EventKind {
  if (type === 'caep/credential-change') {
    const change = textOf(event.change_type) ?? '';
    return Object.hasOwn(changes, change) ? (changes[change] ?? 'activity.recorded') : 'activity.recorded';
  }
  // A session that ended is no credential that is gone: it proves nothing about the credential.
  return Object.hasOwn(kinds, type) ? (kinds[type] ?? 'activity.recorded') : 'activity.recorded';
}

/** Only `user` says who it was, and only an address says which one; an administrator or a rule is not named. */
function actorOf({ event }: SecurityEvent, email: string | undefined): Actor {
  return textOf(event.initiating_entity) === 'user' && email !== undefined
    ? { type: 'person', email }
    : { type: 'unknown' };
}

/** Seconds since 1970; some senders write milliseconds. */
function timeOf({ claims, event }: SecurityEvent): number | undefined {
  for (const value of [event.event_timestamp, claims.toe, claims.iat]) {
    if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) continue;
    return Math.round(value > 100_000_000_000 ? value : value * 1000);
  }
  return undefined;
}

function plain(key: string, value: unknown): readonly (readonly [string, Json])[] {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? [[key, value]]
    : [];
}
