/** Parts shared by the compiler of Sigma detections: what one part decides, and how parts are joined. */

export type Discriminator = { readonly field: string /** Lower case. */; readonly value: string };

/** One compiled part: what it decides, and the equalities it cannot do without. */
export type Node = { readonly test: (record: unknown) => boolean; readonly needs: readonly Discriminator[] };

/** Leaves the recursive parts with a sentence for the writer; `compileDetection` turns it into a value. */
export class Refusal extends Error {}

export function and(nodes: readonly Node[]): Node {
  const tests = nodes.map((node) => node.test);
  // Any one part's needs suffice; the fewest make the best index.
  const needs = nodes.map((node) => node.needs).filter((list) => list.length > 0);
  needs.sort((one, other) => one.length - other.length);
  return { test: (record) => tests.every((test) => test(record)), needs: needs[0] ?? [] };
}

export function or(nodes: readonly Node[]): Node {
  const tests = nodes.map((node) => node.test);
  const isIndexable = nodes.every((node) => node.needs.length > 0);
  return {
    test: (record) => tests.some((test) => test(record)),
    needs: isIndexable ? nodes.flatMap((node) => node.needs) : [],
  };
}

export function not(node: Node): Node {
  return { test: (record) => !node.test(record), needs: [] };
}
