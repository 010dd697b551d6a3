import { measureCoverage, type Promised, promises, type Tally } from './support/coverage.ts';
import { type Figure, figure, note, size } from './support/figure.ts';

/** An interval at one look covers 95 %, give or take this. */
const aroundMax = 0.02;
/** An exact or always-valid one misses, and a verdict is wrong, at most this often. */
const missedMax = 0.05;

/**
 * Do the measures keep what they promise? 1,000 synthetic organisations are asked for every interval, and their
 * experiments judged after every single event. Each promise allows for so much error (an interval 2 points around 95 %,
 * the others 5 % misses); the figure is the greatest part of its allowance that one used up, so that 1 is the limit.
 */
export async function bench(): Promise<Figure> {
  const organisations = size('ORGANISATIONS', 1_000);
  const { tallies, peeked, verdicts } = measureCoverage(organisations, size('SEED', 1));
  let worst = 0;
  const names: readonly Promised[] = Object.keys(promises).filter(
    (name): name is Promised => name in promises,
  );
  for (const name of names) {
    const used = usedUp(name, tallies[name]);
    worst = Math.max(worst, used);
    note(`${name}: ${percent(tallies[name])} of ${tallies[name].said}, ${used.toFixed(2)} of its allowance`);
  }
  note(`verdicts at the end: ${[...verdicts].map(([code, times]) => `${code} ${times}`).join(', ')}`);
  note(`a usual test without an effect, looked at after every event, finds none in ${percent(peeked)}`);
  return figure(1, worst, 'of the allowance');
}

function usedUp(name: Promised, { said, held }: Tally): number {
  const missed = 1 - held / said;
  return promises[name] === 'around' ? Math.abs(missed - 0.05) / aroundMax : missed / missedMax;
}

function percent({ said, held }: Tally): string {
  return `${((100 * held) / said).toFixed(2)} %`;
}
