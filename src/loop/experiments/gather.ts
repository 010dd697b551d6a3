import { dayMs } from '../../core/duration.ts';
import { readDocument } from '../../core/experiments/canonical.ts';
import { type ExperimentDocument, windowDays } from '../../core/experiments/document.ts';
import type { Readout, TrialEvidence, TrialUnit } from '../../core/experiments/evidence.ts';
import { readOut } from '../../core/experiments/readout.ts';
import { seededRandom } from '../../core/measures/numeric/seeded-random.ts';
import type { Principal } from '../../ports/principal.ts';
import type {
  ExperimentRow,
  FollowedUnit,
  NewExit,
  NewOutcome,
  OutcomeAsk,
  StoreRead,
} from '../../ports/store.ts';
import { unitOfRepository } from '../exits.ts';
import type { LoopParts } from '../parts.ts';
import { type Pseudonyms, pseudonymsOf } from './pseudonyms.ts';

/** An experiment with all that is known of it now. */
export type Trial = {
  readonly row: ExperimentRow;
  readonly document: ExperimentDocument;
  readonly evidence: TrialEvidence;
  /** What is known and not written down yet. */
  readonly outcomes: readonly NewOutcome[];
  readonly exits: readonly NewExit[];
};

/** Reads what became of everybody, with what is not noted yet. Changes nothing. Undefined: of another time. */
export async function gatherTrial(
  parts: LoopParts,
  read: StoreRead,
  principal: Principal,
  row: ExperimentRow,
): Promise<Trial | undefined> {
  const document = readDocument(row.document);
  if (document === undefined) return undefined;
  const now = parts.clock.now();
  const nameOf = pseudonymsOf(parts, row);
  const since = row.startedAt ?? row.registeredAt;
  const watched = watchedUntil(await read.behaviourSources(principal, document.behaviour, since), since, now);
  const ask = askOf(parts, row, document, watched);
  const followed = await read.followedUnits(principal, row.id);
  const told = await toldExits(parts, read, principal, document, followed);
  // Whoever was out of sight by then is no outcome.
  const outcomes = (await read.newOutcomes(principal, ask)).filter(
    ({ unit, at }) => (told.get(unit)?.at ?? Number.POSITIVE_INFINITY) >= at,
  );
  const done = new Set(outcomes.map(({ unit }) => unit));
  const open = followed.filter(
    ({ unit, exitAt, outcomeAt }) => exitAt === undefined && outcomeAt === undefined && !done.has(unit),
  );
  const noticed =
    document.unit === 'person' && nameOf !== undefined
      ? noticedExits(parts, nameOf, open, now, windowDays(document) * dayMs)
      : [];
  const exits = [
    ...open.flatMap(({ unit }) => told.get(unit) ?? []),
    ...noticed.filter(({ unit }) => !told.has(unit)),
  ];
  const names = namesOf(parts, document, nameOf);
  return {
    row,
    document,
    outcomes,
    exits,
    evidence: {
      now,
      units: merged(followed, outcomes, exits),
      funnel: await read.experimentFunnel(principal, row.id, now),
      guardrails: await guardrailsOf(read, principal, row, document, nameOf),
      watchedUntil: watched,
      opportunities: await opportunitiesOf(read, principal, document, ask),
      cases: new Map(
        document.unit === 'person'
          ? []
          : (await read.clusterCases(principal, ask)).map(({ unit, n }) => [unit, n]),
      ),
      size: (unit) => names.get(unit) ?? 1,
    },
  };
}

export function trialReadout({ row, document, evidence }: Trial): Readout {
  return readOut(document, evidence, () => seededRandom(Number.parseInt(row.hash.slice(0, 12), 16)));
}

function askOf(
  parts: LoopParts,
  { id }: ExperimentRow,
  document: ExperimentDocument,
  watched: number,
): OutcomeAsk {
  return {
    experiment: id,
    behaviour: document.behaviour,
    outcome: document.outcome,
    unit: document.unit,
    windowMs: windowDays(document) * dayMs,
    watchedUntil: watched,
    selfReporting: parts.experiments.selfReporting,
  };
}

/** New outcomes go behind those that were recorded. */
function merged(
  followed: readonly FollowedUnit[],
  outcomes: readonly NewOutcome[],
  exits: readonly NewExit[],
): readonly TrialUnit[] {
  const last = followed.reduce((most, { outcomeN }) => Math.max(most, outcomeN ?? -1), -1);
  const fresh = new Map(
    outcomes.map((outcome, index) => [outcome.unit, { ...outcome, n: last + 1 + index }]),
  );
  const left = new Map(exits.map((exit) => [exit.unit, exit]));
  return followed.map((unit) => {
    const outcome = fresh.get(unit.unit);
    const exit = left.get(unit.unit);
    return {
      ...unit,
      ...(outcome === undefined
        ? {}
        : {
            outcomeAt: outcome.at,
            outcomeN: outcome.n,
            outcomeRecordedAt: outcome.recordedAt,
            ...(outcome.source === undefined ? {} : { outcomeSource: outcome.source }),
            ...(outcome.detector === undefined ? {} : { outcomeDetector: outcome.detector }),
          }),
      ...(exit === undefined ? {} : { exitAt: exit.at }),
    };
  });
}

const exitKinds = { left: 'left', moved: 'changed-role', gone: 'gone' } as const;

/** Exits as measures know them, with their own day: people, agents and workloads by their habit, repositories by name. */
async function toldExits(
  parts: LoopParts,
  read: StoreRead,
  principal: Principal,
  { unit: kind, window }: ExperimentDocument,
  followed: readonly FollowedUnit[],
): Promise<ReadonlyMap<string, NewExit>> {
  const measuredAs = ({ habit, team }: FollowedUnit): string | undefined => {
    if (kind === 'person') return habit;
    return kind === 'repository' && team !== undefined ? unitOfRepository(parts, team) : undefined;
  };
  const names = followed.flatMap((unit) => measuredAs(unit) ?? []);
  const known = Map.groupBy(await read.unitExits(principal, [...new Set(names)]), ({ unit }) => unit);
  return new Map(
    followed.flatMap((unit) => {
      const until = unit.assignedAt + windowDays({ window }) * dayMs;
      const all = known.get(measuredAs(unit) ?? '') ?? [];
      const first = all.find(({ at }) => at >= unit.assignedAt && at <= until);
      if (first === undefined) return [];
      return [[unit.unit, { unit: unit.unit, at: first.at, kind: exitKinds[first.reason] }] as const];
    }),
  );
}

/** Whoever left, or has another team by now, as the directory has it. Noticed, so it is dated, at this look. */
function noticedExits(
  parts: LoopParts,
  nameOf: Pseudonyms,
  open: readonly FollowedUnit[],
  now: number,
  windowMs: number,
): readonly NewExit[] {
  const people = parts.people.all();
  // A list that cannot be read says of nobody that they left.
  if (people.length === 0) return [];
  const known = new Map(people.map((person) => [nameOf('person', person.id), person]));
  return open.flatMap((unit): readonly NewExit[] => {
    // Whoever leaves after their window was followed to its end.
    if (unit.assignedAt + windowMs < now) return [];
    const person = known.get(unit.unit);
    if (person?.isActive !== true) return [{ unit: unit.unit, at: now, kind: 'left' }];
    return person.team === unit.team ? [] : [{ unit: unit.unit, at: now, kind: 'changed-role' }];
  });
}

/** The end of the last day on which any source of the behaviour spoke. */
function watchedUntil(sources: readonly { readonly last: string }[], since: number, now: number): number {
  const last = sources.reduce(
    (most, source) => Math.max(most, Date.parse(`${source.last}T00:00:00Z`) + dayMs),
    since,
  );
  return Math.min(now, last);
}

async function guardrailsOf(
  read: StoreRead,
  principal: Principal,
  row: ExperimentRow,
  document: ExperimentDocument,
  nameOf: Pseudonyms | undefined,
): Promise<TrialEvidence['guardrails']> {
  const wanted = document.guardrails;
  if (wanted.length === 0) return [];
  const answers = (await read.experimentAnswers(principal, row.id)).map(({ unit, answer, at }) => ({
    id: answer,
    unit,
    at,
  }));
  if (!wanted.includes('reports') || document.unit !== 'person' || nameOf === undefined) return answers;
  const since = row.startedAt ?? row.registeredAt;
  const reports = (await read.wantedBy(principal, document.behaviour, since)).map(({ owner, at }) => ({
    id: 'reports',
    unit: nameOf('person', owner),
    at,
  }));
  return [...answers, ...reports];
}

async function opportunitiesOf(
  read: StoreRead,
  principal: Principal,
  document: ExperimentDocument,
  ask: OutcomeAsk,
): Promise<ReadonlyMap<string, number>> {
  // They are counted by team: of people and repositories nobody knows how many each had.
  if (document.unit !== 'team') return new Map();
  return new Map((await read.clusterChances(principal, ask)).map(({ unit, n }) => [unit, n]));
}

/** Pseudonyms of teams with how many people they have. */
function namesOf(
  parts: LoopParts,
  document: ExperimentDocument,
  nameOf: Pseudonyms | undefined,
): ReadonlyMap<string, number> {
  if (document.unit !== 'team' || nameOf === undefined) return new Map();
  const sizes = new Map<string, number>();
  for (const { team, isActive } of parts.people.all()) {
    if (team === undefined || !isActive) continue;
    const unit = nameOf('team', team);
    sizes.set(unit, (sizes.get(unit) ?? 0) + 1);
  }
  return sizes;
}
