import { expect, test } from 'vitest';
import { emptyFacts, type LoopFacts, type ReplyFact } from '../src/core/loop/facts.ts';
import { positionOf } from '../src/core/loop/position.ts';
import type { Answer } from '../src/core/message.ts';
import { loadPacks } from '../src/packs/load.ts';
import { shippedPacksDir } from '../src/packs/pack-folder.ts';
import { hour, monday } from './support/house.ts';

const loaded = loadPacks(shippedPacksDir());
if (loaded.kind === 'error') throw new Error(JSON.stringify(loaded.problems));
const found = loaded.packs.behaviours.get('agent-outside-policy');
if (found === undefined) throw new Error('the behaviour is gone');
const { behaviour } = found;

const owner = { addressee: { kind: 'person', id: 'ana' }, confidence: 0.9 } as const;
const told: LoopFacts = {
  ...emptyFacts(behaviour.id),
  sightings: 1,
  isLive: true,
  isUnsuppressed: true,
  lastOccurredAt: monday,
  messages: [
    {
      message: 'm1',
      moment: 'told',
      occasion: 'o1',
      recipient: owner.addressee,
      at: monday + hour,
      outcome: 'accepted',
    },
  ],
};

function reply(kind: 'person' | 'agent', answer: Answer, at: number): ReplyFact {
  const id = kind === 'agent' ? 'shop-coder' : 'ana';
  return { id: `${kind}-${at}`, at, answer, by: { kind, id }, isWeak: true };
}

const standing = (facts: LoopFacts) => positionOf(facts, behaviour, owner, monday + 10 * hour);

test('a claim of an agent moves the rung, and neither state nor time-outs', () => {
  const before = standing(told);
  const after = standing({ ...told, replies: [reply('agent', 'done', monday + 2 * hour)] });
  expect(after.proof).toMatchObject({ rung: 'claimed', reason: 'the agent says so' });
  expect([after.state, after.dueAt]).toEqual([before.state, before.dueAt]);
});

test('before anybody was told, a claim of an agent keeps nobody from being told', () => {
  const untold = { ...told, messages: [] };
  const after = standing({ ...untold, replies: [reply('agent', 'done', monday + 2 * hour)] });
  expect(after.state).toBe(standing(untold).state);
});

test.each(['not-me', 'wrong', 'not-mine', 'need-help', 'accept-risk', 'done'] as const)(
  'what a human answered (%s) stands, whatever the agent claims after it',
  (answer) => {
    const replies = [reply('person', answer, monday + 2 * hour)];
    const before = standing({ ...told, replies });
    const after = standing({ ...told, replies: [...replies, reply('agent', 'done', monday + 3 * hour)] });
    expect([after.state, after.dueAt]).toEqual([before.state, before.dueAt]);
  },
);

test('a claim of a human that was disproved stays disproved when the agent claims again', () => {
  const replies = [reply('person', 'done', monday + 2 * hour)];
  const validity = { provider: { status: 'active', at: monday + 3 * hour, reason: 'still works' } } as const;
  const disproved = standing({ ...told, replies, validity });
  const after = standing({
    ...told,
    replies: [...replies, reply('agent', 'done', monday + 4 * hour)],
    validity,
  });
  expect(disproved.state).toBe('told');
  expect([after.state, after.dueAt]).toEqual([disproved.state, disproved.dueAt]);
});
