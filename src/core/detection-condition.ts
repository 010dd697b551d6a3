import { and, type Node, not, or, Refusal } from './detection-node.ts';
import { globTest } from './detection-value.ts';

export const conditionCharactersMax = 2_000;
export const conditionDepthMax = 32;

/** Reads a Sigma condition: and, or, not, `1 of`, `all of`, brackets; `not` binds closest, then `and`. */
export function compileCondition(condition: unknown, selections: ReadonlyMap<string, Node>): Node {
  if (typeof condition !== 'string') throw new Refusal('the condition must be one line of text');
  if (condition.length > conditionCharactersMax) {
    throw new Refusal(`the condition is longer than ${conditionCharactersMax} characters`);
  }
  const tokens: readonly string[] = condition.match(/[()]|[^\s()]+/gu) ?? [];
  if (tokens.includes('|'))
    throw new Refusal('counting and other aggregations in the condition are not supported');
  let at = 0;
  const word = (): string | undefined => tokens[at]?.toLowerCase();

  const parseOr = (depth: number): Node => {
    if (depth > conditionDepthMax)
      throw new Refusal(`the condition is nested deeper than ${conditionDepthMax}`);
    const nodes = [parseAnd(depth)];
    while (word() === 'or') {
      at += 1;
      nodes.push(parseAnd(depth));
    }
    return nodes.length === 1 && nodes[0] !== undefined ? nodes[0] : or(nodes);
  };
  const parseAnd = (depth: number): Node => {
    const nodes = [parseNot(depth)];
    while (word() === 'and') {
      at += 1;
      nodes.push(parseNot(depth));
    }
    return nodes.length === 1 && nodes[0] !== undefined ? nodes[0] : and(nodes);
  };
  const parseNot = (depth: number): Node => {
    let isNegated = false;
    while (word() === 'not') {
      isNegated = !isNegated;
      at += 1;
    }
    const node = parseOne(depth);
    return isNegated ? not(node) : node;
  };
  const parseOne = (depth: number): Node => {
    const token = tokens[at];
    at += 1;
    if (token === undefined) throw new Refusal('the condition ends too early');
    if (token === '(') {
      const node = parseOr(depth + 1);
      if (tokens[at] !== ')') throw new Refusal('a bracket of the condition is not closed');
      at += 1;
      return node;
    }
    if (word() === 'of') return parseOf(token);
    const selection = selections.get(token);
    if (selection === undefined) throw new Refusal(`the condition names "${token}", which is no selection`);
    return selection;
  };
  const parseOf = (quantity: string): Node => {
    at += 1;
    const pattern = tokens[at] ?? '';
    at += 1;
    const isIncluded =
      pattern.toLowerCase() === 'them' ? (name: string) => !name.startsWith('_') : globTest(pattern);
    const nodes = [...selections].flatMap(([name, node]) => (isIncluded(name.toLowerCase()) ? [node] : []));
    if (nodes.length === 0) throw new Refusal(`"${quantity} of ${pattern}" fits no selection`);
    if (quantity.toLowerCase() === 'all') return and(nodes);
    if (quantity === '1' || quantity.toLowerCase() === 'any') return or(nodes);
    throw new Refusal(`"${quantity} of" is not supported; write "1 of" or "all of"`);
  };

  const node = parseOr(0);
  if (at < tokens.length) throw new Refusal(`the condition does not make sense at "${tokens[at]}"`);
  return node;
}
