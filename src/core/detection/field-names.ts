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
  readonly steps: readonly Step[];
  readonly lowerNames: readonly string[];
  readonly before: string;
  readonly after: string;
};

type Step = {
  /** The name as written, and the spellings that records usually have: found without a look at every key. */
  readonly spellings: readonly string[];
  readonly lower: string;
  /** What is left of the path, as one key; undefined at the last step. */
  readonly rest: string | undefined;
};

function placeOf(written: string): Place {
  const [, before = '', inner, after = ''] = /^([^{}]*)\{([^{}]+)\}([^{}]*)$/u.exec(written) ?? [];
  const path = inner ?? written;
  const names = path.split('.');
  if (!isFieldName(path)) {
    throw new Refusal(`"${written}" is not a field: a name is missing around a dot`);
  }
  const isFramed = inner !== undefined;
  const steps = names.map((name, index) => {
    const lower = name.toLowerCase();
    const rest = index === names.length - 1 ? undefined : names.slice(index).join('.');
    return { spellings: [...new Set([name, lower.slice(0, 1) + name.slice(1), lower])], lower, rest };
  });
  return {
    steps,
    lowerNames: steps.map(({ lower }) => lower),
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

type Finding = { readonly values: unknown[]; readonly texts: string[]; readonly containers: unknown[] };

function readerOf(places: readonly Place[], rootOf: (subject: Subject) => unknown): FieldReader {
  const read: FieldReader = (subject) => {
    const known = subject.found.get(read);
    if (known !== undefined) return known;
    const root = rootOf(subject);
    let finding: Finding | undefined;
    for (const place of places) finding = walk(root, place, 0, finding, 0);
    const found = finding === undefined ? nothing : foundOf(finding);
    subject.found.set(read, found);
    return found;
  };
  return read;
}

function foundOf({ values, texts, containers }: Finding): Found {
  const lowerTexts = texts.map((text) => text.toLowerCase());
  return { isPresent: true, values, texts, lowerTexts, containers };
}

/** Most fields of most records are not there: a finding is made for the first that is. */
function walk(
  value: unknown,
  place: Place,
  index: number,
  given: Finding | undefined,
  depth: number,
): Finding | undefined {
  const step = place.steps[index];
  if (step === undefined || typeof value !== 'object' || value === null) return given;
  let finding = given;
  if (Array.isArray(value)) {
    if (depth < listDepthMax) {
      for (const item of value) finding = walk(item, place, index, finding, depth + 1);
    }
    return finding;
  }
  if (!isMap(value)) return finding;
  const key = keyOf(value, step);
  if (key !== undefined) {
    finding =
      step.rest === undefined
        ? take(value[key], place, finding, 0)
        : walk(value[key], place, index + 1, finding, depth);
  }
  if (step.rest !== undefined && Object.hasOwn(value, step.rest)) {
    finding = take(value[step.rest], place, finding, 0);
  }
  return finding;
}

/** The member as it is written, else one that differs in case only. Never more than own members. */
function keyOf(value: Readonly<Record<string, unknown>>, { spellings, lower }: Step): string | undefined {
  for (const spelling of spellings) if (Object.hasOwn(value, spelling)) return spelling;
  for (const key in value) {
    if (key.length === lower.length && key.toLowerCase() === lower && Object.hasOwn(value, key)) return key;
  }
  return undefined;
}

function take(value: unknown, place: Place, given: Finding | undefined, depth: number): Finding | undefined {
  if (value === undefined) return given;
  const finding = given ?? { values: [], texts: [], containers: [] };
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    const isFramed = place.before !== '' || place.after !== '';
    const text = isFramed ? place.before + value + place.after : String(value);
    finding.values.push(isFramed ? text : value);
    finding.texts.push(text);
  } else if (value === null) finding.values.push(null);
  else if (Array.isArray(value)) {
    if (depth >= listDepthMax) return finding;
    const isPlain = value.length > 0 && value.every((item) => typeof item !== 'object' || item === null);
    if (depth === 0 && !isPlain) finding.containers.push(value);
    for (const item of value) if (!isMap(item)) take(item, place, finding, depth + 1);
  } else if (isMap(value)) finding.containers.push(value);
  return finding;
}
