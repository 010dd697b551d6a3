import { expect, test } from 'vitest';
import { emptyFacts, type LoopFacts, type ReplyFact } from './facts.ts';
import { type NeedView, needOf } from './needs.ts';

const said = (answer: ReplyFact['answer'], at: number, kind: ReplyFact['by']['kind'] = 'person') => ({
  id: `${answer} ${at}`,
  at,
  answer,
  by: { kind, id: 'ana' },
  isWeak: true,
});
const facts = (...replies: readonly ReplyFact[]): LoopFacts => ({ ...emptyFacts('any'), replies });
const decided = (kind: 'hand-back' | 'accept-risk', at: number): LoopFacts['decisions'][number] =>
  kind === 'accept-risk' ? { kind, at, by: 'op', until: at + 10 } : { kind, at, by: 'op' };

const view = (state: NeedView['state'], ownerKind: NeedView['ownerKind'], isUrgent = false): NeedView => ({
  state,
  ownerKind,
  isUrgent,
});

test('a request stands until it is decided, taken back, or made again', () => {
  const asked = facts(said('accept-risk', 5));
  expect(needOf(asked, view('answered', 'person'))).toBe('risk');
  expect(needOf(asked, view('observed', 'person'))).toBe('risk');
  for (const kind of ['hand-back', 'accept-risk'] as const) {
    const over = { ...asked, decisions: [decided(kind, 6)] };
    expect(needOf(over, view('observed', 'person'))).toBeUndefined();
    const again = { ...over, replies: [...over.replies, said('accept-risk', 7)] };
    expect(needOf(again, view('answered', 'person'))).toBe('risk');
  }
  expect(needOf(facts(said('accept-risk', 5), said('done', 6)), view('answered', 'person'))).toBeUndefined();
  expect(needOf(facts(said('done', 5), said('need-help', 6)), view('answered', 'person'))).toBe('help');
});

test('an agent’s own word neither asks for anything nor takes a request back', () => {
  expect(needOf(facts(said('accept-risk', 5, 'agent')), view('answered', 'person'))).toBeUndefined();
  expect(needOf(facts(said('accept-risk', 5), said('done', 6, 'agent')), view('answered', 'person'))).toBe(
    'risk',
  );
});

test('what is over needs nobody, and history no owner', () => {
  const asked = facts(said('accept-risk', 5));
  for (const state of ['verified', 'held', 'dismissed', 'accepted', 'merged', 'unprovable'] as const)
    expect([state, needOf(asked, view(state, 'unknown'))]).toEqual([state, undefined]);
  expect(needOf(facts(), view('backlog', 'unknown'))).toBeUndefined();
  expect(needOf(facts(), view('triage', 'unknown'))).toBeUndefined();
  expect(needOf(facts(), view('told', 'unknown'))).toBe('owner');
  expect(needOf(facts(), view('told', 'team'))).toBeUndefined();
});

test('whoever was named is asked, and nobody else has to say whose it is until they decline', () => {
  const to = { kind: 'person', id: 'bob' } as const;
  const named = {
    ...facts(said('not-mine', 5)),
    decisions: [{ kind: 'hand-over', at: 5, by: 'op', to }],
  } as const;
  expect(needOf(named, view('told', 'unknown'))).toBeUndefined();
  const declined = { ...named, replies: [...named.replies, said('not-mine', 6)] };
  expect(needOf(declined, view('reassigned', 'unknown'))).toBe('owner');
});

test('danger that nobody answered comes before the question whose it is, and ends with the first answer', () => {
  for (const state of ['open', 'told', 'reassigned'] as const)
    for (const kind of ['person', 'unknown'] as const)
      expect([state, needOf(facts(), view(state, kind, true))]).toEqual([state, 'danger']);
  for (const state of [
    'backlog',
    'triage',
    'escalated',
    'answered',
    'incident',
    'observed',
    'verified',
    'accepted',
  ] as const)
    expect([state, needOf(facts(), view(state, 'person', true))]).toEqual([state, undefined]);
  expect(needOf(facts(said('need-help', 5)), view('answered', 'person', true))).toBe('help');
});
