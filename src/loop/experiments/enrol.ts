import { readDocument } from '../../core/experiments/canonical.ts';
import { assignedUntil } from '../../core/experiments/check-document.ts';
import { type ExperimentArm, type ExperimentDocument, variantOf } from '../../core/experiments/document.ts';
import { isShadowOccasion } from '../../core/loop/rollout.ts';
import { lanes } from '../../core/loop/wants.ts';
import { armAt } from '../../core/measures/experiment/allocation.ts';
import type { ExperimentArmRow, ExperimentUnitRow, LoopRow, StoreWrite, WantRow } from '../../ports/store.ts';
import { type LoopParts, loopPrincipal } from '../parts.ts';
import { severityOf, severityRank } from '../severity.ts';
import { drawnAs, type Pseudonyms, pseudonymsOf } from './pseudonyms.ts';

/** The words that an experiment gives to a want. */
export type Enrolled = { readonly experiment: string; readonly unit: string; readonly variant: string };

type Running = {
  readonly id: string;
  readonly document: ExperimentDocument;
  readonly arms: readonly ExperimentArmRow[];
  readonly nameOf: Pseudonyms;
};
type Candidate = {
  readonly want: WantRow;
  readonly running: Running;
  readonly loop: LoopRow;
  readonly unit: string;
  readonly drawnAs: string;
  readonly cluster?: string;
};

/**
 * Assigns whoever words fall due to, once for each experiment, in the transaction in which the words become messages.
 * What is assigned stays, whatever becomes of the experiment; the same unit gets the same arm in any order, as its arm
 * is a keyed hash of the two.
 */
export async function enrol(
  parts: LoopParts,
  tx: StoreWrite,
  due: readonly WantRow[],
  now: number,
): Promise<ReadonlyMap<WantRow, Enrolled>> {
  const running = (await tx.runningExperiments()).flatMap(({ row, arms }): readonly Running[] => {
    const document = readDocument(row.document);
    const nameOf = pseudonymsOf(parts, row);
    return document === undefined || nameOf === undefined ? [] : [{ id: row.id, document, arms, nameOf }];
  });
  if (running.length === 0) return new Map();
  const candidates = await candidatesOf(parts, tx, due, running);
  if (candidates.length === 0) return new Map();
  const pairs = candidates.map(({ running: { id }, unit }) => ({ experiment: id, unit }));
  const known = new Map((await tx.assignedUnits(pairs)).map((row) => [keyOf(row), row]));
  const fresh = new Map<string, ExperimentUnitRow>();
  for (const candidate of candidates) {
    const key = keyOf({ experiment: candidate.running.id, unit: candidate.unit });
    if (known.has(key) || fresh.has(key)) continue;
    const row = assign(parts, candidate, now);
    if (row !== undefined) fresh.set(key, row);
  }
  await tx.assignUnits([...fresh.values()]);
  return new Map(
    candidates.flatMap(({ want, running: { id, document }, unit, loop }) => {
      const key = keyOf({ experiment: id, unit });
      const row = known.get(key) ?? fresh.get(key);
      const arm = document.arms.find((one) => one.id === row?.arm);
      // What is grave later on is never held out, whoever it concerns.
      if (arm === undefined || (arm.holdOut === true && isGrave(parts, want, loop))) return [];
      return [[want, { experiment: id, unit, variant: variantOf(arm) }] as const];
    }),
  );
}

async function candidatesOf(
  parts: LoopParts,
  tx: StoreWrite,
  due: readonly WantRow[],
  running: readonly Running[],
): Promise<readonly Candidate[]> {
  const fitting = due.flatMap((want) => {
    // History enters no experiment, nor do words that nobody is told.
    if (want.lane === lanes.released || isShadowOccasion(want.occasion)) return [];
    const found = running.find(
      ({ document }) => document.behaviour === want.behaviour && document.moment === want.moment,
    );
    return found === undefined ? [] : [{ want, running: found }];
  });
  if (fitting.length === 0) return [];
  const ids = [...new Set(fitting.map(({ want }) => want.loop))];
  const loops = new Map((await tx.read.loopsByIds(loopPrincipal, ids)).map((row) => [row.id, row]));
  return fitting.flatMap(({ want, running: found }): readonly Candidate[] => {
    const loop = loops.get(want.loop);
    if (loop === undefined || !loop.facts.isLive) return [];
    const { unit } = found.document;
    const named = (id: string) => ({ unit: found.nameOf(unit, id), drawnAs: drawnAs(parts, unit, id) });
    if (unit === 'person') {
      // Somebody whom nobody knows cannot be followed.
      if (want.to.kind !== 'person' || loop.owner.id !== want.to.id) return [];
      if (parts.people.person(want.to.id)?.isActive !== true) return [];
      return [{ want, running: found, loop, ...named(want.to.id) }];
    }
    const cluster = unit === 'team' ? loop.team : loop.repository;
    if (cluster === undefined) return [];
    return [{ want, running: found, loop, cluster, ...named(cluster) }];
  });
}

function keyOf({ experiment, unit }: { readonly experiment: string; readonly unit: string }): string {
  return `${experiment} ${unit}`;
}

function isGrave(parts: LoopParts, want: WantRow, loop: LoopRow): boolean {
  const behaviour = parts.behaviours.get(loop.behaviour);
  if (behaviour === undefined || want.lane === lanes.urgent) return true;
  return severityOf(behaviour, loop.facts) >= severityRank.high;
}

/** Undefined for whom none is assigned any more, or from the start. */
function assign(
  parts: LoopParts,
  { running, unit, drawnAs: name, want, loop, cluster }: Candidate,
  now: number,
): ExperimentUnitRow | undefined {
  const { id, document, arms } = running;
  if (now >= assignedUntil(document)) return undefined;
  const isHeldOut = document.arms.some(({ holdOut }) => holdOut === true);
  if (isHeldOut && isGrave(parts, want, loop)) return undefined;
  const stopped = new Set(arms.flatMap(({ arm, stoppedAt }) => (stoppedAt === undefined ? [] : [arm])));
  const open = document.arms.filter((arm) => !stopped.has(arm.id));
  // With the usual arm alone there is nothing left to compare.
  if (open.length < 2) return undefined;
  const drawn = document.arms[armAt(parts.experiments.draw(id, name), sharesOf(document.arms))];
  // Whoever falls to an arm that was stopped is told as usual and counts nowhere; the others keep their proportions.
  if (drawn === undefined || stopped.has(drawn.id)) return undefined;
  const left = open.reduce((sum, { share }) => sum + share, 0);
  return {
    experiment: id,
    unit,
    arm: drawn.id,
    shares: document.arms.map((arm) => (stopped.has(arm.id) ? 0 : arm.share / left)),
    assignedAt: now,
    loop: loop.id,
    ...(loop.habit === undefined ? {} : { habit: loop.habit }),
    ...teamOf(cluster ?? (want.to.kind === 'person' ? parts.people.person(want.to.id)?.team : undefined)),
    taxonomy: `${document.behaviour}@${parts.behaviours.get(document.behaviour)?.version ?? 0}`,
  };
}

function teamOf(team: string | undefined): { readonly team?: string } {
  return team === undefined ? {} : { team };
}

function sharesOf(arms: readonly ExperimentArm[]): readonly number[] {
  return arms.map(({ share }) => share);
}
