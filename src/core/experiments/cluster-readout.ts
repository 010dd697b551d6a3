import { dayMs } from '../duration.ts';
import { compareClusters } from '../measures/experiment/clusters.ts';
import { evidenceMin } from '../measures/experiment/split-test.ts';
import type { VerdictCode } from '../measures/experiment/verdict.ts';
import type { Random } from '../measures/numeric/seeded-random.ts';
import type { Comparison, Fault, TrialEvidence, TrialUnit } from './evidence.ts';
import type { Pair } from './readout.ts';

type Rules = {
  readonly faults: readonly Fault[];
  readonly threshold: number;
  readonly isPastEnd: boolean;
  readonly windowMs: number;
  readonly random: Random;
};

/**
 * Teams or repositories compared by their rates, one each. Nobody may look before the end: the permutation is a test of
 * one look, and a split test would be blind, as soon every team has one.
 */
export function compareArms(pair: Pair, evidence: TrialEvidence, rules: Rules): Comparison {
  // Nothing of the first day counts: what went out of sight on it was never seen.
  const partSeen = ({ assignedAt, exitAt }: TrialUnit) =>
    Math.min(
      1,
      ((exitAt ?? Number.POSITIVE_INFINITY) - assignedAt - dayMs) / Math.max(1, rules.windowMs - dayMs),
    );
  const whole = pair.units.filter(
    (unit) => unit.assignedAt + rules.windowMs <= evidence.watchedUntil && partSeen(unit) > 0,
  );
  const rate = (unit: TrialUnit) =>
    (evidence.cases.get(unit.unit) ?? 0) / Math.max(1, evidence.size(unit.unit)) / partSeen(unit);
  const ratesOf = (arm: string) => whole.filter((unit) => unit.arm === arm).map(rate);
  const [arm, usual] = [ratesOf(pair.arm), ratesOf(pair.usual)];
  const compared = rules.isPastEnd ? compareClusters(arm, usual, rules.random) : undefined;
  const found = compared?.kind === 'compared' ? compared : undefined;
  const level = 1 / rules.threshold;
  const isFound = found !== undefined && found.permutationP <= level;
  return {
    arm: pair.arm,
    code: codeOf(rules, compared?.kind, isFound, found?.value ?? 0),
    n: whole.reduce((sum, { unit }) => sum + (evidence.cases.get(unit) ?? 0), 0),
    e: null,
    p: found === undefined ? null : Math.min(1, found.permutationP * (rules.threshold / evidenceMin)),
    riskRatio: null,
    threshold: rules.threshold,
    detectable: null,
    decidedAt: null,
    stopsAssignment: false,
    faults: rules.faults,
    harmedGuardrails: [],
    isDrifting: false,
    gap: null,
    isCheck: false,
    clusters: {
      arm: arm.length,
      usual: usual.length,
      difference:
        found === undefined || !Number.isFinite(found.lower)
          ? null
          : { value: found.value, lower: found.lower, upper: found.upper },
    },
  };
}

function codeOf(
  { faults, isPastEnd }: Rules,
  kind: 'compared' | 'too-few-clusters' | undefined,
  isFound: boolean,
  difference: number,
): VerdictCode {
  if (faults.length > 0) return 'broken';
  if (!isPastEnd) return 'too-early';
  if (kind !== 'compared') return 'not-enough';
  if (!isFound) return 'cannot-tell';
  return difference < 0 ? 'works' : 'worse';
}
