import { expect, test } from 'vitest';
import {
  type ActorLine,
  actorLine,
  compareActors,
  compareLabels,
  labelLine,
  rightShare,
  truthLine,
} from '../scripts/compare-truth.ts';

const truth = (event: string | number, accept: readonly string[], more: object = {}) =>
  truthLine.parse({
    file: 'a.json',
    event,
    source: 'okta',
    names_actor: accept.length > 0,
    actor: { type: 'person', accept },
    ...more,
  });
const said = (event: string | number, names: readonly string[], more: object = {}): ActorLine =>
  actorLine.parse({ file: 'a.json', event, actor: { type: 'person', names }, behaviours: [], ...more });

test('any accepted name is right, without case; another, none and an event that was not read are not', () => {
  const known = [0, 1, 2, 3].map((event) => truth(event, ['ana@example.com', 'Ana Sol']));
  const { sources, faults } = compareActors(known, [
    said('0', ['x', 'ANA@example.com']),
    said(1, ['bo@example.com']),
    said(2, []),
  ]);
  expect(sources.get('okta')?.named).toEqual({ total: 4, right: 1, wrong: 1, nobody: 1, missing: 1 });
  expect(faults.map((one) => [one.event, one.fault])).toEqual([
    ['1', 'wrong'],
    ['2', 'nobody'],
    ['3', 'missing'],
  ]);
  expect(rightShare(sources.values())).toEqual({ right: 1, total: 4 });
});

test('the id of an actor is one of its names', () => {
  const { sources } = compareActors(
    [truth(0, ['arn:aws:iam::1:user/ana'])],
    [said(0, [], { actor: { type: 'person', id: 'arn:aws:iam::1:user/ana' } })],
  );
  expect(sources.get('okta')?.named.right).toBe(1);
});

test('where a log names nobody, nobody is right and its hints are not wrong', () => {
  const silent = { names_actor: false, actor: { type: 'unknown', accept: ['10.0.0.1'] } };
  const known = [0, 1, 2].map((event) => truth(event, [], silent));
  const { sources, faults } = compareActors(known, [
    said(0, []),
    said(1, ['10.0.0.1']),
    said(2, ['ana@example.com']),
  ]);
  expect(sources.get('okta')?.nameless).toEqual({ total: 3, right: 2, wrong: 1, missing: 0 });
  expect(faults.map((one) => one.fault)).toEqual(['named-without-reason']);
});

test('of several lines of one event, one wrong name is wrong', () => {
  const known = [truth('t', ['ana'])];
  const lines = [said('t', ['ana']), said('t', [])];
  expect(compareActors(known, lines).sources.get('okta')?.named.right).toBe(1);
  expect(compareActors(known, [...lines, said('t', ['bo'])]).sources.get('okta')?.named.wrong).toBe(1);
});

test('a type that the truth leaves open is not judged', () => {
  const open = truth(1, ['ana'], { actor: { type: 'unknown', accept: ['ana'] } });
  const workload = { actor: { type: 'workload', names: ['ana'] } };
  const { sources, faults } = compareActors(
    [truth(0, ['ana']), open],
    [said(0, [], workload), said(1, [], workload)],
  );
  expect(sources.get('okta')).toMatchObject({ named: { right: 2 }, types: { total: 1, right: 0 } });
  expect(faults.map((one) => one.fault)).toEqual(['type']);
});

test('a file of which nothing was read is named and not judged', () => {
  const other = [0, 1].map((event) => truth(event, ['ana'], { file: 'b.json', source: 'duo' }));
  const { sources, unread } = compareActors([truth(0, ['ana']), ...other], [said(0, ['ana'])]);
  expect([...sources.keys()]).toEqual(['okta']);
  expect([...unread]).toEqual([['b.json', 2]]);
});

test('labels: a behaviour seen where there is none, and one not seen where it is, are told apart', () => {
  const label = (name: string, expected: boolean) =>
    labelLine.parse({ file: 'a.json', test: name, behaviour: 'bypass', expected });
  const labels = [label('1', true), label('2', true), label('3', false), label('4', false), label('5', true)];
  const lines = [
    said('1', [], { behaviours: ['bypass'] }),
    said('2', [], { behaviours: ['other'] }),
    said('3', [], { behaviours: ['bypass'] }),
    said('4', []),
  ];
  const found = compareLabels(labels, lines);
  expect(found).toMatchObject({ total: 5, right: 2 });
  expect([found.missed, found.falseFailed, found.unread].map((list) => list.map((one) => one.test))).toEqual([
    ['2'],
    ['3'],
    ['5'],
  ]);
});
