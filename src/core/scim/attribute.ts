import type { Json } from '../event.ts';

export type JsonDict = { readonly [key: string]: Json };

export function isJsonDict(value: Json | undefined): value is JsonDict {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Attribute names are the same in any case (RFC 7643, 2.1); these are as we write them. */
const spellings = new Map(
  [
    'userName',
    'externalId',
    'displayName',
    'name',
    'formatted',
    'givenName',
    'familyName',
    'active',
    'emails',
    'value',
    'type',
    'primary',
    'display',
    'preferredLanguage',
    'locale',
    'timezone',
    'employeeNumber',
    'department',
    'manager',
    'members',
    'addresses',
    'country',
    'away',
    'from',
    'until',
    'standIn',
  ].map((name) => [name.toLowerCase(), name]),
);

export function spelling(name: string): string {
  return spellings.get(name.toLowerCase()) ?? name;
}

/** Names that mean something to the language itself. None is an attribute of SCIM. */
const reserved = new Set(['__proto__', 'constructor', 'prototype']);

export function isReserved(name: string): boolean {
  return reserved.has(name);
}

/** Without members that are null, which say "no value" (RFC 7643, 2.5), and with names as we write them. */
export function withoutNothing(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNothing);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, member]) => member !== null && !isReserved(name))
      .map(([name, member]) => [spelling(name), withoutNothing(member)]),
  );
}
