import { expect, test } from 'vitest';
import { keepMembers } from './keep-members.ts';

const plan = { eventType: true, actor: { id: true }, target: { id: true, tags: { '*': true } } } as const;

test('only what the plan names is kept, at every level and in lists', () => {
  const record = {
    eventType: 'x',
    other: 1,
    actor: { id: 'a', password: 'p' },
    target: [{ id: 1, tags: { b: 'c', deep: { d: 1 } } }, 'text', { id: null }],
  };
  expect(keepMembers(record, plan)).toEqual({
    eventType: 'x',
    actor: { id: 'a' },
    target: [{ id: 1, tags: { b: 'c' } }, {}],
  });
});

test('an empty list is kept, and a list of other things than objects is not taken for one', () => {
  expect(keepMembers({ target: [] }, plan)).toEqual({ target: [] });
  expect(keepMembers({ target: ['text', 1] }, plan)).toEqual({});
});

test('names in small letters come out as the plan spells them, and the plan’s own spelling goes first', () => {
  expect(keepMembers({ eventtype: 'x' }, plan)).toEqual({ eventType: 'x' });
  expect(keepMembers({ eventtype: 'x', eventType: 'y' }, plan)).toEqual({ eventType: 'y' });
});

test('the order of a record’s members says nothing', () => {
  const tags = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`t${at}`, at]));
  const turned = Object.fromEntries(Object.entries(tags).reverse());
  expect(keepMembers({ target: { tags } }, plan)).toEqual(keepMembers({ target: { tags: turned } }, plan));
});

test('inherited members and names of the language are data or nothing', () => {
  expect(keepMembers({}, { constructor: true, toString: true } as const)).toEqual({});
  const tags: unknown = JSON.parse('{"__proto__":"x","a":"b"}');
  expect(JSON.stringify(keepMembers({ target: { tags } }, plan))).toBe('{"target":{"tags":{"a":"b"}}}');
});

test('texts, lists and the whole have limits', () => {
  const limits = { charsMax: 100, textCharsMax: 40, itemsMax: 2 };
  const long = 'a'.repeat(1000);
  expect(keepMembers({ eventType: long }, plan, limits)).toEqual({ eventType: 'a'.repeat(40) });
  const many = keepMembers({ target: Array.from({ length: 9 }, () => ({ id: long })) }, plan, limits);
  expect(many.target).toHaveLength(2);
  const all = keepMembers(
    { a: long, b: long, c: long, d: long },
    { a: true, b: true, c: true, d: true },
    limits,
  );
  expect(JSON.stringify(all).length).toBeLessThan(140);
});
