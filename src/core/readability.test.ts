import { describe, expect, test } from 'vitest';
import {
  counts,
  fleschKincaidGrade,
  proseWords,
  sentences,
  spanishSyllables,
  szigrisztPazos,
  wordCount,
} from './readability.ts';

describe('readability', () => {
  test('the grade is the published formula', () => {
    // .39 · 10 + 11.8 · 1.4 − 15.59
    expect(fleschKincaidGrade({ words: 100, sentences: 10, syllables: 140 })).toBeCloseTo(4.83, 10);
    expect(szigrisztPazos({ words: 100, sentences: 10, syllables: 190 })).toBeCloseTo(78.465, 10);
    expect(fleschKincaidGrade({ words: 0, sentences: 1, syllables: 0 })).toBe(0);
  });

  test('code, paths, ids and addresses are not prose', () => {
    const text =
      'See acme/shop-api: src/pay.ts, line 12, commit 4f2c1ab at https://example.org/a and shopApi now.';
    expect(proseWords(text)).toEqual(['See', 'line', 'commit', 'at', 'and', 'now']);
  });

  test('a line break ends a sentence and a number with a dot does not', () => {
    expect(sentences('One thing. Two things!\nThree\nVersion 1.5 is here. “Quoted.” Next.')).toEqual([
      'One thing.',
      'Two things!',
      'Three',
      'Version 1.5 is here.',
      '“Quoted.”',
      'Next.',
    ]);
  });

  test('length counts what stands between blanks, marks alone not', () => {
    expect(wordCount('A key – in acme/shop-api: src/pay.ts.')).toBe(5);
  });

  test.each([
    ['clave', 2],
    ['repositorio', 5],
    ['código', 3],
    ['línea', 3],
    ['que', 1],
    ['guía', 2],
    ['vergüenza', 3],
    ['ahora', 3],
    ['cuenta', 2],
    ['país', 2],
    ['y', 1],
    ['muy', 1],
    ['servicio', 3],
    ['contraseña', 4],
  ])('%s has %i syllables', (word, expected) => {
    expect(spanishSyllables(word)).toBe(expected);
  });

  test('counts joins words, sentences and syllables, and never divides by zero', () => {
    expect(counts('Ana writes code. It runs.', () => 2)).toEqual({ words: 5, sentences: 2, syllables: 10 });
    expect(counts('', () => 2)).toEqual({ words: 0, sentences: 1, syllables: 0 });
  });
});
