import type { Random } from '../numeric/seeded-random.ts';
import { permutationP } from './clusters.ts';
import { type SampleRatio, sampleRatio } from './sample-ratio.ts';
import { splitLogE } from './split-test.ts';

/** What an arm looks like from outside of its outcome. All counts are of units. */
export type ArmCheck = {
  readonly arm: string;
  /** The arm's part of the allocation. */
  readonly share: number;
  readonly assigned: number;
  readonly analysed: number;
  /** Messages that fell due after the frequency cap, and those that a channel delivered. */
  readonly due: number;
  readonly delivered: number;
  /** Units that left: gone, changed role, retired, opted out. */
  readonly exits: number;
  /** Versions of detectors and ids of sources that were live for this arm at any time. */
  readonly detectors: readonly string[];
  readonly sources: readonly string[];
  /** One number a unit; empty where the behaviour counts none. */
  readonly opportunities: readonly number[];
};

/** Why no result is shown. Words live in packs. */
export type Fault =
  | { readonly code: 'sample-ratio'; readonly of: 'assigned' | 'analysed'; readonly p: number }
  | { readonly code: 'delivery'; readonly arm: string; readonly due: number; readonly delivered: number }
  | { readonly code: 'detector' | 'source'; readonly arm: string; readonly missing: readonly string[] }
  | { readonly code: 'opportunities'; readonly arm: string; readonly p: number }
  | { readonly code: 'exits'; readonly e: number };

const deliveredMin = 0.9;
const dueMin = 20;
const opportunitiesPMin = 0.001;
const exitsEvidenceMin = 100;

/**
 * What makes a comparison invalid: arms that are not as they were allotted, not reached, not watched alike, or that
 * people leave. The first arm is the usual one. `random` serves the permutation.
 */
export function findFaults(arms: readonly ArmCheck[], random: Random): readonly Fault[] {
  const allocation = arms.map(({ share }) => share);
  const exits = splitLogE(
    arms.map((arm) => arm.exits),
    allocation,
  );
  const seen = {
    detector: new Set(arms.flatMap(({ detectors }) => detectors)),
    source: new Set(arms.flatMap(({ sources }) => sources)),
  };
  const [usual, ...others] = arms;
  return [
    ...mismatch(
      'assigned',
      sampleRatio(
        arms.map(({ assigned }) => assigned),
        allocation,
      ),
    ),
    ...mismatch(
      'analysed',
      sampleRatio(
        arms.map(({ analysed }) => analysed),
        allocation,
      ),
    ),
    ...arms.flatMap(({ arm, due, delivered }) =>
      due >= dueMin && delivered / due < deliveredMin
        ? [{ code: 'delivery', arm, due, delivered } as const]
        : [],
    ),
    ...arms.flatMap((arm) => [
      ...unwatched('detector', arm.arm, seen.detector, arm.detectors),
      ...unwatched('source', arm.arm, seen.source, arm.sources),
    ]),
    ...others.flatMap((arm) => {
      if (usual === undefined || usual.opportunities.length === 0 || arm.opportunities.length === 0)
        return [];
      const p = permutationP(arm.opportunities, usual.opportunities, random);
      return p < opportunitiesPMin ? [{ code: 'opportunities', arm: arm.arm, p } as const] : [];
    }),
    ...(exits >= Math.log(exitsEvidenceMin) ? [{ code: 'exits', e: Math.exp(exits) } as const] : []),
  ];
}

function mismatch(of: 'assigned' | 'analysed', { isMismatch, p }: SampleRatio): readonly Fault[] {
  return isMismatch ? [{ code: 'sample-ratio', of, p }] : [];
}

function unwatched(
  code: 'detector' | 'source',
  arm: string,
  all: ReadonlySet<string>,
  own: readonly string[],
): readonly Fault[] {
  const missing = [...all].filter((id) => !own.includes(id)).sort();
  return missing.length > 0 ? [{ code, arm, missing }] : [];
}
