import { dayMs } from '../../core/duration.ts';
import { readDocument } from '../../core/experiments/canonical.ts';
import { assignedUntil, endOf } from '../../core/experiments/check-document.ts';
import { windowDays } from '../../core/experiments/document.ts';
import type { Readout } from '../../core/experiments/evidence.ts';
import type { ExperimentArmRow, ExperimentRow, StoreWrite } from '../../ports/store.ts';
import { type LoopParts, loopPrincipal } from '../parts.ts';
import { gatherTrial, trialReadout } from './gather.ts';
import { endExperiment, written } from './register.ts';

/** Reports come late: after the last window this long. */
const lateMs = 7 * dayMs;

/**
 * Looks at every experiment of which something can still become known: notes first outcomes in the order of the ledger
 * and who left, latches what evidence reached, stops arms that do harm, ends what is over, and keeps what it saw for
 * whoever asks. After the last window nobody is followed any more: nothing leads to people from then on. Returns how many
 * it looked at.
 */
export async function lookAtExperiments(parts: LoopParts): Promise<number> {
  const now = parts.clock.now();
  const open = (await parts.store.read.experiments(loopPrincipal)).filter(
    ({ startedAt, forgottenAt }) => startedAt !== undefined && forgottenAt === undefined,
  );
  for (const { id } of open)
    await parts.store.transaction(async (tx) => {
      const row = await tx.lockExperiment(id);
      if (row !== undefined) await look(parts, tx, row, now);
    });
  return open.length;
}

function isFollowed(row: ExperimentRow, now: number): boolean {
  if (row.state === 'running') return true;
  const document = readDocument(row.document);
  if (document === undefined || row.endedAt === undefined || row.startedAt === undefined) return false;
  const lastAssigned = Math.min(row.endedAt, assignedUntil(document));
  return lastAssigned + windowDays(document) * dayMs + lateMs >= now;
}

async function look(parts: LoopParts, tx: StoreWrite, row: ExperimentRow, now: number): Promise<void> {
  if (row.forgottenAt !== undefined) return;
  const trial = await gatherTrial(parts, tx.read, loopPrincipal, row);
  if (trial === undefined) return;
  await tx.recordOutcomes(row.id, trial.outcomes);
  await tx.recordExits(row.id, trial.exits);
  const readout = trialReadout(trial);
  await tx.saveReadout({ experiment: row.id, at: now, readout });
  const known = new Map((await tx.read.experimentArms(loopPrincipal, row.id)).map((arm) => [arm.arm, arm]));
  const reached = reachedNow(row, readout, known, parts.clock.now());
  await tx.saveExperimentArms(reached);
  let current = row;
  for (const { arm, crossedLowerAt, crossedHigherAt, stoppedAt } of reached) {
    const comparison = readout.comparisons.find((one) => one.arm === arm);
    const body = {
      hash: row.hash,
      arm,
      code: comparison?.code ?? '',
      n: comparison?.n ?? 0,
      evidence: Math.round((comparison?.e ?? 0) * 100) / 100,
      crossed: crossedLowerAt !== undefined ? 'for' : crossedHigherAt !== undefined ? 'against' : '',
      stopped: stoppedAt !== undefined,
    };
    current = await written(parts, tx, current, {
      kind: stoppedAt === undefined ? 'experiment.decided' : 'experiment.arm-stopped',
      at: parts.clock.now(),
      body,
    });
  }
  if (current.state !== 'running') {
    if (!isFollowed(current, now)) await forget(parts, tx, current);
    return;
  }
  const reason = overBy(
    trial.document,
    readout,
    new Map([...known, ...reached.map((arm) => [arm.arm, arm] as const)]),
    parts.clock.now(),
  );
  if (reason !== undefined)
    await endExperiment(parts, tx, current, reason === 'harm' ? 'stopped' : 'ended', reason, 'foldback');
}

/** The salt goes, and with it every way from a pseudonym back to somebody. What aggregates need stays. */
async function forget(parts: LoopParts, tx: StoreWrite, row: ExperimentRow): Promise<void> {
  const at = parts.clock.now();
  const { salt: _salt, ...rest } = row;
  await tx.forgetUnits(row.id);
  await written(
    parts,
    tx,
    { ...rest, forgottenAt: at },
    { kind: 'experiment.forgotten', at, body: { hash: row.hash } },
  );
}

/** What arms reached for the first time at this look. */
function reachedNow(
  row: ExperimentRow,
  { comparisons }: Readout,
  known: ReadonlyMap<string, ExperimentArmRow>,
  now: number,
): readonly ExperimentArmRow[] {
  return comparisons.flatMap((comparison): readonly ExperimentArmRow[] => {
    const before = known.get(comparison.arm);
    const isFor = comparison.code === 'works' && before?.crossedLowerAt === undefined;
    const isAgainst =
      comparison.code === 'worse' && comparison.decidedAt !== null && before?.crossedHigherAt === undefined;
    const isStopped = comparison.stopsAssignment && before?.stoppedAt === undefined;
    if (!isFor && !isAgainst && !isStopped) return [];
    return [
      {
        experiment: row.id,
        arm: comparison.arm,
        ...(isFor ? { crossedLowerAt: comparison.decidedAt ?? now } : {}),
        ...(isAgainst ? { crossedHigherAt: comparison.decidedAt ?? now } : {}),
        ...(isStopped ? { stoppedAt: now } : {}),
      },
    ];
  });
}

function overBy(
  document: Parameters<typeof endOf>[0] & { readonly recurrencesMax: number },
  { comparisons }: Readout,
  arms: ReadonlyMap<string, ExperimentArmRow>,
  now: number,
): 'end-date' | 'recurrences' | 'harm' | undefined {
  if (now >= endOf(document)) return 'end-date';
  if (comparisons.every(({ arm }) => arms.get(arm)?.stoppedAt !== undefined)) return 'harm';
  return comparisons.every(({ n }) => n >= document.recurrencesMax) ? 'recurrences' : undefined;
}
