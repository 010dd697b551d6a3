import { dayMs } from '../duration.ts';
import { riskFigure } from '../measures/describe/risk-figure.ts';
import { type ArmCheck, type Fault, findFaults } from '../measures/experiment/faults.ts';
import { runSplit } from '../measures/experiment/split-run.ts';
import { evidenceThreshold, judgeArm, openRiskGap } from '../measures/experiment/verdict.ts';
import type { Random } from '../measures/numeric/seeded-random.ts';
import { newcombe, type Share } from '../measures/rates/proportion.ts';
import type { Exit } from '../measures/survival/aalen-johansen.ts';
import { endOf } from './check-document.ts';
import { compareArms } from './cluster-readout.ts';
import { type ExperimentDocument, guardrails, windowDays } from './document.ts';
import type { ArmFigures, Comparison, Readout, TrialEvidence, TrialFunnel, TrialUnit } from './evidence.ts';

/** What reported so many outcomes, and none in one arm where chance would leave it out so rarely, was not live there. */
const seenInAllMin = 20;
const absentByChance = 0.001;

/**
 * What may be said of an experiment at this moment. The same evidence gives the same words, at every look; `random`
 * serves permutations and is seeded anew for each.
 */
export function readOut(
  document: ExperimentDocument,
  evidence: TrialEvidence,
  random: () => Random,
): Readout {
  const windowMs = windowDays(document) * dayMs;
  const [usual, ...others] = document.arms;
  const areWindowsClosed =
    evidence.units.length > 0 &&
    evidence.units.every(({ assignedAt }) => assignedAt + windowMs <= evidence.watchedUntil);
  const isPastEnd = evidence.now >= endOf(document);
  const arms = document.arms.map(({ id, share }) => armFigures(id, share, evidence, windowMs));
  const threshold = evidenceThreshold(document.arms.length);
  const comparisons = others.map((arm): Comparison => {
    const at = document.arms.indexOf(arm);
    // Whoever was assigned when nobody could come into this arm says nothing about it.
    const units = evidence.units.filter(
      (unit) => (unit.arm === arm.id || unit.arm === usual?.id) && (unit.shares[at] ?? 0) > 0,
    );
    const share = arm.share / (arm.share + (usual?.share ?? 0));
    const pair = { arm: arm.id, usual: usual?.id ?? '', share, units };
    const faults = faultsOf(pair, evidence, windowMs, random());
    if (document.unit !== 'person')
      return compareArms(pair, evidence, { faults, threshold, isPastEnd, windowMs, random: random() });
    const firsts = inOrder(units);
    const run = runSplit(
      firsts.map((unit) => unit.arm === arm.id),
      share,
      threshold,
    );
    const risks = {
      arm: arms.find((one) => one.arm === arm.id)?.risk,
      usual: arms.find((one) => one.arm === usual?.id)?.risk,
    };
    const verdict = judgeArm({
      run,
      share,
      faults,
      guardrails: document.guardrails.map((id) => ({
        id,
        harmIs: guardrails[id],
        run: runSplit(guardrailLabels(id, pair, evidence), share, threshold),
      })),
      eventsMax: document.recurrencesMax,
      isPastEnd,
      ...(risks.arm && risks.usual ? { risks: { arm: risks.arm.value, usual: risks.usual.value } } : {}),
    });
    const decisive = verdict.decidedAt === null ? undefined : firsts[verdict.decidedAt];
    return {
      ...verdict,
      arm: arm.id,
      threshold,
      decidedAt: decisive?.outcomeRecordedAt ?? null,
      gap: areWindowsClosed
        ? closedGap(units, pair, windowMs)
        : openGap(risks.usual?.value, verdict.riskRatio),
      isCheck:
        document.outcome === 'recurred' &&
        (verdict.code === 'works' || run.crossedHigherAt !== null) &&
        verdict.faults.length === 0 &&
        !isUpstream(pair, evidence.funnel),
      clusters: null,
    };
  });
  return { arms, comparisons, watchedUntil: evidence.watchedUntil, areWindowsClosed };
}

export type Pair = {
  readonly arm: string;
  readonly usual: string;
  readonly share: number;
  readonly units: readonly TrialUnit[];
};

/** Units with an outcome, in the order of the record. */
function inOrder(units: readonly TrialUnit[]): readonly TrialUnit[] {
  return units
    .filter(({ outcomeN }) => outcomeN !== undefined)
    .toSorted((a, b) => (a.outcomeN ?? 0) - (b.outcomeN ?? 0));
}

function guardrailLabels(id: string, pair: Pair, { guardrails: seen }: TrialEvidence): readonly boolean[] {
  const units = new Map(pair.units.map((unit) => [unit.unit, unit]));
  const counted = new Set<string>();
  return seen.flatMap((row) => {
    const unit = units.get(row.unit);
    if (row.id !== id || unit === undefined || row.at < unit.assignedAt || counted.has(row.unit)) return [];
    counted.add(row.unit);
    return [unit.arm === pair.arm];
  });
}

function armFigures(arm: string, share: number, evidence: TrialEvidence, windowMs: number): ArmFigures {
  const units = evidence.units.filter((unit) => unit.arm === arm);
  const ids = new Set(units.map(({ unit }) => unit));
  const funnel = evidence.funnel.filter(({ unit }) => ids.has(unit));
  const count = (step: Exclude<keyof TrialFunnel, 'unit'>) => funnel.filter((row) => row[step]).length;
  const risk = riskFigure(
    units.map((unit) => exitOf(unit, evidence, windowMs)),
    'recurred',
    windowMs,
  );
  return {
    arm,
    share,
    assigned: units.length,
    outcomes: units.filter(({ outcomeAt }) => outcomeAt !== undefined).length,
    exits: units.filter(hasLeft).length,
    due: count('due'),
    sent: count('sent'),
    delivered: count('delivered'),
    answered: count('answered'),
    verified: count('verified'),
    held: count('held'),
    ...opportunitiesOf(units, evidence),
    risk: risk.kind === 'risk' ? { value: risk.value, lower: risk.lower, upper: risk.upper } : null,
  };
}

function opportunitiesOf(
  units: readonly TrialUnit[],
  { opportunities, size }: TrialEvidence,
): Pick<ArmFigures, 'opportunities'> {
  if (opportunities.size === 0) return {};
  const n = units.reduce((sum, { unit }) => sum + (opportunities.get(unit) ?? 0), 0);
  return { opportunities: { n, people: units.reduce((sum, { unit }) => sum + size(unit), 0) } };
}

function hasLeft({ exitAt, outcomeAt }: TrialUnit): boolean {
  return exitAt !== undefined && (outcomeAt === undefined || exitAt < outcomeAt);
}

/** Followed from assignment to the outcome, to leaving, or to where nobody was listening any more. */
function exitOf(unit: TrialUnit, { watchedUntil }: TrialEvidence, windowMs: number): Exit {
  const { assignedAt, outcomeAt, exitAt } = unit;
  if (hasLeft(unit) && exitAt !== undefined) return { time: exitAt - assignedAt, cause: 'left' };
  if (outcomeAt !== undefined) return { time: outcomeAt - assignedAt, cause: 'recurred' };
  return { time: Math.max(0, Math.min(windowMs, watchedUntil - assignedAt)), cause: null };
}

function faultsOf(pair: Pair, evidence: TrialEvidence, windowMs: number, random: Random): readonly Fault[] {
  const funnel = new Map(evidence.funnel.map((row) => [row.unit, row]));
  const checkOf = (arm: string, share: number): ArmCheck => {
    const units = pair.units.filter((unit) => unit.arm === arm);
    const rows = units.flatMap(({ unit }) => funnel.get(unit) ?? []);
    const due = rows.filter((row) => row.due);
    return {
      arm,
      share,
      assigned: units.length,
      analysed: units.filter((unit) => (unit.exitAt ?? Number.POSITIVE_INFINITY) > unit.assignedAt + dayMs)
        .length,
      due: due.length,
      delivered: due.filter((row) => row.delivered).length,
      exits: units.filter((unit) => hasLeft(unit) && (unit.exitAt ?? 0) <= unit.assignedAt + windowMs).length,
      detectors: liveFor(pair, units, ({ outcomeDetector }) => outcomeDetector),
      sources: liveFor(pair, units, ({ outcomeSource }) => outcomeSource),
      opportunities: units.flatMap(({ unit }) => evidence.opportunities.get(unit) ?? []),
    };
  };
  return findFaults([checkOf(pair.usual, 1 - pair.share), checkOf(pair.arm, pair.share)], random);
}

/**
 * What reported outcomes, but for what is missing from this arm although chance would hardly leave it out: as an urn
 * without putting back, so that an arm with few outcomes is not taken for one that is watched less.
 */
function liveFor(
  pair: Pair,
  units: readonly TrialUnit[],
  idOf: (unit: TrialUnit) => string | undefined,
): readonly string[] {
  const counted = (of: readonly TrialUnit[]) => {
    const counts = new Map<string, number>();
    for (const unit of of) {
      const id = idOf(unit);
      if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    return counts;
  };
  const [all, own] = [counted(pair.units), counted(units)];
  const total = [...all.values()].reduce((sum, n) => sum + n, 0);
  const mine = [...own.values()].reduce((sum, n) => sum + n, 0);
  return [...all.keys()].filter((id) => {
    const n = all.get(id) ?? 0;
    return own.has(id) || n < seenInAllMin || absenceP(total, n, mine) > absentByChance;
  });
}

/** How probable it is that `drawn` of `total` hold none of `n`. */
function absenceP(total: number, n: number, drawn: number): number {
  let p = 1;
  for (let at = 0; at < drawn && p > 0; at += 1) p *= Math.max(0, total - n - at) / (total - at);
  return p;
}

function openGap(
  usualRisk: number | undefined,
  riskRatio: { readonly lower: number; readonly upper: number | null },
): Comparison['gap'] {
  if (usualRisk === undefined || riskRatio.upper === null) return null;
  const { lower, upper } = openRiskGap(usualRisk, { lower: riskRatio.lower, upper: riskRatio.upper });
  // A risk is between 0 and 1, whatever a ratio may be.
  return { kind: 'approximate', lower: Math.max(lower, usualRisk - 1), upper };
}

function closedGap(units: readonly TrialUnit[], pair: Pair, windowMs: number): Comparison['gap'] {
  const whole = units.filter((unit) => !hasLeft(unit) || (unit.exitAt ?? 0) > unit.assignedAt + windowMs);
  const shareOf = (arm: string): Share => {
    const own = whole.filter((unit) => unit.arm === arm);
    return { x: own.filter(({ outcomeAt }) => outcomeAt !== undefined).length, n: own.length };
  };
  const [one, other] = [shareOf(pair.usual), shareOf(pair.arm)];
  if (one.n === 0 || other.n === 0) return null;
  const { lower, upper } = newcombe(one, other);
  return { kind: 'closed', lower, upper };
}

/** Whether anything before the outcome differs too: answers, fixes. */
function isUpstream(pair: Pair, funnel: readonly TrialFunnel[]): boolean {
  const rows = new Map(funnel.map((row) => [row.unit, row]));
  return (['answered', 'verified', 'held'] as const).some((step) => {
    const shareOf = (arm: string): Share => {
      const own = pair.units.filter((unit) => unit.arm === arm);
      return { x: own.filter(({ unit }) => rows.get(unit)?.[step] === true).length, n: own.length };
    };
    const [one, other] = [shareOf(pair.arm), shareOf(pair.usual)];
    if (one.n === 0 || other.n === 0) return false;
    const { lower, upper } = newcombe(one, other);
    return lower > 0 || upper < 0;
  });
}
