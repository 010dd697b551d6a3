import { compileDetection, type Detection, detectionOf } from '../core/detection/compile-detection.ts';
import type { DetectionOptions } from '../core/detection/field-test.ts';
import { at, type Node, or, Refusal } from '../core/detection/node.ts';
import { isMap, type Subject } from '../core/detection/subject.ts';
import type { Correlated } from '../core/rules/correlated.ts';
import type { Correlation } from '../core/rules/correlation.ts';
import { refused } from '../core/rules/document.ts';
import { type LogSources, readLogSource } from '../core/rules/log-source.ts';
import { compileTargets, type Rule, targetNode } from '../core/rules/rule.ts';
import type { RuleBook } from '../core/rules/rule-book.ts';

/** What the detections of behaviours are compiled with. */
export type DetectionContent = Pick<DetectionOptions, 'regex' | 'placeholders'> & {
  readonly logSources: LogSources;
  /** Rules that a detection may name instead of saying the same again. */
  readonly book: RuleBook;
};

export type BehaviourDetection = Detection & {
  /** The named rules that a subject fits: their authors are named in what is built on it. */
  readonly rulesOf: (subject: Subject) => readonly Rule[];
  /** Named correlations: over several events, so that one event alone never fits. */
  readonly correlated: readonly Correlated[];
};

type Refused = {
  readonly kind: 'error';
  readonly reason: string;
  readonly path: readonly (string | number)[];
};

/**
 * A detection of a behaviour: selections and a condition over `event.…`; with `logsource` also over the vendor's
 * records of that log source; or `rules`, ids or names of rules or
 * correlations of the pack, any of which may fit.
 */
export function compileBehaviourDetection(
  block: Readonly<Record<string, unknown>>,
  content: DetectionContent,
): BehaviourDetection | Refused {
  const { logsource, rules, ...detection } = block;
  if (rules !== undefined) return refused(() => namedRules(rules, Object.keys(block), content.book));
  if (logsource === undefined) {
    const compiled = compileDetection(detection, content);
    return compiled.kind === 'error' ? compiled : { ...compiled, ...ofNoRules };
  }
  return refused(() => {
    const source = at('logsource', () => readLogSource(logsource));
    const targets = compileTargets(detection, source, content);
    if (targets.length === 0) throw new Refusal('no source brings logs of this kind', ['logsource']);
    return { ...detectionOf(or(targets.map(targetNode))), ...ofNoRules };
  });
}

export const ofNoRules = { rulesOf: () => [], correlated: [] };

function namedRules(value: unknown, keys: readonly string[], book: RuleBook): BehaviourDetection {
  if (keys.length > 1) throw new Refusal('a detection has "rules" or selections, not both', ['rules']);
  if (!Array.isArray(value) || value.length === 0)
    throw new Refusal('"rules" is a list of ids or names', ['rules']);
  const rules: Rule[] = [];
  const correlated: Correlated[] = [];
  for (const [index, name] of value.entries()) {
    const found = typeof name === 'string' ? book.named(name) : undefined;
    const refuse = (reason: string) => new Refusal(reason, ['rules', index]);
    if (found === undefined)
      throw refuse(`"${isMap(name) ? '…' : String(name)}" is no rule or correlation of this pack`);
    if (found.kind === 'rule') rules.push(found);
    else correlated.push({ correlation: found, rules: rulesOfCorrelation(found, book, refuse) });
  }
  return {
    ...detectionOf(rules.length === 0 ? nothing : or(rules.map(({ node }) => node))),
    rulesOf: (subject) => rules.filter(({ node }) => node.test(subject)),
    correlated,
  };
}

/** No single event fits a correlation. */
const nothing: Node = { test: () => false, keys: [[]], cost: 0 };

function rulesOfCorrelation(
  correlation: Correlation,
  book: RuleBook,
  refuse: (reason: string) => Refusal,
): readonly Rule[] {
  return correlation.rules.map((name) => {
    const rule = book.named(name);
    if (rule?.kind === 'rule') return rule;
    throw refuse(
      `the correlation is based on another, "${name}": a behaviour names one that is based on rules`,
    );
  });
}
