import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type LoopPromised, tallyLoop } from '../bench/support/loop-coverage.ts';
import { openTallies } from '../bench/support/tallies.ts';
import { sources } from '../src/adapters/index.ts';
import { readEventBatches } from '../src/adapters/read-events.ts';
import { keyedHash } from '../src/lib/hmac.ts';
import type { MapContext } from '../src/ports/source.ts';
import { archivedExperiment, readArchive } from '../src/simulate/archive.ts';
import { makeOrganisation } from '../src/simulate/organisation.ts';
import { type Simulated, scoreFolder, simulate } from '../src/simulate/simulate.ts';
import { testStores } from './support/stores.ts';

const deliveryLine = z.object({ file: z.string(), source: z.string() });

describe('a simulated company', () => {
  let folder: string;
  let first: Simulated;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'foldback-test-'));
    first = await simulate({
      seed: 1,
      days: 56,
      people: 70,
      identitiesPerPerson: 25,
      exportTo: folder,
    });
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('owners, dedupe and fixes come out as promised, nobody is told twice and nothing is lost', () => {
    const { score, detail } = first;
    expect(score, JSON.stringify(detail)).toMatchObject({ falseFixes: 0, toldTwice: 0, lost: 0 });
    expect(score.owner.precisionAt1, JSON.stringify(detail.wrongOwners)).toBeGreaterThanOrEqual(0.95);
    expect(score.owner.coverage).toBeGreaterThanOrEqual(0.8);
    expect(score.owner.brier).toBeLessThanOrEqual(0.08);
    expect(score.dedupe.f1, JSON.stringify(detail.apart)).toBeGreaterThanOrEqual(0.99);
  });

  test('of five and twenty identities for each person as many are owned, and rightly, as of anything else', () => {
    const { identities, score, detail } = first;
    expect(identities).toMatchObject({ perPerson: 25, n: 70 * 25 });
    expect(score.casesOfPrograms?.n).toBeGreaterThan(30);
    for (const owner of [identities?.owner, score.casesOfPrograms?.owner]) {
      expect(owner?.precisionAt1).toBeGreaterThanOrEqual(0.95);
      expect(owner?.brier).toBeLessThanOrEqual(0.08);
      // What has no label, or one that is out of date, is not known or wrong.
      expect(owner?.coverage).toBeLessThan(1);
    }
    expect(identities?.owner.coverage).toBeGreaterThanOrEqual(0.8);
    expect(identities?.owner.precisionAt1).toBeLessThan(1);
    for (const kind of ['key', 'role', 'service-account', 'pipeline', 'agent'])
      expect(
        Object.keys(detail.traces).some((trace) => trace.includes(`: ${kind}, label`)),
        kind,
      ).toBe(true);
  });

  test('the story has every behaviour, leavers, redacted reports, programs that click, and fixes', () => {
    const { truth, outcome } = first;
    expect(new Set(truth.cases.map(({ behaviour }) => behaviour)).size).toBeGreaterThanOrEqual(6);
    expect(truth.cases.some(({ isMistake }) => !isMistake)).toBe(true);
    expect(truth.cases.some(({ isHistory }) => isHistory)).toBe(true);
    expect(outcome.loops.filter(({ verifiedAt }) => verifiedAt.length > 0).length).toBeGreaterThan(10);
    expect(outcome.messages.length).toBeGreaterThan(50);
  });

  test('a control that relapses asked for is put in force, and its effect is found; one that does nothing has none', () => {
    const planted = first.controls.filter((one) => one.planted !== null);
    expect(planted.map(({ planted: left, state, verdict }) => [left, state, verdict])).toEqual([
      [1, 'applied', 'too early to tell'],
      [0.1, 'applied', 'less'],
    ]);
    for (const one of planted) {
      expect(one.before?.failures, one.scope.id).toBeGreaterThanOrEqual(3);
      expect(one.low, one.scope.id).toBeLessThanOrEqual(one.true ?? -1);
      expect(one.high, one.scope.id).toBeGreaterThanOrEqual(one.true ?? Infinity);
    }
    // The interval of the one does not hold the truth of the other: it could have been missed.
    expect(planted[1]?.high).toBeLessThan(planted[0]?.true ?? 0);
    expect(first.controls.some(({ state }) => state === 'proposed' || state === 'expired')).toBe(true);
  });

  test('so few people tell nothing of a message yet', () => {
    expect(first.effects.map(({ variant, verdict }) => [variant, verdict])).toEqual([
      ['useless', 'too early to tell'],
      ['helpful', 'too early to tell'],
      ['harmful', 'too early to tell'],
    ]);
  });

  test('whoever is told of a click is assigned by the experiment, and told in the words of their arm', () => {
    const { followed, outcome, comparisons } = first;
    expect(followed.length).toBeGreaterThan(5);
    const arms = new Set(followed.map(({ arm }) => arm));
    const words = new Set(outcome.messages.map(({ variant }) => variant));
    expect(arms.size).toBeGreaterThan(1);
    expect([...words].sort()).toEqual([...new Set([...arms, 'usual'])].sort());
    expect(comparisons.map(({ faults }) => faults)).toEqual([[], [], []]);
  });

  test('an experiment is archived without anybody in it, and what is archived can be read again', () => {
    const path = join(folder, 'archived.json');
    writeFileSync(path, JSON.stringify(archivedExperiment(first, 70)));
    const read = readArchive(path);
    expect(read.units).toHaveLength(first.followed.length);
    expect(read.effects).toEqual(first.effects);
    const text = readFileSync(path, 'utf8');
    for (const { id } of first.organisation.members) expect(text).not.toContain(id);
    for (const { unit } of first.followed) expect(text).not.toContain(unit);
  });

  test('what the measures say of those who click lies about what the generator knows', () => {
    const tallies = openTallies<LoopPromised>();
    tallyLoop(first, tallies);
    const names = ['wilson', 'clopper-pearson', 'confidence-sequence', 'verdict', 'control-effect'] as const;
    for (const name of names) {
      expect(tallies.of(name).said, name).toBeGreaterThan(0);
      expect(tallies.share(name), name).toBe(1);
    }
    // The same intervals about another company's truth would not hold: the check can fail.
    const other = { ...first, trial: { ...first.trial, seed: 99 } };
    const wrong = openTallies<LoopPromised>();
    tallyLoop({ ...other, outcome: { ...first.outcome, loops: [] } }, wrong);
    expect(wrong.share('wilson')).toBeLessThan(1);
  });

  test('what is exported is in the shapes of vendors: each file is told and read by its source', async () => {
    const lines = readFileSync(join(folder, 'deliveries.jsonl'), 'utf8').trimEnd().split('\n');
    expect(readdirSync(join(folder, 'payloads'))).toHaveLength(lines.length);
    const hash = keyedHash(Buffer.alloc(32, 7));
    const context: MapContext = {
      receivedAt: Date.UTC(2026, 5, 1),
      eventId: hash,
      fingerprint: (kind, parts) => [{ kind, keyId: 'test', value: hash([kind, ...parts]) }],
    };
    const named = new Set<string>();
    for (const line of lines) {
      const { file, source } = deliveryLine.parse(JSON.parse(line));
      named.add(source);
      const input = [readFileSync(join(folder, file))];
      for await (const batch of readEventBatches(input, { sources, context })) {
        // A scan that found nothing could be anybody's.
        if (batch.items.length > 0) expect(batch.source?.id, file).toBe(source);
        expect(batch.items.filter((item) => 'rejected' in item)).toEqual([]);
      }
    }
    expect([...named]).toEqual(
      expect.arrayContaining(['agents', 'cloudtrail', 'gitleaks', 'github', 'gophish', 'kubernetes']),
    );
  });

  test('its files alone give the same score, and a truth that was changed another', async () => {
    const judged = await scoreFolder(folder);
    expect(judged.score).toEqual(first.score);
    expect(judged.controls).toEqual(first.controls);
    expect(judged.identities).toEqual(first.identities);
    const path = join(folder, 'truth', 'cases.jsonl');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replaceAll(/"mendedAt":\d+/gu, '"mendedAt":9999999999999'));
    expect((await scoreFolder(folder)).score.falseFixes).toBeGreaterThan(10);
    writeFileSync(path, text);
  });

  test('an unreadable line is named', async () => {
    const path = join(folder, 'run', 'loops.jsonl');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, `${text}{"id":`);
    const line = text.split('\n').length;
    await expect(scoreFolder(folder)).rejects.toThrow(`run/loops.jsonl:${line} is no JSON`);
    writeFileSync(path, text);
  });
});

test('the same seed gives the same story to the last word, another seed another one', async () => {
  const one = await simulate({ seed: 5, days: 7, people: 10 });
  const same = await simulate({ seed: 5, days: 7, people: 10 });
  expect(same.truth).toEqual(one.truth);
  expect(same.outcome).toEqual(one.outcome);
  expect(makeOrganisation(6, 10, 7)).not.toEqual(one.organisation);
}, 300_000);

for (const { name, skip, open } of testStores()) {
  if (name === 'embedded') continue;
  test.skipIf(skip !== undefined)(
    `a story over the ${name} store comes to the same as one in memory`,
    async () => {
      const options = { seed: 3, days: 14, people: 14 };
      const there = await simulate({ ...options, openStore: open });
      const here = await simulate(options);
      expect(there.outcome).toEqual(here.outcome);
      expect([there.score, there.effects, there.controls]).toEqual([here.score, here.effects, here.controls]);
      expect(there.outcome.loops.length).toBeGreaterThan(10);
    },
    300_000,
  );
}
