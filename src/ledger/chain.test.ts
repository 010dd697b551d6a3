import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { appendEntries, emptyHead, entryHash, genesis } from './chain.ts';

const noSalt = (): string => '0'.repeat(32);

test('an entry is hashed over the canonical JSON of its members, so that anyone can recompute it', () => {
  const { entries } = appendEntries(
    emptyHead('L1'),
    [{ at: 5, kind: 'loop.opened', body: { b: 1, a: 'é' } }],
    noSalt,
  );
  const text = `{"at":5,"body":{"a":"é","b":1},"kind":"loop.opened","loop":"L1","previous":"${genesis}","seq":1}`;
  expect(entries[0]?.hash).toBe(createHash('sha256').update(text).digest('hex'));
});

test('appending in one batch or one by one gives the same chain', () => {
  const drafts = [1, 2, 3, 4].map((at) => ({ at, kind: 'loop.told', body: { at } }));
  const whole = appendEntries(emptyHead('L1'), drafts, noSalt);
  let head = emptyHead('L1');
  const single = drafts.flatMap((draft) => {
    const step = appendEntries(head, [draft], noSalt);
    head = step.head;
    return step.entries;
  });
  expect(single).toEqual(whole.entries);
  expect(head).toEqual(whole.head);
  expect(whole.head).toEqual({ loop: 'L1', seq: 4, hash: whole.entries[3]?.hash });
});

test('nothing appended leaves the head where it was', () => {
  const head = { loop: 'L1', seq: 7, hash: 'a'.repeat(64) };
  expect(appendEntries(head, [], noSalt)).toEqual({ entries: [], private: [], head });
});

test('the same draft gives another hash in another loop, in another place, at another time', () => {
  const draft = { at: 5, kind: 'loop.told', body: {} };
  const first = appendEntries(emptyHead('L1'), [draft, draft, { ...draft, at: 6 }], noSalt).entries;
  const other = appendEntries(emptyHead('L2'), [draft], noSalt).entries;
  expect(new Set([...first, ...other].map(entryHash)).size).toBe(4);
});

test('private values carry the loop and the entry that they belong to', () => {
  const drafts = [
    { at: 1, kind: 'loop.opened', body: { x: 1 } },
    { at: 2, kind: 'owner.found', body: { name: 'Ana' }, personal: ['/name'] },
  ];
  const { private: kept } = appendEntries(emptyHead('L1'), drafts, noSalt);
  expect(kept).toEqual([{ loop: 'L1', seq: 2, path: '/name', salt: noSalt(), value: 'Ana' }]);
});
