import fc from 'fast-check';
import { expect, test } from 'vitest';
import { caseCodeIn, messageIdIn, messageIdOf, threadIdOf } from './message-id.ts';

test('an id says itself again in a reply, among ids of others', () => {
  const references = `<x@other.example> <${threadIdOf('FB-7F3K', 'corp.example')}>\r\n <${messageIdOf('msg-1', 'corp.example')}>`;
  expect(caseCodeIn(references, 'Corp.Example')).toBe('FB-7F3K');
  expect(messageIdIn(references, 'corp.example')).toBe('msg-1');
  expect(caseCodeIn(references, 'other.example')).toBeUndefined();
});

test('whatever it is made of, an id is one dot-atom', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(messageIdOf(text, 'corp.example')).toMatch(/^[A-Za-z0-9_-]{1,64}@corp\.example$/u);
      expect(messageIdOf(text, 'corp.example')).toBe(messageIdOf(text, 'corp.example'));
    }),
  );
  expect(messageIdOf('a b', 'corp.example')).not.toBe(messageIdOf('a c', 'corp.example'));
});
