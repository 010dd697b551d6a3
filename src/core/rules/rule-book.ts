import { isMap } from '../detection/subject.ts';
import { type Correlation, compileCorrelation } from './correlation.ts';
import type { Attribution, RuleRefusal } from './document.ts';
import { applyFilter, compileFilter, type Filter } from './filter.ts';
import { compileRule, type Rule, type RuleOptions } from './rule.ts';

/** Rules, filters and correlations that belong together, with every reference between them resolved. */
export type RuleBook = {
  /** Filters are applied. */
  readonly rules: readonly Rule[];
  /** Each after those that it names. */
  readonly correlations: readonly Correlation[];
  /** By id or name. A correlation that could not be linked is none. */
  readonly named: (name: string) => Rule | Correlation | undefined;
  /** Named by a correlation, and by none that says `generate: true`: it says nothing of its own. */
  readonly isSilent: (rule: Rule | Correlation) => boolean;
  /** What could not be compiled or linked; `document` is its position. All at once. */
  readonly refusals: readonly (RuleRefusal & { readonly document: number })[];
};

export type Compiled = Rule | Correlation | Filter;

/** Compiles one Sigma document of any kind. Never throws. */
export function compileDocument(document: unknown, options: RuleOptions = {}): Compiled | RuleRefusal {
  if (isMap(document) && document.correlation !== undefined) return compileCorrelation(document, options);
  if (isMap(document) && document.filter !== undefined) return compileFilter(document, options);
  return compileRule(document, options);
}

/** A document and the rule set that it comes from. */
export type RuleSource = Attribution & { readonly document: unknown };

/** Compiles documents that may name each other by id or name. Never throws. */
export function compileRules(sources: readonly RuleSource[], options: RuleOptions = {}): RuleBook {
  const refusals: (RuleRefusal & { document: number })[] = [];
  const refuse = (document: number, reason: string, path: readonly (string | number)[]): void => {
    refusals.push({ document, kind: 'error', reason, path });
  };
  const members = new Map<number, Rule | Correlation>();
  const byName = new Map<string, number>();
  const filters: { readonly document: number; readonly filter: Filter }[] = [];
  for (const [document, { document: written, license, origin }] of sources.entries()) {
    const compiled = compileDocument(written, {
      ...options,
      license: license ?? options.license,
      origin: origin ?? options.origin,
    });
    if (compiled.kind === 'error') refusals.push({ ...compiled, document });
    else if (compiled.kind === 'filter') filters.push({ document, filter: compiled });
    else {
      const names = [compiled.id, compiled.name].filter((name) => name !== undefined);
      const taken = names.find((name) => byName.has(name));
      if (taken !== undefined) {
        refuse(document, `another rule is called "${taken}"`, [taken === compiled.id ? 'id' : 'name']);
        continue;
      }
      for (const name of names) byName.set(name, document);
      members.set(document, compiled);
    }
  }
  for (const { document, filter } of filters) {
    for (const [index, name] of filter.rules.entries()) {
      const place = byName.get(name) ?? -1;
      const rule = members.get(place);
      if (rule?.kind !== 'rule') {
        refuse(document, `the filter names "${name}", which is no rule here`, ['filter', 'rules', index]);
        continue;
      }
      const filtered = applyFilter(rule, filter, options);
      if (filtered.kind === 'error') refuse(document, filtered.reason, filtered.path);
      else members.set(place, filtered);
    }
  }
  const correlations = linked(members, byName, refuse);
  const generating = new Map<Rule | Correlation, boolean>();
  const sound = new Set<Rule | Correlation>(correlations);
  const named = (name: string) => {
    const member = members.get(byName.get(name) ?? -1);
    return member?.kind === 'rule' || (member !== undefined && sound.has(member)) ? member : undefined;
  };
  for (const correlation of correlations) {
    for (const name of correlation.rules) {
      const rule = named(name);
      if (rule !== undefined) {
        generating.set(rule, correlation.isGenerating || (generating.get(rule) ?? false));
      }
    }
  }
  return {
    rules: [...members.values()].filter((member) => member.kind === 'rule'),
    correlations,
    named,
    isSilent: (rule) => generating.get(rule) === false,
    refusals: refusals.toSorted((one, other) => one.document - other.document),
  };
}

/** The correlations whose references all lead to something sound, each after what it names; the others are refused. */
function linked(
  members: ReadonlyMap<number, Rule | Correlation>,
  byName: ReadonlyMap<string, number>,
  refuse: (document: number, reason: string, path: readonly (string | number)[]) => void,
): readonly Correlation[] {
  const done = new Map<number, boolean>();
  const order: Correlation[] = [];
  const visit = (document: number, above: readonly number[]): boolean => {
    const member = members.get(document);
    if (member?.kind !== 'correlation') return member !== undefined;
    const known = done.get(document);
    if (known !== undefined) return known;
    const problem = member.rules
      .map((name, index) => ({ name, index, place: byName.get(name) }))
      .flatMap(({ name, index, place }) => {
        const path = ['correlation', 'rules', index];
        if (place === undefined) return [{ path, reason: `it names "${name}", which is no rule here` }];
        if (place === document || above.includes(place))
          return [{ path, reason: `it is based on itself by "${name}"` }];
        return visit(place, [...above, document])
          ? []
          : [{ path, reason: `it names "${name}", which cannot be used itself` }];
      })[0];
    if (problem !== undefined) refuse(document, problem.reason, problem.path);
    else order.push(member);
    done.set(document, problem === undefined);
    return problem === undefined;
  };
  for (const document of members.keys()) visit(document, []);
  return order;
}
