import { compileCondition } from './detection-condition.ts';
import { and, type Discriminator, type Node, or, Refusal } from './detection-node.ts';
import { compileValue, type DetectionOptions, type ValueTest } from './detection-value.ts';

/**
 * Compiles a Sigma detection (Sigma specification 2.0, rules, "Detection" and "Condition") into a predicate over a
 * plain object with dotted paths. Values are compared without case. Supported: maps, lists of maps, `*` and `?`,
 * null, the modifiers contains, startswith, endswith, all, exists and re (when the caller brings a linear-time
 * matcher), and conditions with and, or, not, `1 of`, `all of` and brackets. Anything else is refused with a reason:
 * a part that is silently ignored would speak to the wrong people.
 */
export type Detection = {
  readonly kind: 'ok';
  readonly matches: (record: unknown) => boolean;
  /** A match needs at least one of these equalities: keys for an index. Empty: nothing can be said. */
  readonly discriminators: readonly Discriminator[];
};
export type DetectionResult = Detection | { readonly kind: 'error'; readonly reason: string };

export const selectionValuesMax = 10_000;

export function compileDetection(
  block: Readonly<Record<string, unknown>>,
  options: DetectionOptions = {},
): DetectionResult {
  try {
    const selections = new Map<string, Node>();
    for (const [name, selection] of Object.entries(block)) {
      if (name === 'condition') continue;
      if (!/^[A-Za-z_][\w-]*$/u.test(name)) throw new Refusal(`"${name}" is not a name for a selection`);
      selections.set(name, compileSelection(name, selection, options));
    }
    const node = compileCondition(block.condition, selections);
    return { kind: 'ok', matches: node.test, discriminators: node.needs };
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'error', reason: error.message };
    throw error;
  }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function compileSelection(name: string, selection: unknown, options: DetectionOptions): Node {
  if (isMap(selection)) {
    const fields = Object.entries(selection);
    if (fields.length === 0) throw new Refusal(`the selection "${name}" is empty`);
    return and(fields.map(([key, value]) => compileField(key, value, options)));
  }
  if (Array.isArray(selection) && selection.length > 0) {
    if (selection.every(isMap)) return or(selection.map((map) => compileSelection(name, map, options)));
    throw new Refusal(`the selection "${name}" is a list of words; name the field they stand in`);
  }
  throw new Refusal(`the selection "${name}" must be a map of fields or a list of such maps`);
}

function compileField(key: string, value: unknown, options: DetectionOptions): Node {
  const [field = '', ...modifiers] = key.split('|');
  if (field === '') throw new Refusal(`"${key}" has no field; words without a field are not supported`);
  const read = compilePath(field);
  const isAll = modifiers.includes('all');
  const kinds = modifiers.filter((modifier) => modifier !== 'all');
  const [kind] = kinds;
  if (kinds.length > 1) throw new Refusal(`"${key}" combines modifiers that do not go together`);
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (values.length === 0) throw new Refusal(`"${key}" lists no value`);
  if (values.length > selectionValuesMax) {
    throw new Refusal(`"${key}" lists more than ${selectionValuesMax} values`);
  }

  if (kind === 'exists') {
    if (values.length !== 1 || typeof values[0] !== 'boolean' || isAll) {
      throw new Refusal(`"${key}" takes true or false`);
    }
    const isWanted = values[0];
    return { test: (record) => read(record).some((found) => found !== undefined) === isWanted, needs: [] };
  }
  const tests = values.map((wanted) => compileValue(key, kind, wanted, options));
  const holds = (test: ValueTest, found: readonly unknown[]) => found.some((item) => test(item));
  const test = (record: unknown): boolean => {
    const found = read(record);
    return isAll ? tests.every((one) => holds(one, found)) : tests.some((one) => holds(one, found));
  };
  return { test, needs: kind === undefined ? equalities(field, values, isAll) : [] };
}

function equalities(field: string, values: readonly unknown[], isAll: boolean): readonly Discriminator[] {
  const plain = values.flatMap((value) =>
    value === null || value === '' || (typeof value === 'string' && /[*?\\]/u.test(value))
      ? []
      : [{ field, value: String(value).toLowerCase() }],
  );
  if (isAll) return plain.slice(0, 1);
  return plain.length === values.length ? plain : [];
}

/** All values at a dotted path; a list on the way stands for each of its members. Never more than own properties. */
function compilePath(field: string): (record: unknown) => readonly unknown[] {
  const names = field.split('.');
  if (names.some((name) => name === '')) {
    throw new Refusal(`"${field}" is not a field: a name is missing around a dot`);
  }
  return (record) => {
    let found: readonly unknown[] = [record];
    for (const name of names) {
      found = found.flatMap((value) =>
        isMap(value) && Object.hasOwn(value, name) ? spread(value[name]) : [],
      );
    }
    return found.length === 0 ? [undefined] : found;
  };
}

function spread(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value.length === 0 ? [] : value.flat()) : [value];
}
