import { Refusal } from './node.ts';
import { type FieldReader, type Found, isMap, type Subject } from './subject.ts';

/** How the fields of rules are found in the records of one log source. */
export type FieldNames = {
  /** The reader of a field as a rule names it; the same name gives the same reader. Refuses with a reason. */
  readonly reader: (name: string) => FieldReader;
  /** As `reader`, also for masked fields: the same value has the same mask, so that what belongs together is joined. */
  readonly joinReader: (name: string) => FieldReader;
};

export type NameTable = {
  /** Further places of a field. `{path}.example` adds text around what stands at the path. */
  readonly names?: Readonly<Record<string, readonly string[]>>;
  /** Beginnings of names, and what may stand in their place (also nothing). */
  readonly prefixes?: Readonly<Record<string, readonly string[]>>;
  /** Members of the record under which a field may stand also. */
  readonly under?: readonly string[];
  /**
   * Paths whose value is a mask: `details.payload` and all below it; `*` for any one name; `**.password` at any depth.
   */
  readonly masked?: readonly string[];
};

/**
 * Names are compared without case; a list on the way stands for each of its members; a name with dots may also stand
 * as one key. `event.…` is always the normalised event.
 */
export function fieldNames(table: NameTable = {}): FieldNames {
  const names = lowerKeys(table.names);
  const prefixes = [...lowerKeys(table.prefixes)];
  const masked = (table.masked ?? []).map((path) => path.toLowerCase().split('.'));
  // A table that cannot be read is refused when it is opened, not when a rule meets it.
  for (const place of [...names.values()].flat()) placeOf(place);
  const readers = new Map<string, FieldReader>();
  const placesOf = (name: string): readonly Place[] => {
    const lower = name.toLowerCase();
    const written = [name, ...(names.get(lower) ?? [])];
    for (const [prefix, others] of prefixes) {
      if (lower.startsWith(prefix)) written.push(...others.map((other) => other + name.slice(prefix.length)));
    }
    for (const member of table.under ?? []) written.push(`${member}.${name}`);
    return [...new Set(written)].map(placeOf);
  };
  const joinReader = (name: string): FieldReader => {
    const key = name.toLowerCase();
    const known = readers.get(key);
    if (known !== undefined) return known;
    const made = isEventField(key)
      ? readerOf([placeOf(name.slice(eventPrefix.length))], (subject) => subject.event)
      : readerOf(placesOf(name), (subject) => subject.vendor);
    readers.set(key, made);
    return made;
  };
  return {
    reader: (name) => {
      if (!isEventField(name.toLowerCase())) refuseMasked(name, placesOf(name), masked);
      return joinReader(name);
    },
    joinReader,
  };
}

const eventPrefix = 'event.';

function isEventField(lower: string): boolean {
  return lower.startsWith(eventPrefix);
}

/** A name without a gap around its dots. */
export function isFieldName(name: string): boolean {
  return name.split('.').every((part) => part !== '');
}

function lowerKeys(
  table: Readonly<Record<string, readonly string[]>> = {},
): ReadonlyMap<string, readonly string[]> {
  return new Map(Object.entries(table).map(([name, places]) => [name.toLowerCase(), places]));
}

type Place = {
  readonly names: readonly string[];
  readonly lowerNames: readonly string[];
  /** What is left of the path at each of its names, as one key. */
  readonly rests: readonly string[];
  readonly before: string;
  readonly after: string;
};

function placeOf(written: string): Place {
  const [, before = '', inner, after = ''] = /^([^{}]*)\{([^{}]+)\}([^{}]*)$/u.exec(written) ?? [];
  const path = inner ?? written;
  const names = path.split('.');
  if (!isFieldName(path)) {
    throw new Refusal(`"${written}" is not a field: a name is missing around a dot`);
  }
  const isFramed = inner !== undefined;
  return {
    names,
    lowerNames: names.map((name) => name.toLowerCase()),
    rests: names.map((_, index) => names.slice(index).join('.')),
    before: isFramed ? before : '',
    after: isFramed ? after : '',
  };
}

function refuseMasked(name: string, places: readonly Place[], masked: readonly (readonly string[])[]): void {
  const isMasked = places.some(({ lowerNames }) => masked.some((path) => isCovered(lowerNames, path)));
  if (isMasked) throw new Refusal(`"${name}" is masked before anything is kept, so a rule cannot read it`);
}

function isCovered(names: readonly string[], masked: readonly string[]): boolean {
  const [first, ...rest] = masked;
  if (first === '**') {
    return names.some((_, index) => isCovered(names.slice(index), rest));
  }
  return (
    masked.length <= names.length &&
    masked.every((wanted, index) => wanted === '*' || wanted === names[index])
  );
}

const nothing: Found = { isPresent: false, values: [], texts: [], lowerTexts: [], containers: [] };
/** Lists in lists: records are bounded, a hostile one must not end the search otherwise. */
const listDepthMax = 32;

type Finding = { isPresent: boolean; values: unknown[]; texts: string[]; containers: unknown[] };

function readerOf(places: readonly Place[], rootOf: (subject: Subject) => unknown): FieldReader {
  const read: FieldReader = (subject) => {
    const known = subject.found.get(read);
    if (known !== undefined) return known;
    const finding: Finding = { isPresent: false, values: [], texts: [], containers: [] };
    const root = rootOf(subject);
    for (const place of places) walk(root, place, 0, finding, 0);
    const found = finding.isPresent
      ? { ...finding, lowerTexts: finding.texts.map((text) => text.toLowerCase()) }
      : nothing;
    subject.found.set(read, found);
    return found;
  };
  return read;
}

function walk(value: unknown, place: Place, index: number, finding: Finding, depth: number): void {
  if (Array.isArray(value)) {
    if (depth < listDepthMax) for (const item of value) walk(item, place, index, finding, depth + 1);
    return;
  }
  const name = place.names[index];
  if (name === undefined || !isMap(value)) return;
  const isLast = index === place.names.length - 1;
  const key = keyOf(value, name, place.lowerNames[index] ?? '');
  if (key !== undefined) {
    if (isLast) take(value[key], place, finding, 0);
    else walk(value[key], place, index + 1, finding, depth);
  }
  const rest = isLast ? undefined : place.rests[index];
  if (rest !== undefined && Object.hasOwn(value, rest)) take(value[rest], place, finding, 0);
}

/** The member as it is written, else the first that differs in case only. Never more than own members. */
function keyOf(value: Readonly<Record<string, unknown>>, name: string, lower: string): string | undefined {
  if (Object.hasOwn(value, name)) return name;
  for (const key in value) {
    if (key.length === name.length && key.toLowerCase() === lower && Object.hasOwn(value, key)) return key;
  }
  return undefined;
}

function take(value: unknown, place: Place, finding: Finding, depth: number): void {
  if (value === undefined) return;
  finding.isPresent = true;
  if (Array.isArray(value)) {
    if (depth >= listDepthMax) return;
    const isPlain = value.length > 0 && value.every((item) => typeof item !== 'object' || item === null);
    if (depth === 0 && !isPlain) finding.containers.push(value);
    for (const item of value) if (!isMap(item)) take(item, place, finding, depth + 1);
  } else if (isMap(value)) finding.containers.push(value);
  else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    const isFramed = place.before !== '' || place.after !== '';
    finding.values.push(isFramed ? place.before + value + place.after : value);
    finding.texts.push(place.before + value + place.after);
  } else if (value === null) finding.values.push(null);
}
