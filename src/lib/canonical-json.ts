/** What JSON can say. Members that are `undefined` are left out, as `JSON.stringify` does. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [member: string]: JsonValue | undefined };

/** Deeper data is refused before it exhausts the stack. */
export const depthMax = 200;

/**
 * Canonical JSON (RFC 8785, JCS): members sorted by UTF-16 code units, numbers and strings as ECMAScript writes
 * them, no white space. The same data gives the same text, whatever the order it was built in.
 *
 * @throws TypeError for what JSON cannot say: NaN, infinities, lone surrogates (RFC 8785, 3.2.2.2), functions, or
 * nesting deeper than `depthMax`
 */
export function canonicalJson(value: JsonValue): string {
  return write(value, 0);
}

function write(value: JsonValue, depth: number): string {
  switch (typeof value) {
    case 'string':
      return writeString(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError('canonical JSON has no NaN and no infinity');
      // ECMAScript number serialisation is what RFC 8785 prescribes, with -0 as 0.
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (depth >= depthMax) throw new TypeError(`canonical JSON is nested deeper than ${depthMax}`);
      return isList(value) ? writeList(value, depth) : writeMembers(value, depth);
    default:
      throw new TypeError(`canonical JSON cannot say a ${typeof value}`);
  }
}

function writeString(value: string): string {
  if (!value.isWellFormed()) throw new TypeError('canonical JSON has no lone surrogates');
  return JSON.stringify(value);
}

function writeList(list: readonly JsonValue[], depth: number): string {
  let text = '[';
  for (let index = 0; index < list.length; index += 1) {
    text += (index === 0 ? '' : ',') + write(list[index] ?? null, depth + 1);
  }
  return `${text}]`;
}

function writeMembers(object: { readonly [member: string]: JsonValue | undefined }, depth: number): string {
  let text = '{';
  // The default order of `sort` is by UTF-16 code units, as RFC 8785, 3.2.3 asks.
  for (const name of Object.keys(object).sort()) {
    const member = object[name];
    if (member === undefined) continue;
    text += `${text === '{' ? '' : ','}${writeString(name)}:${write(member, depth + 1)}`;
  }
  return `${text}}`;
}

function isList(value: object): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Whether a value is JSON and no deeper than `depthMax`, for data that was parsed from outside. */
export function isJsonValue(value: unknown, depth = 0): value is JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || depth >= depthMax) return false;
  return Object.values(value).every((member: unknown) => isJsonValue(member, depth + 1));
}
