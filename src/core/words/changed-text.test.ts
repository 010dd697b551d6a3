import { expect, test } from 'vitest';
import { changedText, type Stretch, wordsComparedMax } from './changed-text.ts';

const side = (stretches: readonly Stretch[], leaves: Stretch['kind']): string =>
  stretches
    .filter(({ kind }) => kind !== leaves)
    .map(({ text }) => text)
    .join('');

test('what changed names the words that went and those that came, and nothing else', () => {
  expect(changedText('Replace the key today.', 'Replace this key now.')).toEqual([
    { kind: 'same', text: 'Replace' },
    { kind: 'taken', text: ' the' },
    { kind: 'added', text: ' this' },
    { kind: 'same', text: ' key' },
    { kind: 'taken', text: ' today.' },
    { kind: 'added', text: ' now.' },
  ]);
  expect(changedText('', 'New words.')).toEqual([{ kind: 'added', text: 'New words.' }]);
  expect(changedText('Old.', '')).toEqual([{ kind: 'taken', text: 'Old.' }]);
  expect(changedText('The same.', 'The same.')).toEqual([{ kind: 'same', text: 'The same.' }]);
  expect(changedText('', '')).toEqual([]);
});

test('both texts can be read from what changed, letter by letter, whatever they hold', () => {
  const texts = [
    'a b c d e f',
    'f e d c b a',
    '  a\n\nb  {c} ',
    '',
    ' ',
    'a',
    '<script>a b</script> {thing}\tc',
    'x '.repeat(wordsComparedMax + 5),
    `y ${'x '.repeat(wordsComparedMax + 9)}z`,
    '😀 a ‮ b',
  ];
  for (const before of texts) {
    for (const after of texts) {
      const changed = changedText(before, after);
      expect(side(changed, 'added')).toBe(before);
      expect(side(changed, 'taken')).toBe(after);
      if (before === after) expect(changed.every(({ kind }) => kind === 'same')).toBe(true);
    }
  }
});
