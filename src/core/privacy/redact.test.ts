import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redactionOf, redactJson, redactText } from './redact.ts';

const redaction = redactionOf(
  ['ana', 'Ana Lima', 'ana.lima@example.com', 'al'],
  (name) => `erased-${name.length}`,
);

test('a name goes as a whole word, whatever its case, and never out of another word', () => {
  expect(redactText('ANA pushed a banana for Ana Lima <ana.lima@example.com>', redaction)).toBe(
    'erased-3 pushed a banana for erased-8 <erased-20>',
  );
  expect(redactText('src/ana/key.py', redaction)).toBe('src/erased-3/key.py');
});

test('a name of two letters goes only where it stands alone', () => {
  expect(redactText('al', redaction)).toBe('erased-2');
  expect(redactText('et al', redaction)).toBe('et al');
});

test('words of our own closed lists stay, even when an account is called the same', () => {
  const owner = redactionOf(['told', 'person'], () => 'gone');
  expect(redactJson({ state: 'told', kind: 'person', id: 'person' }, owner)).toEqual({
    state: 'told',
    kind: 'person',
    id: 'gone',
  });
});

test('a member that is called like the person is renamed, and what holds no name is the same object', () => {
  expect(redactJson({ ana: [1, { by: 'ana' }] }, redaction)).toEqual({ 'erased-3': [1, { by: 'erased-3' }] });
  const other = { note: 'nothing of hers', list: [1, null, true] };
  expect(redactJson(other, redaction)).toBe(other);
});

test('whatever surrounds a name, nothing of it is left, and doing it again changes nothing', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, after) => {
      const text = `${before} ana.lima@example.com ${after}`;
      const once = redactText(text, redaction);
      expect(once.toLowerCase()).not.toContain(' ana.lima@example.com ');
      expect(redactText(once, redaction)).toBe(once);
    }),
  );
});
