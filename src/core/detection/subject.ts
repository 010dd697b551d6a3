import { type ContainerTexts, readContainer } from './container-texts.ts';

/**
 * What a detection is asked about: the vendor's masked record, and the normalised event under `event.`. It remembers
 * what was read, so that many detections read a field once; it is made for one pass and must not change meanwhile.
 */
export type Subject = {
  readonly vendor: unknown;
  readonly event: unknown;
  readonly found: Map<FieldReader, Found>;
  containers: Map<unknown, ContainerTexts> | undefined;
};

/** What stands at a field. Members of lists count one by one. */
export type Found = {
  /** Whether the field is there, whatever its value. */
  readonly isPresent: boolean;
  /** Text, numbers, true and false, null. */
  readonly values: readonly unknown[];
  readonly texts: readonly string[];
  readonly lowerTexts: readonly string[];
  /** Maps and lists of them, to be searched as a whole. */
  readonly containers: readonly unknown[];
};

export type FieldReader = (subject: Subject) => Found;

/** A plain object with dotted paths: `event.…` is a path into it like any other. */
export function subjectOf(record: unknown): Subject {
  return {
    vendor: record,
    event: isMap(record) && Object.hasOwn(record, 'event') ? record.event : undefined,
    found: new Map(),
    containers: undefined,
  };
}

/** An event: its fields under `event.`, every other field in the vendor's record. */
export function subjectOfEvent(event: unknown): Subject {
  return {
    vendor: isMap(event) && Object.hasOwn(event, 'record') ? event.record : undefined,
    event,
    found: new Map(),
    containers: undefined,
  };
}

/** The texts of a map or list, made once. */
export function textsOfContainer(subject: Subject, container: unknown): ContainerTexts {
  subject.containers ??= new Map();
  const known = subject.containers.get(container);
  if (known !== undefined) return known;
  const made = readContainer(container);
  subject.containers.set(container, made);
  return made;
}

/** The event as a whole, for words that may stand anywhere in it. */
export const anywhere: FieldReader = (subject) => {
  const known = subject.found.get(anywhere);
  if (known !== undefined) return known;
  const found = { isPresent: true, values: [], texts: [], lowerTexts: [], containers: [subject.vendor] };
  subject.found.set(anywhere, found);
  return found;
};

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
