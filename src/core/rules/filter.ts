import { compileBlock } from '../detection/compile-detection.ts';
import { fieldNames } from '../detection/field-names.ts';
import { and, at, Refusal } from '../detection/node.ts';
import {
  type Document,
  documentOf,
  mapIn,
  type RuleHead,
  type RuleRefusal,
  readHead,
  refused,
} from './document.ts';
import { type LogSource, readLogSource } from './log-source.ts';
import { type Rule, type RuleOptions, ruleOf } from './rule.ts';

/** A Sigma filter: what it selects is ANDed to the rules that it names (Sigma filters 2.0). */
export type Filter = RuleHead & {
  readonly kind: 'filter';
  readonly logsource: LogSource;
  /** Ids or names of rules. */
  readonly rules: readonly string[];
  readonly block: Document;
};

export const filterRulesMax = 10_000;

export function compileFilter(document: unknown, options: RuleOptions = {}): Filter | RuleRefusal {
  return refused(() => {
    const whole = documentOf(document);
    const head = readHead(whole, options);
    const logsource = at('logsource', () => readLogSource(whole.logsource));
    const { rules, ...block } = mapIn(whole, 'filter');
    if (!Array.isArray(rules) || rules.length === 0 || rules.length > filterRulesMax) {
      throw new Refusal('a filter names the rules that it belongs to', ['filter', 'rules']);
    }
    const names = rules.filter((rule): rule is string => typeof rule === 'string' && rule !== '');
    if (names.length < rules.length) throw new Refusal('rules are named by id or name', ['filter', 'rules']);
    at('filter', () => compileBlock(block, { ...options, fields: fieldNames() }));
    return { ...head, kind: 'filter', logsource, rules: names, block };
  });
}

/** The rule as the filter leaves it, or why the two do not go together. */
export function applyFilter(rule: Rule, filter: Filter, options: RuleOptions = {}): Rule | RuleRefusal {
  return refused(() => {
    for (const part of ['category', 'product', 'service'] as const) {
      const [wanted, given] = [filter.logsource[part], rule.logsource[part]];
      if (wanted !== undefined && given !== undefined && wanted !== given) {
        throw new Refusal(`the filter is about ${part} ${wanted}, and "${rule.title}" about ${given}`, [
          'logsource',
        ]);
      }
    }
    const targets = rule.targets.map((target) => ({
      ...target,
      node: and([
        target.node,
        at('filter', () => compileBlock(filter.block, { ...options, fields: target.fields })),
      ]),
    }));
    return ruleOf(rule, rule.logsource, targets);
  });
}
