import { and, at, type Node, not, or, Refusal } from './node.ts';
import { compilePattern, parsePattern } from './pattern.ts';

export const conditionCharactersMax = 2_000;
export const conditionDepthMax = 32;
export const conditionsMax = 100;

/**
 * Reads a Sigma condition: and, or, not, `1 of`, `all of`, brackets; `not` binds closest, then `and`. A list of
 * conditions is OR.
 */
export function compileCondition(condition: unknown, selections: ReadonlyMap<string, Node>): Node {
  if (!Array.isArray(condition)) return compileOne(condition, selections);
  if (condition.length === 0) throw new Refusal('the list of conditions is empty');
  if (condition.length > conditionsMax) throw new Refusal(`there are more than ${conditionsMax} conditions`);
  return or(condition.map((one: unknown, index) => at(index, () => compileOne(one, selections))));
}

function compileOne(condition: unknown, selections: ReadonlyMap<string, Node>): Node {
  if (typeof condition !== 'string') throw new Refusal('the condition must be one line of text');
  if (condition.length > conditionCharactersMax) {
    throw new Refusal(`the condition is longer than ${conditionCharactersMax} characters`);
  }
  const tokens: readonly string[] = condition.match(/[()]|[^\s()]+/gu) ?? [];
  let index = 0;
  const word = (): string | undefined => tokens[index]?.toLowerCase();

  const parseOr = (depth: number): Node => {
    if (depth > conditionDepthMax)
      throw new Refusal(`the condition is nested deeper than ${conditionDepthMax}`);
    const nodes = [parseAnd(depth)];
    while (word() === 'or') {
      index += 1;
      nodes.push(parseAnd(depth));
    }
    return or(nodes);
  };
  const parseAnd = (depth: number): Node => {
    const nodes = [parseNot(depth)];
    while (word() === 'and') {
      index += 1;
      nodes.push(parseNot(depth));
    }
    return and(nodes);
  };
  const parseNot = (depth: number): Node => {
    let isNegated = false;
    while (word() === 'not') {
      isNegated = !isNegated;
      index += 1;
    }
    const node = parseOne(depth);
    return isNegated ? not(node) : node;
  };
  const parseOne = (depth: number): Node => {
    const token = tokens[index];
    index += 1;
    if (token === undefined) throw new Refusal('the condition ends too early');
    if (token === '(') {
      const node = parseOr(depth + 1);
      if (tokens[index] !== ')') throw new Refusal('a bracket of the condition is not closed');
      index += 1;
      return node;
    }
    if (word() === 'of') return parseOf(token);
    const selection = selections.get(token);
    if (selection === undefined) throw new Refusal(`the condition names "${token}", which is no selection`);
    return selection;
  };
  const parseOf = (quantity: string): Node => {
    index += 1;
    const pattern = tokens[index] ?? '';
    index += 1;
    const isIncluded =
      pattern.toLowerCase() === 'them'
        ? (name: string) => !name.startsWith('_')
        : compilePattern(parsePattern(pattern), true).test;
    const nodes = [...selections].flatMap(([name, node]) => (isIncluded(name) ? [node] : []));
    if (nodes.length === 0) throw new Refusal(`"${quantity} of ${pattern}" fits no selection`);
    if (quantity.toLowerCase() === 'all') return and(nodes);
    if (quantity === '1' || quantity.toLowerCase() === 'any') return or(nodes);
    throw new Refusal(`"${quantity} of" is not supported; write "1 of" or "all of"`);
  };

  const node = parseOr(0);
  if (index < tokens.length) throw new Refusal(`the condition does not make sense at "${tokens[index]}"`);
  return node;
}

/** What Sigma 2 took out of conditions is named, never guessed. Before all else: it is why the rest looks odd. */
export function refuseAggregation(condition: unknown): void {
  const conditions: readonly unknown[] = Array.isArray(condition) ? condition : [condition];
  for (const one of conditions.slice(0, conditionsMax)) {
    if (typeof one !== 'string' || !one.includes('|')) continue;
    const [, operation = ''] = /\|\s{0,20}(\w{1,20})/u.exec(one) ?? [];
    const name = operation.toLowerCase() === 'near' ? '| near' : `| ${operation.toLowerCase()}()`;
    throw new Refusal(
      `"${name}" in a condition is obsolete since Sigma 2: write a correlation; aggregations are not supported`,
    );
  }
}
