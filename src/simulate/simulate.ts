import type { Store } from '../ports/store.ts';
import type { Circumstance } from './circumstances.ts';
import { type ControlOutcome, readControls } from './controls.ts';
import { campaignTimes } from './deeds.ts';
import { type Effect, effectsOf, type ReadTrial, readTrial } from './effects.ts';
import { makeIdentities } from './identities.ts';
import { type IdentityFigures, scoreIdentities } from './identity-owners.ts';
import { openStage } from './open-stage.ts';
import { makeOrganisation, type Organisation } from './organisation.ts';
import { type Outcome, readOutcome } from './outcome.ts';
import { openExport, readRun } from './run-files.ts';
import { playStory } from './run-story.ts';
import { type Score, type ScoreDetail, scoreRun, type TruthRows } from './score.ts';
import { plantedSetups } from './setups.ts';
import { startTrial, trialWindowMs } from './trial.ts';
import type { Trial } from './true-effects.ts';
import { allWords, type PlantedWords } from './words.ts';

export type SimulateOptions = {
  readonly seed: number;
  readonly days: number;
  readonly people: number;
  /** Keys, roles, accounts, pipelines and agents for each person; none unless given. */
  readonly identitiesPerPerson?: number;
  /** Where payloads, truth and outcome are written. */
  readonly exportTo?: string;
  /** Which words are tried out, the usual ones first; all planted ones unless given. */
  readonly words?: readonly PlantedWords[];
  /** Nothing happens but practice mails: for experiments on them in large companies. */
  readonly isMailsOnly?: boolean;
  /** What goes wrong from the middle of the story on. */
  readonly circumstances?: readonly Circumstance[];
  /** An empty store; one in memory unless given. It is closed at the end. */
  readonly openStore?: () => Promise<Store>;
  readonly onDay?: (done: number) => void;
};

export type Simulated = ReadTrial & {
  readonly score: Score;
  readonly detail: ScoreDetail;
  readonly effects: readonly Effect[];
  /** In the order in which they were proposed. */
  readonly controls: readonly ControlOutcome[];
  /** Where the company has identities of programs. */
  readonly identities?: IdentityFigures;
  readonly trial: Trial;
  readonly organisation: Organisation;
  readonly truth: TruthRows;
  readonly outcome: Outcome;
};

/** A Monday: the same seed is the same story on any day. */
const storyStart = Date.UTC(2026, 0, 5);
const dayMs = 24 * 3_600_000;

/** Plays the story of an invented company to the real loop, on a clock of its own, and judges it by the truth. */
export async function simulate(options: SimulateOptions): Promise<Simulated> {
  const { seed, days, people, circumstances = [], words = allWords } = options;
  const end = storyStart + days * dayMs;
  const company = makeOrganisation(seed, people, days);
  const identities = makeIdentities(seed, company, options.identitiesPerPerson ?? 0);
  const organisation = { ...company, identities };
  const exporter =
    options.exportTo === undefined ? undefined : await openExport(options.exportTo, organisation);
  const stage = await openStage(organisation, {
    seed,
    start: storyStart,
    days,
    circumstances,
    ...(options.openStore === undefined ? {} : { openStore: options.openStore }),
  });
  try {
    const [duty] = organisation.members;
    await startTrial(stage.parts, duty?.email ?? '', end, words);
    const played = await playStory(stage, {
      seed,
      start: storyStart,
      days,
      organisation,
      circumstances,
      setups: options.isMailsOnly === true ? [] : plantedSetups(organisation),
      ...(options.isMailsOnly === true ? { isMailsOnly: true } : {}),
      ...(options.onDay === undefined ? {} : { onDay: options.onDay }),
      ...(exporter === undefined ? {} : { onDelivery: exporter.delivery }),
    });
    const outcome = await readOutcome(stage.parts, played, end);
    const truth = { cases: [...played.truth.cases.values()], findings: [...played.truth.findings.values()] };
    const teams = new Map(organisation.members.map(({ id, team }) => [id, team]));
    const trial = {
      seed,
      members: organisation.members,
      campaigns: campaignTimes(storyStart, days),
      windowMs: trialWindowMs,
    };
    const seen = await readTrial(stage.parts);
    const effects = effectsOf(seen, trial);
    const controls = await readControls(stage.parts, played.setups);
    const teamOf = (person: string) => teams.get(person);
    const hasLeft = (person: string) => stage.parts.people.person(person)?.isActive === false;
    const programs =
      identities.length === 0
        ? {}
        : { identities: scoreIdentities(stage.parts, identities, people, teamOf, hasLeft) };
    await exporter?.finish(truth, outcome, { effects, controls, ...programs });
    const judged = scoreRun(truth, outcome, teamOf);
    return { ...judged, ...seen, effects, controls, ...programs, trial, organisation, truth, outcome };
  } finally {
    await stage.close();
  }
}

/** Judges a run by the files of its folder alone. Errors: `bad-request` for files that are missing or wrong. */
export async function scoreFolder(
  folder: string,
): Promise<Pick<Simulated, 'score' | 'detail' | 'effects' | 'controls' | 'identities'>> {
  const { truth, outcome, teamOf, ...measured } = await readRun(folder);
  return { ...scoreRun(truth, outcome, teamOf), ...measured };
}
