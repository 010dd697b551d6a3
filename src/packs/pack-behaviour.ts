import { type Behaviour, behaviourSchema } from '../core/behaviour.ts';
import { detectionOf } from '../core/detection/compile-detection.ts';
import { type Subject, subjectOfEvent } from '../core/detection/subject.ts';
import type { Rule } from '../core/rules/rule.ts';
import {
  type BehaviourDetection,
  compileBehaviourDetection,
  type DetectionContent,
} from './behaviour-detection.ts';
import { type Framework, type FrameworkReference, resolveMapping } from './framework-file.ts';
import type { PackFolder } from './pack-folder.ts';
import type { PackProblem } from './problem.ts';

/** A behaviour with its detections compiled and its mapping resolved. */
export type PackBehaviour = {
  readonly behaviour: Behaviour;
  readonly failed: BehaviourDetection;
  readonly opportunity: BehaviourDetection | undefined;
  readonly fixed: BehaviourDetection | undefined;
  readonly frameworks: readonly FrameworkReference[];
  readonly file: string;
  readonly lineOf: (path: readonly PropertyKey[]) => number;
};

/** What a detection says of an event: the first that fits, in this order. */
export function judge(pack: PackBehaviour, event: unknown): Verdict {
  return judgeSubject(pack, subjectOfEvent(event));
}

export type Verdict = 'failed' | 'opportunity' | 'fixed' | 'nothing';

/** As `judge`, for an event that many behaviours are asked about: its fields are read once. */
export function judgeSubject(pack: PackBehaviour, subject: Subject): Verdict {
  if (pack.failed.test(subject)) return 'failed';
  if (pack.opportunity?.test(subject) === true) return 'opportunity';
  return pack.fixed?.test(subject) === true ? 'fixed' : 'nothing';
}

/** The named rules by which an event failed: whoever builds on one names its author (Detection Rule License 1.1). */
export function rulesBehind(pack: PackBehaviour, event: unknown): readonly Rule[] {
  return pack.failed.rulesOf(subjectOfEvent(event));
}

const never: BehaviourDetection = {
  ...detectionOf({ test: () => false, keys: [], cost: 0 }),
  rulesOf: () => [],
};

export function readBehaviours(
  folder: PackFolder,
  frameworks: readonly Framework[],
  content: DetectionContent,
  problems: PackProblem[],
): ReadonlyMap<string, PackBehaviour> {
  const behaviours = new Map<string, PackBehaviour>();
  for (const { file, groups } of folder.matching(/^behaviours\/([^/]+)\.yaml$/u)) {
    const found = folder.yaml(file, behaviourSchema);
    if (found === undefined) continue;
    const { value: behaviour, lineOf } = found;
    const report = (path: readonly PropertyKey[], reason: string) =>
      problems.push({ file, line: lineOf(path), reason });
    if (behaviour.id !== groups[0])
      report(['id'], `by its id this file should be called ${behaviour.id}.yaml`);

    const compile = (name: 'failed' | 'opportunity' | 'fixed'): BehaviourDetection | undefined => {
      const block = behaviour.detection[name];
      if (block === undefined) return undefined;
      const compiled = compileBehaviourDetection(block, content);
      if (compiled.kind === 'ok') return compiled;
      report(['detection', name, ...compiled.path], `detection "${name}": ${compiled.reason}`);
      return never;
    };
    const references = behaviour.mapping.flatMap((mapping, index) => {
      const resolved = resolveMapping(mapping, frameworks);
      if (typeof resolved !== 'string') return [resolved];
      report(['mapping', index], resolved);
      return [];
    });
    behaviours.set(behaviour.id, {
      behaviour,
      failed: compile('failed') ?? never,
      opportunity: compile('opportunity'),
      fixed: compile('fixed'),
      frameworks: references,
      file,
      lineOf,
    });
  }
  return behaviours;
}
