import { type Dict, isDict, textOf } from '../../../lib/guards.ts';

export type Parameters = { readonly [name: string]: string | number | boolean | readonly string[] };

/** More than an event has ever had. */
const parametersMax = 100;
/** What people wrote: titles and subjects say nothing about who may do what. */
const words = /title|subject|snippet|body|query|_name_of_file/iu;

/**
 * Parameters by name: from the Reports API a list of `{name, value | intValue | boolValue | multiValue}`, from some
 * collectors an object already. What is nested is left out.
 */
export function parametersOf(value: unknown): Parameters {
  const found: Record<string, Parameters[string]> = {};
  const put = (name: string, given: unknown): void => {
    const plain = plainOf(given);
    if (plain === undefined || words.test(name) || name === '__proto__') return;
    found[name] = plain;
  };
  if (Array.isArray(value)) {
    for (const item of value.slice(0, parametersMax).filter(isDict)) {
      const name = textOf(item.name);
      if (name !== undefined) put(name.slice(0, 200), givenIn(item));
    }
  } else if (isDict(value)) {
    // In the order of their names: which of too many are read must not depend on the sender.
    for (const name of Object.keys(value).toSorted().slice(0, parametersMax))
      put(name.slice(0, 200), value[name]);
  }
  return found;
}

function givenIn(item: Dict): unknown {
  return item.value ?? item.intValue ?? item.boolValue ?? item.multiValue ?? item.multiIntValue;
}

function plainOf(value: unknown): Parameters[string] | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return value.slice(0, 500);
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (!Array.isArray(value)) return undefined;
  const texts = value.filter((item) => typeof item === 'string').map((item) => item.slice(0, 500));
  return texts.length === 0 ? undefined : texts.slice(0, 40);
}
