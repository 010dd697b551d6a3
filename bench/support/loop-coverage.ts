import { runSplit } from '../../src/core/measures/experiment/split-run.ts';
import { splitRiskRatio } from '../../src/core/measures/experiment/split-test.ts';
import { evidenceThreshold, judgeArm } from '../../src/core/measures/experiment/verdict.ts';
import { clopperPearson, newcombe, wilson } from '../../src/core/measures/rates/proportion.ts';
import { kaplanMeier, stepAt } from '../../src/core/measures/survival/kaplan-meier.ts';
import type { Simulated } from '../../src/simulate/simulate.ts';
import {
  clickChance,
  inclination,
  programShare,
  toldRatio,
  trueRiskRatio,
} from '../../src/simulate/true-effects.ts';
import { plantedRatio, triedBehaviour } from '../../src/simulate/words.ts';
import { holds, type Tallies } from './tallies.ts';

export const loopPromises = {
  wilson: 'around',
  newcombe: 'around',
  'kaplan-meier': 'around',
  'clopper-pearson': 'at-least',
  'confidence-sequence': 'at-least',
  verdict: 'at-least',
  'control-effect': 'at-least',
  'control-verdict': 'at-least',
} as const;
export type LoopPromised = keyof typeof loopPromises;
/** Somebody who stays, as the loop saw them: in which practice mails they clicked, and when they were first told. */
type Seen = {
  readonly id: string;
  readonly clicked: ReadonlySet<number>;
  /** Place of the first campaign after they were told; that of none if they never were. */
  readonly toldBefore: number;
  readonly words: string;
};

const groupMin = 10;

/**
 * Holds what the measures say of a story that went through the whole loop against what the generator knows: shares of
 * those who click, told before and not, in each practice mail; their difference; time to the next click; the
 * experiment, looked at after every first recurrence; and the effects of controls.
 */
export function tallyLoop(simulated: Simulated, { note }: Tallies<LoopPromised>): void {
  const { trial, comparisons } = simulated;
  const people = peopleSeen(simulated);
  const chance = (one: Seen, campaign: number) => {
    const isTold = one.toldBefore <= campaign;
    const inclined = inclination(trial.seed, one.id);
    const now = isTold ? inclined * toldRatio * plantedRatio(one.words) : inclined;
    return clickChance(now) * (1 - programShare);
  };
  for (const campaign of trial.campaigns.keys()) {
    const groups = [true, false].map((isTold) =>
      people.filter(({ toldBefore }) => toldBefore <= campaign === isTold),
    );
    const [told, untold] = groups.map((some) => ({
      x: some.filter(({ clicked }) => clicked.has(campaign)).length,
      n: some.length,
      truth: some.reduce((sum, one) => sum + chance(one, campaign), 0) / Math.max(1, some.length),
    }));
    for (const group of [told, untold]) {
      if (group === undefined || group.n < groupMin) continue;
      note('wilson', holds(wilson(group), group.truth));
      note('clopper-pearson', holds(clopperPearson(group), group.truth));
    }
    if (told !== undefined && untold !== undefined && told.n >= groupMin && untold.n >= groupMin)
      note('newcombe', holds(newcombe(told, untold), told.truth - untold.truth));
  }
  const again = people.filter(({ toldBefore }) => toldBefore < trial.campaigns.length);
  const steps = kaplanMeier(
    again.map(({ toldBefore, clicked }) => {
      const next = [...clicked].filter((campaign) => campaign >= toldBefore).sort((a, b) => a - b)[0];
      const left = trial.campaigns.length - toldBefore;
      return next === undefined
        ? { time: left, isEvent: false }
        : { time: next - toldBefore + 1, isEvent: true };
    }),
  );
  for (let mails = 1; mails < trial.campaigns.length; mails += 1) {
    // Only of those who are followed so long is anything known; they are like the others in the first mails only.
    const followed = again.filter(({ toldBefore }) => trial.campaigns.length - toldBefore >= mails);
    if (mails > 1 || followed.length < groupMin) continue;
    const truth = followed.reduce((sum, one) => sum + 1 - chance(one, one.toldBefore), 0) / followed.length;
    note('kaplan-meier', holds(stepAt(steps, mails), truth));
  }
  for (const { variant, isArm } of comparisons) {
    const truth = trueRiskRatio(trial, variant);
    const threshold = evidenceThreshold(comparisons.length + 1);
    let [isHeld, isRight, arm] = [true, true, 0];
    for (const [index, inArm] of isArm.entries()) {
      if (inArm) arm += 1;
      isHeld &&= holds(splitRiskRatio({ arm, usual: index + 1 - arm }, 0.5, threshold), truth);
      const run = runSplit(isArm.slice(0, index + 1), 0.5, threshold);
      const { code } = judgeArm({
        run,
        share: 0.5,
        faults: [],
        guardrails: [],
        eventsMax: 1_000_000,
        isPastEnd: false,
      });
      isRight &&= code === 'works' ? truth < 1 : code === 'worse' ? truth > 1 : true;
    }
    note('confidence-sequence', isHeld);
    note('verdict', isRight);
  }
  for (const control of simulated.controls) {
    if (control.planted === null || control.true === null || control.before === null) continue;
    note('control-effect', holds({ lower: control.low, upper: control.high }, control.true));
    note('control-verdict', control.verdict === 'too early to tell' || isControlRight(control));
  }
}

/** Whoever does nothing has no effect, whatever became less meanwhile. */
function isControlRight({ planted, verdict }: Simulated['controls'][number]): boolean {
  return verdict === 'less' ? planted !== null && planted < 1 : planted !== null && planted > 1;
}

function peopleSeen({ outcome, organisation, trial }: Simulated): readonly Seen[] {
  const { campaigns } = trial;
  const campaignAt = (at: number) => campaigns.findLastIndex((sent) => sent <= at);
  const loops = new Map(outcome.loops.map((loop) => [loop.id, loop]));
  const clicked = new Map<string, Set<number>>();
  for (const { behaviour, owner, occurredAt, sightings } of outcome.loops) {
    if (behaviour !== triedBehaviour || owner.kind !== 'person' || sightings === 0) continue;
    const known = clicked.get(owner.id ?? '') ?? new Set();
    clicked.set(owner.id ?? '', known.add(campaignAt(occurredAt)));
  }
  const told = new Map<string, { readonly before: number; readonly words: string }>();
  for (const { to, at, says, variant } of outcome.messages) {
    if (to.kind !== 'person' || told.has(to.id)) continue;
    const isTheirs = says.some(({ loop }) => {
      const of = loops.get(loop);
      return of?.behaviour === triedBehaviour && of.sightings > 0 && of.owner.id === to.id;
    });
    if (isTheirs) told.set(to.id, { before: campaignAt(at) + 1, words: variant });
  }
  return organisation.members
    .filter(({ leftOnDay }) => leftOnDay === undefined)
    .map(({ id }) => ({
      id,
      clicked: clicked.get(id) ?? new Set(),
      toldBefore: told.get(id)?.before ?? campaigns.length,
      words: told.get(id)?.words ?? 'usual',
    }));
}
