import { equivalenceMargin } from '../../src/core/measures/experiment/equivalence.ts';
import { runSplit } from '../../src/core/measures/experiment/split-run.ts';
import { splitRiskRatio } from '../../src/core/measures/experiment/split-test.ts';
import { judgeArm, type VerdictCode } from '../../src/core/measures/experiment/verdict.ts';
import { type Random, seededRandom } from '../../src/core/measures/numeric/seeded-random.ts';
import { clusteredRate } from '../../src/core/measures/rates/clustered-rate.ts';
import { poissonRate } from '../../src/core/measures/rates/poisson-rate.ts';
import { clopperPearson, newcombe, wilson } from '../../src/core/measures/rates/proportion.ts';
import { rateRatio } from '../../src/core/measures/rates/rate-ratio.ts';
import { sumUnits } from '../../src/core/measures/rates/unit-sums.ts';
import { aalenJohansen } from '../../src/core/measures/survival/aalen-johansen.ts';
import { kaplanMeier, stepAt } from '../../src/core/measures/survival/kaplan-meier.ts';
import { meanCumulative } from '../../src/core/measures/survival/mean-cumulative.ts';
import { between, binomial, exponential, gamma, poisson } from './coverage-draws.ts';
import {
  makeOrganisation,
  type Organisation,
  type Participant,
  windowDays,
} from './coverage-organisation.ts';
import { holds, openTallies, type Tallies, type Tally } from './tallies.ts';

/** What is held against a promise: an interval at one look, one that must not be missed too often, or a verdict. */
export const promises = {
  wilson: 'around',
  newcombe: 'around',
  'kaplan-meier': 'around',
  'aalen-johansen': 'around',
  'mean-cumulative': 'around',
  'between-units': 'around',
  'clopper-pearson': 'at-least',
  poisson: 'at-least',
  'rate-ratio': 'at-least',
  'confidence-sequence': 'at-least',
  verdict: 'at-least',
  'verdict-no-effect': 'at-least',
} as const;
export type Promised = keyof typeof promises;

export type Coverage = {
  readonly tallies: Tallies<Promised>;
  /** Organisations without an effect in which the usual test, looked at after every event, would have found one. */
  readonly peeked: Tally;
  readonly verdicts: ReadonlyMap<VerdictCode, number>;
};

/** Organisations made from one seed, each asked for every interval, and its experiment judged after every event. */
export function measureCoverage(organisations: number, seed: number): Coverage {
  const random = seededRandom(seed);
  const tallies = openTallies<Promised>();
  const peeked = openTallies<'peeked'>();
  const { note } = tallies;
  const verdicts = new Map<VerdictCode, number>();
  for (let index = 0; index < organisations; index += 1) {
    const organisation = makeOrganisation(index, random);
    noteRates(random, note);
    noteTimes(random, note);
    noteRisks(organisation, note);
    const said = noteExperiment(organisation, note, (isFooled) => peeked.note('peeked', isFooled));
    verdicts.set(said, (verdicts.get(said) ?? 0) + 1);
  }
  return { tallies, peeked: peeked.of('peeked'), verdicts };
}

type Note = Tallies<Promised>['note'];

/** Shares and rates of several teams. */
function noteRates(random: Random, note: Note): void {
  for (let team = 0; team < 4; team += 1) {
    const [n, other] = [Math.round(between(random, 20, 300)), Math.round(between(random, 20, 300))];
    const [p, q] = [between(random, 0.05, 0.95), between(random, 0.05, 0.95)];
    const [one, two] = [
      { x: binomial(random, n, p), n },
      { x: binomial(random, other, q), n: other },
    ];
    note('wilson', holds(wilson(one), p));
    note('clopper-pearson', holds(clopperPearson(one), p));
    note('newcombe', holds(newcombe(one, two), p - q));

    const [exposure, rate, ratio] = [
      between(random, 50, 500),
      between(random, 0.005, 0.1),
      between(random, 0.4, 2),
    ];
    const first = { events: poisson(random, exposure * rate * ratio), exposure };
    const second = { events: poisson(random, 2 * exposure * rate), exposure: 2 * exposure };
    note('poisson', holds(poissonRate(second), rate));
    if (first.events + second.events > 0) note('rate-ratio', holds(rateRatio(first, second), ratio));

    const people = Array.from({ length: 60 }, () => {
      const chances = 5 + Math.floor(random() * 20);
      return { events: poisson(random, (gamma(random, 1) * rate + rate) * chances), exposure: chances };
    });
    const found = clusteredRate(sumUnits(people));
    if (found !== null) note('between-units', holds(found, 2 * rate));
  }
}

/** Days to a verified fix, some of them still open. */
function noteTimes(random: Random, note: Note): void {
  const rate = between(random, 0.02, 0.15);
  const rows = Array.from({ length: Math.round(between(random, 40, 300)) }, () => {
    const [fixed, open] = [exponential(random, rate), between(random, 5, 60)];
    return { time: Math.min(fixed, open), isEvent: fixed <= open };
  });
  const steps = kaplanMeier(rows);
  for (const share of [0.75, 0.5]) {
    const day = -Math.log(share) / rate;
    if (day < 30) note('kaplan-meier', holds(stepAt(steps, day), share));
  }
}

/** Risks of the usual arm, with leavers as competing exits, and recurrences counted all. */
function noteRisks({ people, risks, meanUsual }: Organisation, note: Note): void {
  const usual = people.filter(({ isArm }) => !isArm);
  const exits = usual.map(({ recurrences, leftAfter }) => {
    const [first] = recurrences;
    if (first !== undefined) return { time: first, cause: 'recurred' };
    return { time: leftAfter ?? windowDays, cause: leftAfter === null ? null : 'left' };
  });
  const risk = aalenJohansen(exits, ['recurred', 'left']).at(-1)?.incidences[0];
  if (risk !== undefined && risk.lower !== null) note('aalen-johansen', holds(risk, risks.usual));
  const followed = usual.map(({ leftAfter, recurrences }) => ({
    until: leftAfter ?? windowDays,
    events: recurrences,
  }));
  const mean = meanCumulative(followed).at(-1);
  if (mean !== undefined) note('mean-cumulative', holds(mean, meanUsual));
}

/** The experiment as it goes on: looked at after every first recurrence, in the order in which they came. */
function noteExperiment(
  { share, people, riskRatio, risks }: Organisation,
  note: Note,
  notePeeked: (isFooled: boolean) => void,
): VerdictCode {
  const firsts = firstsInOrder(people);
  let [isHeld, isRight, isFooled] = [true, true, false];
  let code: VerdictCode = 'not-enough';
  const run = runSplit(firsts, share);
  let arm = 0;
  for (const [index, isArm] of firsts.entries()) {
    if (isArm) arm += 1;
    const n = index + 1;
    const interval = splitRiskRatio({ arm, usual: n - arm }, share);
    isHeld &&= holds(interval, riskRatio);
    const seen = (at: number | null) => (at !== null && at <= index ? at : null);
    const soFar = {
      ...run,
      counts: { arm, usual: n - arm },
      crossedLowerAt: seen(run.crossedLowerAt),
      crossedHigherAt: seen(run.crossedHigherAt),
      riskRatio: interval,
    };
    const rest = { share, faults: [], guardrails: [], eventsMax: 1_000_000, isPastEnd: false, risks };
    code = judgeArm({ run: soFar, ...rest }).code;
    isRight &&= isTrue(code, riskRatio);
    const z = (arm - n * share) / Math.sqrt(n * share * (1 - share));
    isFooled ||= n >= 20 && Math.abs(z) > 1.96;
  }
  note('confidence-sequence', isHeld);
  note('verdict', isRight);
  if (riskRatio === 1) {
    note('verdict-no-effect', isRight);
    notePeeked(isFooled);
  }
  return code;
}

/** Whose first recurrences came, in the order of the calendar: whether each was of the arm. */
export function firstsInOrder(people: readonly Participant[]): readonly boolean[] {
  return people
    .flatMap(({ isArm, assignedOn, recurrences: [first] }) =>
      first === undefined ? [] : [{ isArm, on: assignedOn + first }],
    )
    .sort((a, b) => a.on - b.on)
    .map(({ isArm }) => isArm);
}

function isTrue(code: VerdictCode, riskRatio: number): boolean {
  if (code === 'works') return riskRatio < 1;
  if (code === 'worse') return riskRatio > 1;
  if (code === 'no-difference')
    return riskRatio >= equivalenceMargin.lower && riskRatio <= equivalenceMargin.upper;
  return true;
}
