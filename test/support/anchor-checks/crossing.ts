import { splitLogE } from '../../../src/core/measures/experiment/split-test.ts';

/**
 * The chance, without an effect, that a rule about the events so far is ever met by the nth event: the distribution of
 * the count in the arm is carried on event by event, without what was stopped.
 */
function everMet(n: number, rho: number, isMet: (arm: number, total: number) => boolean): number {
  let going = new Map([[0, 1]]);
  let met = 0;
  for (let total = 1; total <= n; total += 1) {
    const next = new Map<number, number>();
    for (const [arm, chance] of going) {
      next.set(arm, (next.get(arm) ?? 0) + chance * (1 - rho));
      next.set(arm + 1, (next.get(arm + 1) ?? 0) + chance * rho);
    }
    for (const [arm, chance] of next) {
      if (!isMet(arm, total)) continue;
      met += chance;
      next.delete(arm);
    }
    going = next;
  }
  return met;
}

export function crossingUnderNull(n: number, rho: number): number {
  return everMet(n, rho, (arm, total) => splitLogE([arm, total - arm], [rho, 1 - rho]) >= Math.log(20));
}

/** The usual test at every event from the 20th on: what must not be done. */
export function peekedZUnderNull(n: number): number {
  return everMet(
    n,
    0.5,
    (arm, total) => total >= 20 && Math.abs(arm - total / 2) / Math.sqrt(total / 4) > 1.96,
  );
}
