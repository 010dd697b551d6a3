import { compileBlock } from '../detection/compile-detection.ts';
import { type FieldNames, fieldNames } from '../detection/field-names.ts';
import type { DetectionOptions } from '../detection/field-test.ts';
import { and, at, type Discriminator, type Node, or, smallest } from '../detection/node.ts';
import { isMap, subjectOfEvent } from '../detection/subject.ts';
import {
  type Attribution,
  type Document,
  documentOf,
  mapIn,
  type RuleHead,
  type RuleRefusal,
  readHead,
  refused,
} from './document.ts';
import { type LogKind, type LogSource, type LogSources, readLogSource } from './log-source.ts';

/** A Sigma rule, compiled once for every kind of log that it speaks of. */
export type Rule = RuleHead & {
  readonly kind: 'rule';
  readonly logsource: LogSource;
  /** Empty when no source brings logs of this kind: the rule is sound, and matches nothing here. */
  readonly targets: readonly RuleTarget[];
  /** All targets together. */
  readonly node: Node;
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

export type RuleOptions = Omit<DetectionOptions, 'fields'> &
  Attribution & {
    /** Which events belong to a logsource, and how its fields are named. Left out, any event and names as written. */
    readonly logSources?: LogSources | undefined;
  };

/** Compiles a Sigma rule document (parsed YAML), or says why not and where. Never throws. */
export function compileRule(document: unknown, options: RuleOptions = {}): Rule | RuleRefusal {
  return refused(() => {
    const whole = documentOf(document);
    const head = readHead(whole, options);
    const logsource = at('logsource', () => readLogSource(whole.logsource));
    const detection = mapIn(whole, 'detection');
    return ruleOf(
      head,
      logsource,
      at('detection', () => compileTargets(detection, logsource, options)),
    );
  });
}

/** Compiles a detection for every kind of log that a logsource means. Throws a `Refusal`. */
export function compileTargets(
  detection: Document,
  logsource: LogSource,
  options: RuleOptions,
): readonly RuleTarget[] {
  const compile = (fields: FieldNames) => compileBlock(detection, { ...options, fields });
  const kinds = options.logSources?.kindsOf(logsource);
  // Also a rule that no source feeds is checked.
  if (kinds?.length === 0) compile(fieldNames());
  return (kinds ?? [undefined]).map((log) => {
    const fields = log?.fields ?? fieldNames();
    return { log, fields, node: compile(fields) };
  });
}

/** The detection of a target, for events of its kind of log only. */
export function targetNode({ log, node }: RuleTarget): Node {
  const parts: Node[] = [node];
  if (log?.when !== undefined) parts.push(log.when);
  const source = log?.source;
  if (source !== undefined) {
    parts.push({
      test: ({ event }) => isMap(event) && event.source === source,
      keys: [[{ field: 'event.source', value: source }]],
      cost: 0,
    });
  }
  return and(parts);
}

export function ruleOf(head: RuleHead, logsource: LogSource, targets: readonly RuleTarget[]): Rule {
  const node = or(targets.map(targetNode));
  const sets = targets.map(({ node }) => smallest(node.keys) ?? []);
  return {
    ...head,
    kind: 'rule',
    logsource,
    targets,
    node,
    matches: (event) => node.test(subjectOfEvent(event)),
    discriminators: sets.every((set) => set.length > 0) ? sets.flat() : [],
  };
}
