import { expect, test } from 'vitest';
import { noticesOf } from './notices.ts';

const usual = { from: undefined, path: [], isLive: true, isNewRelapse: false } as const;

test.each([
  ['a new case is opened', { path: ['open'] }, ['loop.opened']],
  ['also one whose owner is looked for', { path: ['triage'] }, ['loop.opened']],
  [
    'a relapse is opened, and said to be one',
    { path: ['open'], isNewRelapse: true },
    ['loop.opened', 'loop.relapsed'],
  ],
  ['a case that is told of is told', { from: 'open', path: ['told'] }, ['loop.told']],
  ['every state on the way is told of', { from: 'told', path: ['observed', 'verified'] }, ['loop.verified']],
  ['a step back is no opening', { from: 'told', path: ['open'] }, []],
  ['an incident is one', { from: 'told', path: ['incident'] }, ['loop.incident']],
  ['a claim that was disproved is told of again', { from: 'answered', path: ['told'] }, ['loop.told']],
  ['nothing changed, nothing is said', { from: 'told' }, []],
  ['a relapse that is recognised later is said', { from: 'told', isNewRelapse: true }, ['loop.relapsed']],
  ['history is no news', { path: ['backlog'], isLive: false }, []],
  ['nor is history that was fixed long ago', { path: ['verified'], isLive: false }, []],
  ['history that is released is opened', { from: 'backlog', path: ['open'] }, ['loop.opened']],
] as const)('%s', (_name, over, wanted) => {
  expect(noticesOf({ ...usual, ...over })).toEqual(wanted);
});
