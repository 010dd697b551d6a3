import { expect, test } from 'vitest';
import { shippedPacks } from '../../test/support/house.ts';
import { emptyFacts, type LoopFacts } from '../core/loop/facts.ts';
import { positionOf } from '../core/loop/position.ts';
import { wantsOf } from '../core/loop/wants.ts';
import { mayStillHarm, severityRank } from './severity.ts';

const now = Date.UTC(2026, 10, 23, 10);
const owner = { confidence: 0.9, addressee: { kind: 'person', id: 'ana' } } as const;
const sighting = {
  event: 'e1',
  source: 'github',
  at: now,
  where: { repository: 'acme/shop' },
  actor: { type: 'person', id: 'ana' },
  evidence: [],
} as const;
const secret = { provider: 'aws', rule: 'aws-key', mask: 'AKIA', validity: 'unknown' } as const;
const dead = { scanner: { status: 'inactive', at: now, reason: 'it was looked at' } } as const;

/** The first words that are due of a case whose control is agreed to and not in force yet. */
function firstWords(
  id: string,
  severity: keyof typeof severityRank,
  over: Partial<LoopFacts>,
): readonly string[] {
  const behaviour = shippedPacks().behaviours.get(id)?.behaviour;
  if (behaviour === undefined) throw new Error(`no behaviour ${id}`);
  const facts: LoopFacts = {
    ...emptyFacts(id),
    sightings: 1,
    kept: [sighting],
    isLive: true,
    isUnsuppressed: true,
    lastOccurredAt: now,
    control: { id: 'c'.repeat(32), state: 'accepted' },
    ...over,
  };
  const calendar = { timeZone: 'UTC', workingHours: { from: 9, to: 17, days: [1, 2, 3, 4, 5] } };
  const position = positionOf(facts, behaviour, owner, now);
  const isDangerous = mayStillHarm(severityRank[severity], facts);
  const rules = { behaviour, owner, position, calendar, isUrgent: false, isDangerous, isSnoozable: false };
  return wantsOf(facts, rules, now).map(({ moment }) => moment);
}

const bypass = 'privileged-workflow-bypass';

test.each([
  ['of a further case of a habit are not', 'high', { relapseNumber: 1 }, 0],
  ['of a case that is not grave are not', 'medium', {}, 0],
  ['of what is critical go all the same', 'critical', { relapseNumber: 2 }, 1],
  ['of what is grave and no relapse go all the same', 'high', {}, 1],
] as const)('while the fix of the set-up is on the way, first words %s', (_name, severity, over, words) => {
  expect(firstWords(bypass, severity, over)).toHaveLength(words);
});

test.each([
  ['that nobody proved dead are said', {}, 1],
  ['that is dead wait', { validity: dead }, 0],
] as const)('while the fix is on the way, words of a secret %s', (_name, over, words) => {
  const facts = { secret, relapseNumber: 1, ...over };
  expect(firstWords('secret-in-repository', 'medium', facts)).toHaveLength(words);
});

test('nothing waits for a control that is only proposed, or in force', () => {
  for (const state of ['proposed', 'applied'] as const)
    expect(firstWords(bypass, 'medium', { control: { id: 'c'.repeat(32), state } })).toHaveLength(1);
});
