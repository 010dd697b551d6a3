import type { Identity, Resource } from '../../../core/event.ts';
import { type Dict, dictOf, listOf, textOf } from '../../../lib/guards.ts';

export type Subject = {
  readonly identity?: Identity;
  readonly email?: string;
  /** What the event is about beside the user: a session, a device, an application. */
  readonly resource?: Resource;
};

const aliasesMax = 20;

/** Whom a token is about: a subject identifier of RFC 9493, or the complex subject of the Shared Signals Framework. */
export function subjectOf(value: unknown): Subject {
  const subject = dictOf(value);
  if (subject === undefined) return {};
  const format = textOf(subject.format) ?? textOf(subject.subject_type);
  if (format === undefined || format === 'complex') return complexOf(subject);
  if (format === 'aliases') {
    const all = listOf(subject.identifiers).slice(0, aliasesMax).map(subjectOf);
    return (
      all.find(({ email }) => email !== undefined) ?? all.find(({ identity }) => identity !== undefined) ?? {}
    );
  }
  return simpleOf(format, subject);
}

function simpleOf(format: string, subject: Dict): Subject {
  switch (format) {
    case 'email': {
      const email = textOf(subject.email);
      return email === undefined ? {} : { identity: { type: 'user', id: email }, email };
    }
    case 'account': {
      // RFC 7565: acct:user@host
      const name = textOf(subject.uri)?.replace(/^acct:/u, '');
      return name === undefined ? {} : { identity: { type: 'user', id: name } };
    }
    case 'iss_sub':
    case 'iss-sub': {
      const [provider, id] = [textOf(subject.iss), textOf(subject.sub)];
      return id === undefined
        ? {}
        : { identity: { type: 'user', id, ...(provider === undefined ? {} : { provider }) } };
    }
    case 'phone_number': {
      const id = textOf(subject.phone_number);
      return id === undefined ? {} : { identity: { type: 'phone', id } };
    }
    case 'did':
    case 'uri': {
      const id = textOf(subject.url) ?? textOf(subject.uri);
      return id === undefined ? {} : { identity: { type: format, id } };
    }
    default: {
      const id = textOf(subject.id);
      return id === undefined ? {} : { identity: { type: 'unknown', id } };
    }
  }
}

/** A member for each thing that is meant; who is meant stands under `user`, else under `application`. */
function complexOf(subject: Dict): Subject {
  const who = subjectOf(subject.user ?? undefined);
  const application = subjectOf(subject.application ?? undefined).identity;
  const session = subjectOf(subject.session ?? undefined).identity;
  const device = subjectOf(subject.device ?? undefined).identity;
  const identity = who.identity ?? (application && { ...application, type: 'application' });
  const reached = session ? { type: 'session', id: session.id } : device && { type: 'device', id: device.id };
  return {
    ...(identity === undefined ? {} : { identity }),
    ...(who.email === undefined ? {} : { email: who.email }),
    ...(reached === undefined ? {} : { resource: reached }),
  };
}
