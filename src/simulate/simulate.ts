import { type Effect, judgeEffects } from './effects.ts';
import { openStage } from './open-stage.ts';
import { makeOrganisation, type Organisation } from './organisation.ts';
import { type Outcome, readOutcome } from './outcome.ts';
import { openExport, readRun } from './run-files.ts';
import { playStory } from './run-story.ts';
import { type Score, type ScoreDetail, scoreRun, type TruthRows } from './score.ts';

export type SimulateOptions = {
  readonly seed: number;
  readonly days: number;
  readonly people: number;
  /** Where payloads, truth and outcome are written. */
  readonly exportTo?: string;
  readonly onDay?: (done: number) => void;
};

export type Simulated = {
  readonly score: Score;
  readonly detail: ScoreDetail;
  readonly effects: readonly Effect[];
  readonly organisation: Organisation;
  readonly truth: TruthRows;
  readonly outcome: Outcome;
};

/** A Monday: the same seed is the same story on any day. */
const storyStart = Date.UTC(2026, 0, 5);
const dayMs = 24 * 3_600_000;

/** Plays the story of an invented company to the real loop, on a clock of its own, and judges it by the truth. */
export async function simulate(options: SimulateOptions): Promise<Simulated> {
  const { seed, days, people } = options;
  const organisation = makeOrganisation(seed, people, days);
  const exporter =
    options.exportTo === undefined ? undefined : await openExport(options.exportTo, organisation);
  const stage = await openStage(seed, organisation, storyStart);
  try {
    const played = await playStory(stage, {
      seed,
      start: storyStart,
      days,
      organisation,
      ...(options.onDay === undefined ? {} : { onDay: options.onDay }),
      ...(exporter === undefined ? {} : { onDelivery: exporter.delivery }),
    });
    const outcome = await readOutcome(stage.parts, played, storyStart + days * dayMs);
    const truth = { cases: [...played.truth.cases.values()], findings: [...played.truth.findings.values()] };
    const teams = new Map(organisation.members.map(({ id, team }) => [id, team]));
    const effects = judgeEffects(seed, outcome);
    await exporter?.finish(truth, outcome, effects);
    const judged = scoreRun(truth, outcome, (person) => teams.get(person));
    return { ...judged, effects, organisation, truth, outcome };
  } finally {
    await stage.close();
  }
}

/** Judges a run by the files of its folder alone. Errors: `bad-request` for files that are missing or wrong. */
export async function scoreFolder(
  folder: string,
): Promise<{ readonly score: Score; readonly detail: ScoreDetail; readonly effects: readonly Effect[] }> {
  const { truth, outcome, effects, teamOf } = await readRun(folder);
  return { ...scoreRun(truth, outcome, teamOf), effects };
}
