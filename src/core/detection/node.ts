import type { Subject } from './subject.ts';

/** Parts shared by the compiler of Sigma detections: what one part decides, and how parts are joined. */

/** `field` equals `value`, compared without case. */
export type Discriminator = {
  /** As the rule writes it. */
  readonly field: string;
  /** Lower case. */
  readonly value: string;
};

/** One of these equalities holds in every record that matches. */
export type KeySet = readonly Discriminator[];

/** One compiled part. */
export type Node = {
  readonly test: (subject: Subject) => boolean;
  /** Each set for itself is something a match cannot do without: any of them serves an index. */
  readonly keys: readonly KeySet[];
  /** What a test costs, roughly: the cheap parts of an `and` are asked first. */
  readonly cost: number;
};

/** Leaves the recursive parts with a sentence for the writer; `compileDetection` turns it into a value. */
export class Refusal extends Error {
  readonly path: readonly (string | number)[];

  constructor(reason: string, path: readonly (string | number)[] = []) {
    super(reason);
    this.path = path;
  }
}

/** Adds where in the document a part stands to the reasons that leave it. */
export function at<Result>(step: string | number, compile: () => Result): Result {
  try {
    return compile();
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal(error.message, [step, ...error.path]);
    throw error;
  }
}

/** More alternatives make no better index. */
const keySetsMax = 16;

export function and(nodes: readonly Node[]): Node {
  const [only] = nodes;
  if (nodes.length === 1 && only !== undefined) return only;
  const tests = nodes.toSorted((one, other) => one.cost - other.cost).map((node) => node.test);
  return {
    test: (subject) => {
      for (const test of tests) if (!test(subject)) return false;
      return true;
    },
    keys: nodes.flatMap((node) => node.keys).slice(0, keySetsMax),
    cost: nodes.reduce((sum, node) => sum + node.cost, 0),
  };
}

export function or(nodes: readonly Node[]): Node {
  const [only] = nodes;
  if (nodes.length === 1 && only !== undefined) return only;
  const tests = nodes.toSorted((one, other) => one.cost - other.cost).map((node) => node.test);
  return {
    test: (subject) => {
      for (const test of tests) if (test(subject)) return true;
      return false;
    },
    keys: keysOfAny(nodes),
    cost: nodes.reduce((sum, node) => sum + node.cost, 0),
  };
}

export function not(node: Node): Node {
  return { test: (subject) => !node.test(subject), keys: [], cost: node.cost };
}

/** A set for each field that all nodes ask for, so that an index may choose; else one of the smallest of each. */
function keysOfAny(nodes: readonly Node[]): readonly KeySet[] {
  if (nodes.some((node) => node.keys.length === 0)) return [];
  const fields = new Set(nodes[0]?.keys.flatMap((set) => onlyField(set) ?? []));
  const joined: KeySet[] = [];
  for (const field of fields) {
    const sets = nodes.flatMap((node) => node.keys.filter((set) => onlyField(set) === field).slice(0, 1));
    if (sets.length === nodes.length) joined.push(sets.flat());
  }
  return joined.length > 0 ? joined : [nodes.flatMap((node) => smallest(node.keys) ?? [])];
}

function onlyField(set: KeySet): string | undefined {
  const field = set[0]?.field;
  return set.every((key) => key.field === field) ? field : undefined;
}

/** The set with the fewest equalities, the first of equals. */
export function smallest(sets: readonly KeySet[]): KeySet | undefined {
  return sets.toSorted((one, other) => one.length - other.length)[0];
}
