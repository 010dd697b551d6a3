/** Narrow looks at unknown data: cheaper than a schema on paths that see a million records. */

export type Dict = { readonly [key: string]: unknown };

export function isDict(value: unknown): value is Dict {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object under a member, or undefined. */
export function dictOf(value: unknown): Dict | undefined {
  return isDict(value) ? value : undefined;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A string with something in it. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A text, number, true or false as text; '' for the rest: an object of strangers may throw where it is made a text. */
export function scalarText(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** A whole number from 1 up to 2^31 - 1 (a line, a column), also as digits, as CSV has it. */
export function ordinalOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,10}$/u.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 1 && number <= 0x7fffffff
    ? number
    : undefined;
}

/** The object without members whose value is undefined. */
export function compact<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const kept: Record<string, unknown> = {};
  for (const key in value) if (value[key] !== undefined) kept[key] = value[key];
  return kept as { [K in keyof T]: Exclude<T[K], undefined> };
}

/** The first of a list, or of the list under a member; what is no list is itself the first. */
export function firstListed(value: unknown, member: string): unknown {
  const listed = dictOf(value)?.[member];
  const list = Array.isArray(listed) ? listed : value;
  return Array.isArray(list) ? list[0] : list;
}
