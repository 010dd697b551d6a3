import { openDraws } from './draw.ts';
import type { Member } from './organisation.ts';
import { plantedRatio } from './words.ts';

/** What any message does to the chance of the same mistake. */
export const toldRatio = 0.6;
/** Chances of somebody of middling inclination to follow the link of a practice mail, and the most for anybody. */
export const clickRate = 0.18;
export const clickRateMax = 0.6;
/** Whose link a program follows first are not seen to click. */
export const programShare = 0.06;

/** How inclined somebody is to any mistake, from almost never to three times as often as others. */
export function inclination(seed: number, person: string): number {
  return 3 * openDraws(seed).unit('inclination', person) ** 2;
}

/** The chance that somebody clicks in one practice mail. */
export function clickChance(inclined: number): number {
  return Math.min(clickRateMax, clickRate * inclined);
}

export type Trial = {
  readonly seed: number;
  readonly members: readonly Pick<Member, 'id' | 'leftOnDay'>[];
  /** When practice mails go out, in order; epoch milliseconds. */
  readonly campaigns: readonly number[];
  /** How long somebody is followed after they were told of their first click. */
  readonly windowMs: number;
};

/**
 * The true chance that somebody who is told with these words clicks again within the window, over the people as they are
 * and without any store: whoever clicks first in a campaign is followed over those that come within the window.
 */
export function trueRisk({ seed, members, campaigns, windowMs }: Trial, variant: string): number {
  const after = campaigns.map(
    (at, index) => campaigns.slice(index + 1).filter((next) => next <= at + windowMs).length,
  );
  let [told, again] = [0, 0];
  for (const { id, leftOnDay } of members) {
    if (leftOnDay !== undefined) continue;
    const inclined = inclination(seed, id);
    const first = clickChance(inclined) * (1 - programShare);
    const next = clickChance(inclined * toldRatio * plantedRatio(variant)) * (1 - programShare);
    let untold = 1;
    for (const count of after) {
      told += untold * first;
      again += untold * first * (1 - (1 - next) ** count);
      untold *= 1 - first;
    }
  }
  return told === 0 ? 0 : again / told;
}

/** The ratio of the risks, not of the rates, against the usual words. */
export function trueRiskRatio(trial: Trial, variant: string): number {
  const usual = trueRisk(trial, 'usual');
  return usual === 0 ? 1 : trueRisk(trial, variant) / usual;
}
