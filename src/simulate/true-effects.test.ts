import { describe, expect, test } from 'vitest';
import { makeOrganisation } from './organisation.ts';
import { type Trial, trueRisk, trueRiskRatio } from './true-effects.ts';

const day = 24 * 3_600_000;

describe('what is true of words', () => {
  const trial = (mails: number, windowDays = 60): Trial => ({
    seed: 1,
    members: makeOrganisation(1, 400, 90).members,
    campaigns: Array.from({ length: mails }, (_, at) => at * 21 * day),
    windowMs: windowDays * day,
  });

  test('words that do nothing have the ratio 1', () => {
    expect(trueRiskRatio(trial(4), 'useless')).toBe(1);
  });

  test('with one mail to come the ratio of the risks is that of the chances', () => {
    expect(trueRiskRatio(trial(2), 'helpful')).toBeCloseTo(0.4, 10);
  });

  test('with several it lies nearer 1, on either side', () => {
    expect(trueRiskRatio(trial(5), 'helpful')).toBeGreaterThan(0.41);
    expect(trueRiskRatio(trial(5), 'harmful')).toBeLessThan(1.9);
    expect(trueRiskRatio(trial(5), 'harmful')).toBeGreaterThan(1.5);
  });

  test('only mails within the window count', () => {
    expect(trueRisk(trial(5, 20), 'usual')).toBe(0);
    expect(trueRisk(trial(5, 45), 'usual')).toBeLessThan(trueRisk(trial(5, 90), 'usual'));
  });
});
