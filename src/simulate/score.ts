import type { Outcome } from './outcome.ts';
import { type OwnerFigures, openOwnerCount } from './score-owners.ts';
import type { TrueCase, TrueFinding } from './truth.ts';

/** What is true, as it is written to files. */
export type TruthRows = { readonly cases: readonly TrueCase[]; readonly findings: readonly TrueFinding[] };

export type Score = {
  readonly owner: OwnerFigures;
  readonly dedupe: { readonly f1: number };
  /** Said to be fixed while it was not. */
  readonly falseFixes: number;
  /** The same words of the same case to the same recipient once more. */
  readonly toldTwice: number;
  /** Reported and in no loop, or alive for a week and nobody was ever told. */
  readonly lost: number;
  /** Owners of the cases of programs' identities alone, where there are any. */
  readonly casesOfPrograms?: { readonly n: number; readonly owner: OwnerFigures };
};

/** What the figures are made of, by name: for whoever looks for the cause. */
export type ScoreDetail = {
  readonly traces: Readonly<Record<string, { right: number; wrong: number; unknown: number }>>;
  readonly wrongOwners: readonly string[];
  readonly apart: readonly string[];
  readonly mixed: readonly string[];
  readonly falseFixes: readonly string[];
  readonly toldTwice: readonly string[];
  readonly lost: readonly string[];
};

type Pair = { readonly finding: string; readonly of: TrueCase; readonly loop: string | null };

const week = 7 * 24 * 3_600_000;

/** Judges what a run said by what was true. F1 is over pairs of findings. */
export function scoreRun(
  truth: TruthRows,
  outcome: Outcome,
  teamOf: (person: string) => string | undefined,
): { readonly score: Score; readonly detail: ScoreDetail } {
  const cases = new Map(truth.cases.map((one) => [one.id, one]));
  const caseOf = new Map(truth.findings.map((one) => [one.id, one.case]));
  const pairs = outcome.findings.flatMap(({ finding, loop }): readonly Pair[] => {
    const of = cases.get(caseOf.get(finding) ?? '');
    return of === undefined ? [] : [{ finding, of, loop }];
  });
  const inLoops = pairs.filter(({ loop }) => loop !== null);
  const caseOfLoop = new Map(inLoops.toReversed().map(({ loop, of }) => [loop ?? '', of]));
  const owners = scoreOwners(outcome, caseOfLoop, teamOf);
  const dedupe = scoreDedupe(inLoops);
  const falseFixes = findFalseFixes(outcome, caseOfLoop);
  const toldTwice = findToldTwice(outcome, caseOfLoop);
  const lost = findLost(outcome, pairs, caseOfLoop);
  return {
    score: {
      owner: owners.figures,
      dedupe: { f1: dedupe.f1 },
      falseFixes: falseFixes.length,
      toldTwice: toldTwice.length,
      lost: lost.length,
      ...(owners.ofPrograms.n === 0 ? {} : { casesOfPrograms: owners.ofPrograms }),
    },
    detail: {
      traces: owners.traces,
      wrongOwners: owners.wrong,
      apart: dedupe.apart,
      mixed: dedupe.mixed,
      falseFixes,
      toldTwice,
      lost,
    },
  };
}

function scoreOwners(
  outcome: Outcome,
  caseOfLoop: ReadonlyMap<string, TrueCase>,
  teamOf: (person: string) => string | undefined,
) {
  const traces: Record<string, { right: number; wrong: number; unknown: number }> = {};
  const wrong: string[] = [];
  const all = openOwnerCount(teamOf);
  const programs = openOwnerCount(teamOf);
  for (const { id, owner } of outcome.loops) {
    const of = caseOfLoop.get(id);
    // What a program did by itself has no owner to be found.
    if (of === undefined || !of.isMistake) continue;
    const verdict = all.judge(owner, of.owner);
    if (of.identity !== undefined) programs.judge(owner, of.owner);
    const trace = `${of.behaviour}: ${of.trace}`;
    traces[trace] ??= { right: 0, wrong: 0, unknown: 0 };
    traces[trace][verdict] += 1;
    if (verdict === 'wrong') wrong.push(`${of.id}: ${owner.id} instead of ${of.owner.id}`);
  }
  return {
    figures: all.figures(),
    ofPrograms: { n: programs.count(), owner: programs.figures() },
    traces,
    wrong,
  };
}

/** Pairs of findings of one case that stand in one loop, against those that should and those that do. */
function scoreDedupe(pairs: readonly Pair[]) {
  const count = (groups: Iterable<readonly unknown[]>) =>
    [...groups].reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0);
  const byCase = Map.groupBy(pairs, ({ of }) => of.id);
  const byLoop = Map.groupBy(pairs, ({ loop }) => loop);
  const both = count(Map.groupBy(pairs, ({ of, loop }) => `${of.id}\n${loop}`).values());
  const sum = count(byCase.values()) + count(byLoop.values());
  const differing = (groups: ReadonlyMap<unknown, readonly Pair[]>, by: (pair: Pair) => unknown) =>
    [...groups.values()].flatMap((some) =>
      new Set(some.map(by)).size > 1 ? [some.map(({ finding }) => finding).join(' + ')] : [],
    );
  return {
    f1: sum === 0 ? 1 : round((2 * both) / sum),
    apart: differing(byCase, ({ loop }) => loop),
    mixed: differing(byLoop, ({ of }) => of.id),
  };
}

function findFalseFixes(outcome: Outcome, caseOfLoop: ReadonlyMap<string, TrueCase>): readonly string[] {
  return outcome.loops.flatMap(({ id, verifiedAt }) => {
    const of = caseOfLoop.get(id);
    // What was nobody's mistake was never broken.
    if (of === undefined || !of.isMistake) return [];
    const mendedAt = of.mendedAt ?? Number.POSITIVE_INFINITY;
    return verifiedAt.some((at) => mendedAt > at) ? [of.id] : [];
  });
}

/** By the true case, so that one case in two loops is found too; of what was said only once, nothing. */
function findToldTwice(outcome: Outcome, caseOfLoop: ReadonlyMap<string, TrueCase>): readonly string[] {
  const said = new Set<string>();
  const twice: string[] = [];
  for (const { to, says } of outcome.messages) {
    for (const { loop, occasion } of says) {
      const of = caseOfLoop.get(loop)?.id ?? loop;
      const words = JSON.stringify([to.kind, to.id, of, occasion]);
      if (said.has(words)) twice.push(words);
      said.add(words);
    }
  }
  return twice;
}

function findLost(
  outcome: Outcome,
  pairs: readonly Pair[],
  caseOfLoop: ReadonlyMap<string, TrueCase>,
): readonly string[] {
  const nowhere = pairs.filter(({ loop }) => loop === null).map(({ finding }) => finding);
  const told = new Set(
    outcome.messages.flatMap(({ says }) => says.map(({ loop }) => caseOfLoop.get(loop)?.id ?? loop)),
  );
  const untold = new Set<string>();
  for (const { of } of pairs) {
    const isDue = of.isMistake && !of.isHistory && outcome.end - of.at > week;
    const isAlive = (of.mendedAt ?? outcome.end) - of.at > week;
    if (isDue && isAlive && !told.has(of.id)) untold.add(of.id);
  }
  return [...nowhere, ...untold];
}

const round = (value: number): number => Math.round(value * 10_000) / 10_000;
