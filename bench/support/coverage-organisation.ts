import type { Random } from '../../src/core/measures/numeric/seeded-random.ts';
import { between, exponential, gamma } from './coverage-draws.ts';

export const windowDays = 90;

/** One person of an experiment. Days count from assignment; the assignment itself lies at `assignedOn`. */
export type Participant = {
  readonly isArm: boolean;
  readonly assignedOn: number;
  /** Day of leaving, if the person left within the window. */
  readonly leftAfter: number | null;
  /** Days of recurrences up to the leaving or the end of the window. */
  readonly recurrences: readonly number[];
};

/** What is true of a synthetic organisation, and what happened in it. */
export type Organisation = {
  /** The arm's part of the allocation. */
  readonly share: number;
  readonly people: readonly Participant[];
  /** True chances of a recurrence within the window for somebody who may leave, and their ratio. */
  readonly risks: { readonly arm: number; readonly usual: number };
  readonly riskRatio: number;
  /** True recurrences per person who stays, in the usual arm. */
  readonly meanUsual: number;
};

/** What an organisation is made from. */
export type Making = {
  readonly size: number;
  readonly share: number;
  /** By how much the arm changes each person's rate. */
  readonly effect: number;
  /** Recurrences per person and window, and the shape of their gamma distribution: the lower, the less alike. */
  readonly mean: number;
  readonly shape: number;
  /** Leavers per person and day, in the arm and in the usual one. */
  readonly leaving: { readonly arm: number; readonly usual: number };
};

/** Effects on the rate: none in every second organisation, helpful and harmful in the others. */
const effects = [1, 0.5, 1, 0.7, 1, 1.5, 1, 1.25] as const;

/** The next organisation of a series, unlike the others in everything. */
export function makeOrganisation(index: number, random: Random): Organisation {
  const leaving = between(random, 0, 0.15) / windowDays;
  return populate(
    {
      size: Math.round(between(random, 150, 2_000)),
      share: random() < 0.5 ? 0.5 : 0.8,
      effect: effects[index % effects.length] ?? 1,
      mean: between(random, 0.1, 0.5),
      shape: between(random, 0.5, 2),
      leaving: { arm: leaving, usual: leaving },
    },
    random,
  );
}

/**
 * People differ in how often it happens to them (a gamma distribution), come in over
 * half a year and leave at a steady rate. The effect is on each person's rate, so the true risk ratio lies nearer 1.
 */
export function populate(making: Making, random: Random): Organisation {
  const { size, share, effect, mean, shape } = making;
  const people = Array.from({ length: size }, (): Participant => {
    const isArm = random() < share;
    const rate = (gamma(random, shape) * mean * (isArm ? effect : 1)) / shape / windowDays;
    const leaving = making.leaving[isArm ? 'arm' : 'usual'];
    const leave = leaving > 0 ? exponential(random, leaving) : Number.POSITIVE_INFINITY;
    const until = Math.min(windowDays, leave);
    const recurrences: number[] = [];
    for (let day = exponential(random, rate); day <= until; day += exponential(random, rate))
      recurrences.push(day);
    return { isArm, assignedOn: random() * 180, leftAfter: leave < windowDays ? leave : null, recurrences };
  });
  const risks = {
    arm: riskOf(mean * effect, shape, making.leaving.arm),
    usual: riskOf(mean, shape, making.leaving.usual),
  };
  return { share, people, risks, riskRatio: risks.arm / risks.usual, meanUsual: mean };
}

/** The chance of a recurrence before leaving and within the window: Simpson's rule over its density. */
export function riskOf(mean: number, shape: number, leaving: number, until: number = windowDays): number {
  const steps = 200;
  const width = until / steps;
  let sum = 0;
  for (let step = 0; step <= steps; step += 1) {
    const day = step * width;
    const weight = step === 0 || step === steps ? 1 : step % 2 === 1 ? 4 : 2;
    const density = (mean / windowDays) * (1 + (mean * day) / windowDays / shape) ** (-shape - 1);
    sum += weight * Math.exp(-leaving * day) * density;
  }
  return (sum * width) / 3;
}
