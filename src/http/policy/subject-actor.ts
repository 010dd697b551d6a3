import type { SubjectType } from '../../access/principal.ts';
import type { Actor } from '../../core/event.ts';
import type { PolicyEntity } from '../../policy/request.ts';

const types: Readonly<Record<string, SubjectType>> = {
  user: 'person',
  person: 'person',
  human: 'person',
  workload: 'workload',
  service: 'workload',
  'service-account': 'workload',
  machine: 'workload',
  client: 'workload',
  agent: 'agent',
  'ai-agent': 'agent',
};

/** What kind of actor a subject is; `unknown` for types that mean nothing here. */
export function subjectTypeOf(type: string): SubjectType {
  return Object.hasOwn(types, type) ? (types[type] ?? 'unknown') : 'unknown';
}

/** The actor that a subject is. A person is known by an address where the id is one. */
export function actorOf({ type, id }: PolicyEntity): Actor {
  const kind = subjectTypeOf(type);
  const isAddress = kind === 'person' && /^[^\s@<>]{1,64}@[^\s@<>]{3,190}$/u.test(id);
  return { type: kind, id, ...(isAddress ? { email: id } : {}) };
}
