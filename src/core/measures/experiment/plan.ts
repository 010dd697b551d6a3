import { criticalZ, normalQuantile } from '../numeric/normal.ts';

const usualPower = 0.8;

/** z of a two-sided test at .05 plus that of the power. */
function reach(power: number): number {
  return criticalZ(0.95) + normalQuantile(1 - power, 'upper');
}

/**
 * The smallest effect that so many first recurrences can show, as a hazard ratio under 1 (Schoenfeld, Biometrics 1983).
 * `share` is the arm's part of the two. Always on show, so that nobody waits for what cannot be seen.
 */
export function detectableHazardRatio(events: number, share: number, power = usualPower): number {
  return Math.exp(-reach(power) / Math.sqrt(share * (1 - share) * events));
}

/** How many first recurrences a single look needs to show a hazard ratio. */
export function eventsNeeded(hazardRatio: number, share: number, power = usualPower): number {
  return reach(power) ** 2 / (share * (1 - share) * Math.log(hazardRatio) ** 2);
}

/** How many units an arm needs to tell two risks apart (Fleiss 1981, without continuity correction). */
export function unitsPerArm(risk: number, other: number, power = usualPower): number {
  const mean = (risk + other) / 2;
  const apart =
    criticalZ(0.95) * Math.sqrt(2 * mean * (1 - mean)) +
    normalQuantile(1 - power, 'upper') * Math.sqrt(risk * (1 - risk) + other * (1 - other));
  return (apart / (risk - other)) ** 2;
}

/** By how much units must grow when they come in clusters of a size and a correlation within (Donner & Klar 2000). */
export function designEffect(size: number, correlation: number): number {
  return 1 + (size - 1) * correlation;
}
