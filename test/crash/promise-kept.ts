import { beforeAll, expect, test } from 'vitest';
import { type Killed, type RoundsOptions, runRounds } from './rounds.ts';

/** The tests that hold however often a process was killed; the figures are printed. */
export function promiseKept(options: RoundsOptions): void {
  let outcome: Killed;
  beforeAll(async () => {
    outcome = await runRounds(options);
    const { accepted, replied, mails, uncertain, lost, doubled } = outcome;
    const store = options.postgres === undefined ? 'embedded' : 'postgres';
    const figures = { accepted, replied, mails, uncertain, lost: lost.length, doubled: doubled.length };
    process.stdout.write(`${JSON.stringify({ store, rounds: outcome.rounds, ...figures })}\n`);
  }, 3_600_000);

  test('loses nothing that it accepted and counts nothing twice', () => {
    expect(outcome.accepted).toBeGreaterThan(1);
    expect(outcome.lost).toEqual([]);
  });
  test('tells nobody twice', () => {
    expect(outcome.mails).toBeGreaterThan(1);
    expect(outcome.doubled).toEqual([]);
  });
  test('leaves no message waiting and no case untold', () => {
    expect(outcome.stuck).toEqual([]);
  });
  test('keeps every answer exactly once', () => {
    expect(outcome.replied).toBeGreaterThan(0);
    expect(outcome.answers).toEqual([]);
  });
  test('leaves every chain, every checkpoint and the copy outside whole', () => {
    expect(outcome.findings).toEqual([]);
  });
}
