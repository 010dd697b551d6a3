import type { CedarValue } from './cedar.ts';
import type { RecordShape, ValueShape } from './schema-shape.ts';

/** A value that stands in another form than the policies read it: then nothing may be let through. */
export class Unreadable extends Error {
  readonly place: string;

  constructor(place: string) {
    super(`unreadable: ${place}`);
    this.place = place;
  }
}

/**
 * What of an object the policies may see: the members that the schema lists, each in the form that it names. Others are
 * left out. A listed member in another form is a fault, not left out: a forbid that reads it would forbid nothing.
 *
 * @throws Unreadable
 */
export function projected(
  given: Readonly<Record<string, unknown>> | undefined,
  shape: RecordShape,
  place: string,
): Record<string, CedarValue> {
  const seen: Record<string, CedarValue> = {};
  if (given === undefined) return seen;
  for (const [name, member] of shape.members) {
    if (!Object.hasOwn(given, name) || given[name] === undefined) continue;
    seen[name] = readValue(given[name], member, `${place}/${name}`);
  }
  return seen;
}

function readValue(value: unknown, shape: ValueShape, place: string): CedarValue {
  switch (shape.kind) {
    case 'text':
      if (typeof value === 'string') return value;
      break;
    case 'flag':
      if (typeof value === 'boolean') return value;
      break;
    case 'number':
      if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
      break;
    case 'extension':
      if (typeof value === 'string') return { __extn: { fn: shape.reader, arg: value } };
      break;
    case 'list':
      if (Array.isArray(value))
        return value.map((item: unknown, at) => readValue(item, shape.of, `${place}/${at}`));
      break;
    case 'record':
      if (isObject(value)) return projected(value, shape, place);
  }
  throw new Unreadable(place);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
