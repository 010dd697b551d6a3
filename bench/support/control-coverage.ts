import { type BeforeAfter, type ControlChange, changeOf } from '../../src/core/control/before-after.ts';
import type { Random } from '../../src/core/measures/numeric/seeded-random.ts';
import { holds, type Tallies } from './tallies.ts';

export const controlPromises = { 'control-ratio': 'at-least', 'control-less': 'at-least' } as const;
export type ControlPromised = keyof typeof controlPromises;

const teams = 11;
const teamSize = 14;
/** Chances a working day of somebody of middling inclination, to leak and to push. */
const rates = { leak: 0.012, push: 0.25 };
const toldRatio = 0.6;
/** Relapses that ask for a control, and days until it is in force. */
const relapsesMin = 3;
const daysToApply = 4;
const daysAfterMin = 7;

type Sums = { before: number; after: number; chancesBefore: number; chancesAfter: number };
type Person = { readonly inclined: number; told: number; mended: number };

/**
 * Companies in which relapses of one team ask for a control that does nothing: it comes when there was much, people are told
 * on the way, and teams differ. Is the interval about the true ratio, and is the control never said to have made it less?
 */
export function tallyControls(companies: number, random: Random, { note }: Tallies<ControlPromised>): void {
  for (let index = 0; index < companies; index += 1) {
    // Every other company has a team whose set-up is at fault.
    const { change, truth } = playCompany(random, index % 2 === 0 ? 6 : 2, index % 4 < 2 ? 50 : 130);
    if (change?.kind !== 'ratio') continue;
    note('control-ratio', holds(change.ratio, truth));
    note('control-less', change.verdict !== 'less');
  }
}

function playCompany(
  random: Random,
  fault: number,
  days: number,
): { readonly change?: ControlChange; readonly truth: number } {
  const people = Array.from({ length: teams }, () =>
    Array.from({ length: teamSize }, (): Person => {
      const never = Number.POSITIVE_INFINITY;
      return { inclined: 3 * random() ** 2, told: never, mended: never };
    }),
  );
  const sums = people.map((): Sums => ({ before: 0, after: 0, chancesBefore: 0, chancesAfter: 0 }));
  const due: Sums = { before: 0, after: 0, chancesBefore: 0, chancesAfter: 0 };
  let relapses = 0;
  let appliedOn = Number.POSITIVE_INFINITY;
  for (let today = 0; today < days; today += 1) {
    const isAfter = today >= appliedOn;
    const [side, chances] = isAfter
      ? (['after', 'chancesAfter'] as const)
      : (['before', 'chancesBefore'] as const);
    for (const [team, members] of people.entries()) {
      const own = sums[team];
      if (own === undefined) continue;
      for (const one of members) {
        const chance =
          rates.leak * one.inclined * (team === 0 ? fault : 1) * (one.told < today ? toldRatio : 1);
        if (team === 0) {
          due[side] += chance;
          due[chances] += rates.push;
        }
        if (random() < rates.push) own[chances] += 1;
        if (random() >= chance) continue;
        own[side] += 1;
        if (team === 0 && one.mended < today) relapses += 1;
        one.told = Math.min(one.told, today + 1);
        one.mended = Math.min(one.mended, today + 1 + Math.floor(random() * 6));
      }
    }
    if (relapses >= relapsesMin) appliedOn = Math.min(appliedOn, today + daysToApply);
  }
  const truth = due.after / due.chancesAfter / (due.before / due.chancesBefore);
  const [own, ...others] = sums;
  if (own === undefined || appliedOn > days - daysAfterMin) return { truth };
  const together = (of: (one: BeforeAfter) => number) => others.reduce((sum, one) => sum + of(one), 0);
  const change = changeOf({
    own,
    units: sums.map(({ before, chancesBefore }) => ({ failures: before, chances: chancesBefore })),
    others: {
      before: together(({ before }) => before),
      after: together(({ after }) => after),
      chancesBefore: together(({ chancesBefore }) => chancesBefore),
      chancesAfter: together(({ chancesAfter }) => chancesAfter),
    },
    per: 'opportunity',
    days: days - appliedOn,
  });
  return { change, truth };
}
