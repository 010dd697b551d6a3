import { compileField, type TestContext } from './field-test.ts';
import { and, at, type Node, or, Refusal } from './node.ts';
import { isMap } from './subject.ts';

export const selectionItemsMax = 10_000;

/**
 * A search of a detection: a map of fields (AND), a list of maps (OR), or words that stand anywhere in the event (OR;
 * under `'|all'` AND). Maps and words may stand in one list.
 */
export function compileSelection(name: string, selection: unknown, context: TestContext): Node {
  if (isMap(selection)) {
    const fields = Object.entries(selection);
    if (fields.length === 0) throw new Refusal(`the selection "${name}" is empty`);
    if (fields.length > selectionItemsMax) throw tooLong(name);
    return and(fields.map(([key, value]) => at(key, () => compileField(key, value, context))));
  }
  if (isWord(selection)) return compileField('', selection, context);
  if (!Array.isArray(selection)) {
    throw new Refusal(`the selection "${name}" must be a map of fields, a list of such maps, or words`);
  }
  if (selection.length === 0) throw new Refusal(`the selection "${name}" is empty`);
  if (selection.length > selectionItemsMax) throw tooLong(name);
  if (selection.every(isWord)) return compileField('', selection, context);
  return or(
    selection.map((item: unknown, index) =>
      at(index, () => {
        if (Array.isArray(item)) throw new Refusal(`the selection "${name}" has a list in a list`);
        return compileSelection(name, item, context);
      }),
    ),
  );
}

function isWord(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number';
}

function tooLong(name: string): Refusal {
  return new Refusal(`the selection "${name}" has more than ${selectionItemsMax} items`);
}
