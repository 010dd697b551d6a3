import { documentJson } from '../core/experiments/canonical.ts';
import type { ExperimentDocument } from '../core/experiments/document.ts';
import { runSplit } from '../core/measures/experiment/split-run.ts';
import { evidenceThreshold } from '../core/measures/experiment/verdict.ts';
import { registerExperiment, startExperiment } from '../loop/experiments/register.ts';
import type { LoopParts } from '../loop/parts.ts';
import type { ExperimentArmRow, ExperimentRow } from '../ports/store.ts';
import type { ArchivedExperiment } from './archive.ts';
import { triedBehaviour, triedMoment } from './words.ts';
import { day } from './world.ts';

const by = { id: 'demonstration', name: 'The demonstration' };
const dateOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** The experiment that the company of the demonstration runs: of forty people it is too early to tell, and stays so. */
export async function startDemoExperiment(
  parts: LoopParts,
  registeredBy: string,
  end: number,
): Promise<void> {
  const document: ExperimentDocument = {
    id: 'check-before-commit',
    title: 'Name a check before each commit, not a vault',
    hypothesis: 'Whoever is pointed to a check before each commit commits fewer secrets afterwards.',
    behaviour: 'secret-in-repository',
    moment: 'told',
    unit: 'person',
    arms: [
      { id: 'usual', share: 0.5, message: 'usual' },
      { id: 'check-first', share: 0.5, message: 'check-first' },
    ],
    outcome: 'recurred',
    window: '60d',
    smallestEffect: 0.8,
    recurrencesMax: 1_000,
    endsOn: dateOf(end + 120 * day),
    guardrails: ['wrong', 'need-help'],
    registeredBy,
  };
  const registered = await registerExperiment(parts, document, by);
  const started = await startExperiment(parts, document.id, by, true);
  if (registered.kind !== 'registered' || started.kind !== 'started')
    throw new Error(`the experiment was refused: ${JSON.stringify([registered, started])}`);
}

export const archivedId = 'archived-practice-mails';

/**
 * Puts a finished experiment of a simulation beside what the company runs. Its title says what it is. It is written as
 * it was recorded, since its words are in no pack here.
 */
export async function loadArchive(
  parts: LoopParts,
  archive: ArchivedExperiment,
  registeredBy: string,
  endedAt: number,
): Promise<void> {
  const start = endedAt - archive.days * day;
  const share = 1 / archive.arms.length;
  const document: ExperimentDocument = {
    id: archivedId,
    title: `Archived simulation of ${archive.people.toLocaleString('en')} people: other words after a click`,
    hypothesis: 'Other words after a click on a practice mail change how often the same person clicks again.',
    behaviour: triedBehaviour,
    moment: triedMoment,
    unit: 'person',
    arms: archive.arms.map((id) => ({ id, share, message: id })),
    outcome: 'recurred',
    window: '60d',
    smallestEffect: 0.8,
    recurrencesMax: 100_000,
    endsOn: dateOf(endedAt),
    guardrails: [],
    registeredBy,
  };
  const json = documentJson(document);
  const { text, hash } = parts.experiments.seal(json);
  const chain = parts.idOf(['experiment', archivedId]);
  const first = parts.appendLedger({ id: chain, seq: 0, head: '' }, [
    {
      kind: 'experiment.archived',
      at: endedAt,
      body: { document: json, hash, command: archive.command },
      personal: ['/document/registeredBy'],
    },
  ]);
  const atMinute = (minutes: number) => start + minutes * 60_000;
  const rows = archive.units.map(([arm, assigned, happened, recorded], index) => ({
    unit: parts.idOf(['archived unit', String(index)]),
    arm: archive.arms[arm] ?? '',
    shares: sharesAt(archive, assigned),
    assignedAt: atMinute(assigned),
    outcome:
      happened === null || recorded === null
        ? undefined
        : { at: atMinute(happened), recordedAt: atMinute(recorded) },
  }));
  const row: ExperimentRow = {
    id: archivedId,
    state: 'ended',
    behaviour: triedBehaviour,
    moment: triedMoment,
    document: text,
    hash,
    registeredAt: start,
    registeredBy: by.id,
    registeredByName: by.name,
    startedAt: start,
    startedByName: by.name,
    endedAt,
    endReason: 'end-date',
    chain,
    seq: first.seq,
    head: first.head,
  };
  await parts.store.transaction(async (tx) => {
    if (!(await tx.insertExperiment(row))) return;
    // What is new is stored as registered; that it ran and ended is written over it.
    await tx.saveExperiment(row);
    await tx.appendLedger(first.entries, first.personal);
    await tx.assignUnits(
      rows.map(({ unit, arm, shares, assignedAt }) => ({
        experiment: archivedId,
        unit,
        arm,
        shares,
        assignedAt,
        loop: parts.idOf(['archived case', unit]),
        taxonomy: `${triedBehaviour}@1`,
      })),
    );
    const outcomes = rows.flatMap(({ unit, outcome }) =>
      outcome === undefined ? [] : [{ unit, ...outcome }],
    );
    await tx.recordOutcomes(archivedId, outcomes);
    await tx.saveExperimentArms(
      archive.arms.slice(1).map((arm, at) => {
        const minute = archive.stopped.find(([stopped]) => stopped === at + 1)?.[1];
        return crossings(archive, rows, arm, minute === undefined ? undefined : atMinute(minute));
      }),
    );
  });
}

/** What the allocation was at a minute: nobody comes into an arm any more that was stopped before. */
function sharesAt({ arms, stopped }: ArchivedExperiment, minute: number): readonly number[] {
  const isOpen = (arm: number) => !stopped.some(([one, at]) => one === arm && at < minute);
  const open = arms.filter((_, arm) => isOpen(arm)).length;
  return arms.map((_, arm) => (isOpen(arm) ? 1 / open : 0));
}

/** When the evidence reached its threshold, as it would have been seen then. */
function crossings(
  archive: ArchivedExperiment,
  rows: readonly { readonly arm: string; readonly outcome: { readonly recordedAt: number } | undefined }[],
  arm: string,
  stopped: number | undefined,
): ExperimentArmRow {
  const firsts = rows.flatMap(({ arm: own, outcome }) =>
    outcome !== undefined && (own === arm || own === archive.arms[0])
      ? [{ isArm: own === arm, outcome }]
      : [],
  );
  const run = runSplit(
    firsts.map(({ isArm }) => isArm),
    0.5,
    evidenceThreshold(archive.arms.length),
  );
  const timeOf = (at: number | null) => (at === null ? undefined : firsts[at]?.outcome.recordedAt);
  const [lower, higher] = [timeOf(run.crossedLowerAt), timeOf(run.crossedHigherAt)];
  return {
    experiment: archivedId,
    arm,
    ...(lower === undefined ? {} : { crossedLowerAt: lower }),
    ...(higher === undefined ? {} : { crossedHigherAt: higher }),
    ...(stopped === undefined ? {} : { stoppedAt: stopped }),
  };
}
