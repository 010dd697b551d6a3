import { seededRandom } from '../src/core/measures/numeric/seeded-random.ts';
import { simulate } from '../src/simulate/simulate.ts';
import { type ControlPromised, tallyControls } from './support/control-coverage.ts';
import { measureCoverage, type Promised, promises } from './support/coverage.ts';
import { type Figure, figure, note, size } from './support/figure.ts';
import { type LoopPromised, loopPromises, tallyLoop } from './support/loop-coverage.ts';
import { openTallies, type Tallies, type Tally } from './support/tallies.ts';

/** Stories through the whole loop: each takes some ten seconds. */
const loopPeople = 150;
const loopDays = 69;

/** An interval at one look covers 95 %, give or take this. */
const aroundMax = 0.02;
/** An exact or always-valid one misses, and a verdict is wrong, at most this often. */
const missedMax = 0.05;

/**
 * Do the measures keep what they promise? 1,000 synthetic organisations are asked for every interval, and their
 * experiments judged after every single event. Each promise allows for so much error (an interval 2 points around 95 %,
 * the others 5 % misses; controls that do nothing are held to the same); the figure is the greatest part of its allowance that one used up, so that 1 is the limit.
 *
 * Then stories go through the whole loop, and what the measures say of them is held against what their generator knows;
 * of so few stories an interval is only noted when it misses more than chance would have it.
 */
export async function bench(): Promise<Figure> {
  const organisations = size('ORGANISATIONS', 1_000);
  const { tallies, peeked, verdicts } = measureCoverage(organisations, size('SEED', 1));
  let worst = 0;
  const names: readonly Promised[] = Object.keys(promises).filter(
    (name): name is Promised => name in promises,
  );
  for (const name of names) {
    const used = usedUp(name, tallies.of(name));
    worst = Math.max(worst, used);
    note(
      `${name}: ${percent(tallies.of(name))} of ${tallies.of(name).said}, ${used.toFixed(2)} of its allowance`,
    );
  }
  const controls = openTallies<ControlPromised>();
  tallyControls(organisations, seededRandom(size('SEED', 1)), controls);
  for (const name of ['control-ratio', 'control-less'] as const) {
    const used = (1 - controls.share(name)) / missedMax;
    worst = Math.max(worst, used);
    note(
      `${name}: ${percent(controls.of(name))} of ${controls.of(name).said}, ${used.toFixed(2)} of its allowance`,
    );
  }
  const loops = await measureLoops(size('LOOP_SEEDS', 20));
  for (const name of loopNames) {
    const used = loopUsedUp(name, loops.of(name));
    worst = Math.max(worst, used);
    note(
      `through the loop, ${name}: ${percent(loops.of(name))} of ${loops.of(name).said}, ${used.toFixed(2)} of its allowance`,
    );
  }
  note(`verdicts at the end: ${[...verdicts].map(([code, times]) => `${code} ${times}`).join(', ')}`);
  note(`a usual test without an effect, looked at after every event, finds none in ${percent(peeked)}`);
  return figure(1, worst, 'of the allowance');
}

const loopNames: readonly LoopPromised[] = Object.keys(loopPromises).filter(
  (name): name is LoopPromised => name in loopPromises,
);

async function measureLoops(seeds: number): Promise<Tallies<LoopPromised>> {
  const tallies = openTallies<LoopPromised>();
  for (let seed = 1; seed <= seeds; seed += 1)
    tallyLoop(await simulate({ seed, days: loopDays, people: loopPeople }), tallies);
  return tallies;
}

/** Misses above the promised 5 %, in standard errors of so few: three of them are the limit. */
function loopUsedUp(name: LoopPromised, { said, held }: Tally): number {
  const apart = 1 - held / said - missedMax;
  const error = Math.sqrt((missedMax * (1 - missedMax)) / said);
  return Math.max(0, loopPromises[name] === 'around' ? Math.abs(apart) : apart) / (3 * error);
}

function usedUp(name: Promised, { said, held }: Tally): number {
  const missed = 1 - held / said;
  return promises[name] === 'around' ? Math.abs(missed - 0.05) / aroundMax : missed / missedMax;
}

function percent({ said, held }: Tally): string {
  return `${((100 * held) / said).toFixed(2)} %`;
}
