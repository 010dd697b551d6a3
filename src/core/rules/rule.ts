import { compileBlock } from '../detection/compile-detection.ts';
import { type FieldNames, fieldNames } from '../detection/field-names.ts';
import type { DetectionOptions } from '../detection/field-test.ts';
import { at, type Discriminator, type Node, smallest } from '../detection/node.ts';
import { isMap, subjectOfEvent } from '../detection/subject.ts';
import { documentOf, mapIn, type RuleHead, type RuleRefusal, readHead, refused } from './document.ts';
import { type LogKind, type LogSource, type LogSources, readLogSource } from './log-source.ts';

/** A Sigma rule, compiled once for every kind of log that it speaks of. */
export type Rule = RuleHead & {
  readonly kind: 'rule';
  readonly logsource: LogSource;
  /** Empty when no source brings logs of this kind: the rule is sound, and matches nothing here. */
  readonly targets: readonly RuleTarget[];
  /** Whether an event (`source`, `record`, normalised fields) fits; `compileRuleSet` asks many rules at once. */
  readonly matches: (event: unknown) => boolean;
  /** Equalities of which a match needs one, over all kinds of log; empty: nothing can be said. */
  readonly discriminators: readonly Discriminator[];
};

export type RuleTarget = {
  /** Undefined without a table of log sources: then any event is asked. */
  readonly log: LogKind | undefined;
  readonly fields: FieldNames;
  readonly node: Node;
};

export type RuleOptions = Omit<DetectionOptions, 'fields'> & {
  /** Which events belong to a logsource, and how its fields are named. Left out, any event and names as written. */
  readonly logSources?: LogSources | undefined;
  /** Licence of the rule set that the documents come from, as an SPDX id. */
  readonly license?: string | undefined;
};

/** Compiles a Sigma rule document (parsed YAML), or says why not and where. Never throws. */
export function compileRule(document: unknown, options: RuleOptions = {}): Rule | RuleRefusal {
  return refused(() => {
    const whole = documentOf(document);
    const head = readHead(whole, options.license);
    const logsource = at('logsource', () => readLogSource(whole.logsource));
    const detection = mapIn(whole, 'detection');
    const compile = (fields: FieldNames) =>
      at('detection', () => compileBlock(detection, { ...options, fields }));
    const kinds = options.logSources?.kindsOf(logsource);
    const targets = (kinds ?? [undefined]).map((log): RuleTarget => {
      const fields = log?.fields ?? fieldNames();
      return { log, fields, node: compile(fields) };
    });
    // Also a rule that no source feeds is checked.
    if (targets.length === 0) compile(fieldNames());
    return ruleOf(head, logsource, targets);
  });
}

export function ruleOf(head: RuleHead, logsource: LogSource, targets: readonly RuleTarget[]): Rule {
  const sets = targets.map(({ node }) => smallest(node.keys) ?? []);
  return {
    ...head,
    kind: 'rule',
    logsource,
    targets,
    matches: (event) => {
      const subject = subjectOfEvent(event);
      const source = isMap(event) ? event.source : undefined;
      return targets.some(
        ({ log, node }) =>
          (log?.source === undefined || log.source === source) &&
          log?.when?.test(subject) !== false &&
          node.test(subject),
      );
    },
    discriminators: sets.every((set) => set.length > 0) ? sets.flat() : [],
  };
}
