import { compileCondition, refuseAggregation } from './condition.ts';
import { fieldNames } from './field-names.ts';
import type { DetectionOptions } from './field-test.ts';
import { at, type Discriminator, type KeySet, type Node, Refusal, smallest } from './node.ts';
import { compileSelection } from './selection.ts';
import { type Subject, subjectOf } from './subject.ts';

/**
 * Compiles a Sigma detection (Sigma specification 2.1, rules, "Detection" and "Condition"; modifiers appendix 2.1)
 * into a predicate. Values are compared without case. What cannot be compiled is refused with a reason: a part that
 * is silently ignored would speak to the wrong people.
 */
export type Detection = {
  readonly kind: 'ok';
  /** Over a plain object with dotted paths. */
  readonly matches: (record: unknown) => boolean;
  readonly test: (subject: Subject) => boolean;
  /** A match needs at least one of these equalities: keys for an index. Empty: nothing can be said. */
  readonly discriminators: readonly Discriminator[];
  /** Every such set that is known, of which an index may choose. */
  readonly keySets: readonly KeySet[];
};
/** `path` leads from the block to the part that is refused. */
export type DetectionRefusal = {
  readonly kind: 'error';
  readonly reason: string;
  readonly path: readonly (string | number)[];
};
export type DetectionResult = Detection | DetectionRefusal;

export const selectionsMax = 200;

export function compileDetection(
  block: Readonly<Record<string, unknown>>,
  options: DetectionOptions = {},
): DetectionResult {
  try {
    return detectionOf(compileBlock(block, options));
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'error', reason: error.message, path: error.path };
    throw error;
  }
}

/** Throws a `Refusal`. */
export function compileBlock(block: Readonly<Record<string, unknown>>, options: DetectionOptions): Node {
  const context = { ...options, fields: options.fields ?? fieldNames() };
  const entries = Object.entries(block).filter(([name]) => name !== 'condition');
  if (entries.length > selectionsMax) throw new Refusal(`there are more than ${selectionsMax} selections`);
  at('condition', () => refuseAggregation(block.condition));
  const selections = new Map<string, Node>();
  for (const [name, selection] of entries) {
    selections.set(
      name,
      at(name, () => {
        if (name === 'timeframe') {
          throw new Refusal('"timeframe" is obsolete since Sigma 2: write a correlation with a timespan');
        }
        if (!/^[^\s()|*?]+$/u.test(name)) throw new Refusal(`"${name}" is not a name for a selection`);
        return compileSelection(name, selection, context);
      }),
    );
  }
  return at('condition', () => compileCondition(block.condition, selections));
}

export function detectionOf(node: Node): Detection {
  return {
    kind: 'ok',
    matches: (record) => node.test(subjectOf(record)),
    test: node.test,
    discriminators: smallest(node.keys) ?? [],
    keySets: node.keys,
  };
}
