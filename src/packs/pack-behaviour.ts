import { createHash } from 'node:crypto';
import { type Behaviour, behaviourSchema } from '../core/behaviour.ts';
import { detectionOf } from '../core/detection/compile-detection.ts';
import { type Subject, subjectOfEvent } from '../core/detection/subject.ts';
import { hitsOf } from '../core/rules/correlated.ts';
import {
  type BehaviourDetection,
  compileBehaviourDetection,
  type DetectionContent,
  ofNoRules,
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
  /** Further sights of the world that move the proof, by name. */
  readonly signals: readonly Named[];
  /** The steps of the approved path, and the deed at its end. */
  readonly steps: readonly Named[];
  readonly end: BehaviourDetection | undefined;
  /** What is held against the history of its identity. */
  readonly usual: BehaviourDetection | undefined;
  readonly wanted: BehaviourDetection | undefined;
  readonly frameworks: readonly FrameworkReference[];
  /** Hash of all in it that judges an event, twelve hex digits: words, proof and ladder may change without it. */
  readonly judgedBy: string;
  readonly file: string;
  readonly lineOf: (path: readonly PropertyKey[]) => number;
};

export type Named = { readonly name: string; readonly detection: BehaviourDetection };

/** What the detections say of an event: the first that fits, in this order. */
export function judge(pack: PackBehaviour, event: unknown): Verdict {
  return judgeSubject(pack, subjectOfEvent(event));
}

/** `end`: it is held against the approved path or the history, which decide. `step`: of the approved path. */
export type Verdict = 'failed' | 'end' | 'fixed' | 'step' | 'opportunity' | 'nothing';

export function isCandidate(pack: PackBehaviour, subject: Subject): boolean {
  return (
    pack.end?.test(subject) === true ||
    pack.usual?.test(subject) === true ||
    pack.failed.correlated.some((one) => hitsOf(one, subject).length > 0)
  );
}

/** As `judge`, for an event that many behaviours are asked about: its fields are read once. */
export function judgeSubject(pack: PackBehaviour, subject: Subject): Verdict {
  if (pack.failed.test(subject)) return 'failed';
  if (isCandidate(pack, subject)) return 'end';
  if (pack.fixed?.test(subject) === true) return 'fixed';
  if (pack.signals.some(({ detection }) => detection.test(subject))) return 'fixed';
  if (pack.steps.some(({ detection }) => detection.test(subject))) return 'step';
  return pack.opportunity?.test(subject) === true ? 'opportunity' : 'nothing';
}

const never: BehaviourDetection = {
  ...detectionOf({ test: () => false, keys: [], cost: 0 }),
  ...ofNoRules,
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

    const compile = (
      block: Readonly<Record<string, unknown>> | undefined,
      path: readonly PropertyKey[],
    ): BehaviourDetection | undefined => {
      if (block === undefined) return undefined;
      const compiled = compileBehaviourDetection(block, content);
      if (compiled.kind === 'ok') return compiled;
      report([...path, ...compiled.path], `detection "${path.slice(1).join('.')}": ${compiled.reason}`);
      return never;
    };
    const { detection, signals = {}, path, baseline } = behaviour;
    for (const [index, step] of (path?.steps ?? []).entries()) {
      const isEarlier = path?.steps.slice(0, index).some(({ id }) => id === step.actorNot);
      if (step.actorNot !== undefined && isEarlier !== true)
        report(['path', 'steps', index], `"${step.actorNot}" is no earlier step of this path`);
    }
    const references = behaviour.mapping.flatMap((mapping, index) => {
      const resolved = resolveMapping(mapping, frameworks);
      if (typeof resolved !== 'string') return [resolved];
      report(['mapping', index], resolved);
      return [];
    });
    behaviours.set(behaviour.id, {
      behaviour,
      failed: compile(detection.failed, ['detection', 'failed']) ?? never,
      opportunity: compile(detection.opportunity, ['detection', 'opportunity']),
      fixed: compile(detection.fixed, ['detection', 'fixed']),
      wanted: compile(detection.wanted, ['detection', 'wanted']),
      signals: Object.entries(signals).map(([name, block]) => ({
        name,
        detection: compile(block, ['signals', name]) ?? never,
      })),
      steps: (path?.steps ?? []).map((step, index) => ({
        name: step.id,
        detection: compile(step.detection, ['path', 'steps', index, 'detection']) ?? never,
      })),
      end: compile(path?.end, ['path', 'end']),
      usual: compile(baseline?.of, ['baseline', 'of']),
      frameworks: references,
      judgedBy: hashOf(behaviour),
      file,
      lineOf,
    });
  }
  return behaviours;
}

function hashOf({ detection, signals, path, baseline, keys }: Behaviour): string {
  const text = JSON.stringify([detection, signals, path, baseline, keys]);
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
