import { type Event, type JoinName, joinNames } from './event.ts';

const fields = ['actor', 'identity', 'resource', 'repository', ...joinNames] as const;
export type CasePart = (typeof fields)[number];

/** The parts of a key as a behaviour writes it, such as `actor+campaign`; undefined when one is unknown or twice. */
export function caseParts(text: string): readonly CasePart[] | undefined {
  const names = text.split('+').map((name) => name.trim());
  const parts = names.flatMap((name) => fields.find((field) => field === name) ?? []);
  return parts.length === names.length && new Set(parts).size === parts.length ? parts : undefined;
}

/**
 * What an event has for a key: `part=value` each, in the order of the key; undefined when it has none of the parts, so
 * that nothing can be said of what it belongs to. Vendors write names in either case: they count as one.
 */
export function caseValuesOf(text: string, event: Event): readonly string[] | undefined {
  const parts = caseParts(text) ?? [];
  const values = parts.map((part) => [part, partOf(part, event)] as const);
  if (values.every(([, value]) => value === undefined)) return undefined;
  return values.map(([part, value]) => `${part}=${value ?? ''}`);
}

function partOf(part: CasePart, event: Event): string | undefined {
  switch (part) {
    case 'actor':
      return actorKey(event.actor);
    case 'identity':
      return event.identity === undefined ? undefined : identityKey(event.identity);
    case 'resource':
      return event.resource === undefined
        ? undefined
        : `${event.resource.type}:${event.resource.id.toLowerCase()}`;
    case 'repository':
      return event.where.repository?.toLowerCase();
    default:
      return joinValue(event, part);
  }
}

/**
 * Many systems have a `ci` or an `ana`: a plain name counts together with its system. An address, an ARN or another
 * name with its space in it is one everywhere.
 */
export function identityKey({ id, provider }: NonNullable<Event['identity']>): string {
  const name = id.toLowerCase();
  const isOneEverywhere = /[@:]/u.test(name) || /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/u.test(name);
  return provider === undefined || isOneEverywhere ? name : `${provider.toLowerCase()} ${name}`;
}

/** Who did it, under the name by which most sources know them. */
export function actorKey({ email, account, id, name }: Event['actor']): string | undefined {
  if (email !== undefined) return email.toLowerCase();
  if (account !== undefined) return `${account.system}:${account.name}`.toLowerCase();
  return (id ?? name)?.toLowerCase();
}

export function joinValue(event: Pick<Event, 'joins' | 'where'>, name: JoinName): string | undefined {
  return event.joins?.[name] ?? (name === 'commit' ? event.where.commit : undefined);
}
