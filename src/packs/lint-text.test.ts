import { describe, expect, test } from 'vitest';
import type { LanguageRules } from './language-file.ts';
import {
  blameWords,
  gate,
  isImperative,
  longSentences,
  meanSentenceWords,
  passives,
  tooHard,
  unknownAcronyms,
} from './lint-text.ts';

const rules: LanguageRules = {
  language: 'en',
  name: 'English',
  direction: 'ltr',
  readability: 'flesch-kincaid',
  blame: ['careless', 'failed', 'should have', 'non-compliant', 'disciplinary'],
  blameAllowed: ['no disciplinary record'],
  passive: {
    auxiliaries: ['is', 'was', 'were', 'be'],
    participles: ['found'],
    endings: ['ed'],
    notPassive: ['needed'],
  },
  imperatives: ['make', 'press', 'do', 'tell', 'open'],
  acronyms: ['AWS'],
};

describe('the lint of a text', () => {
  test.each([
    ['You were Careless.', ['careless']],
    ['You should  have asked.', ['should have']],
    ['It is non-compliant!', ['non-compliant']],
    ['Carelessly is another word.', []],
    ['This is no disciplinary record.', []],
    ['This is a disciplinary record.', ['disciplinary']],
  ])('finds blame as whole words: %s', (text, expected) => {
    expect(blameWords(text, rules)).toEqual(expected);
  });

  test('counts words of sentences, and a long one is named', () => {
    const long = `${'Word '.repeat(gate.sentenceWordsMax + 1).trim()}.`;
    expect(longSentences(`Short one. ${long}`)).toEqual(
      [{ sentence: long, words: gate.sentenceWordsMax + 1 }].map((found) => ({ ...found })),
    );
    expect(longSentences(`${'Word '.repeat(gate.sentenceWordsMax).trim()}.`)).toEqual([]);
    expect(meanSentenceWords('One two. Three four five six.')).toBe(3);
    expect(meanSentenceWords('')).toBe(0);
  });

  test.each([
    ['The key was exposed yesterday.', 1],
    ['It was also found.', 1],
    ['The keys were quickly removed.', 1],
    ['More is needed.', 0],
    ['We exposed the key.', 0],
    ['The key is dead.', 0],
    ['It was. Removed things stay.', 0],
  ])('sees a passive: %s', (text, count) => {
    expect(passives(text, rules)).toHaveLength(count);
  });

  test('a short form in capitals must be on the list, unless it is code or quoted', () => {
    expect(unknownAcronyms('The SIEM and AWS saw “BEGIN KEY” at LOOP-7F3K and API_KEY.', rules)).toEqual([
      'SIEM',
    ]);
  });

  test.each([
    ['Make a new key.', true],
    ['“Open” it.', true],
    ['We make keys.', false],
    ['', false],
  ])('knows who is told to do something: %s', (sentence, expected) => {
    expect(isImperative(sentence, rules)).toBe(expected);
  });

  test('a hard text of fifty words is refused, a short one is not judged', () => {
    const hard =
      'Organizational credential repudiation necessitates immediate administrative reconfiguration. ';
    expect(tooHard(hard.repeat(8), rules)).toMatch(/school years/u);
    expect(tooHard(hard, rules)).toBeUndefined();
    expect(tooHard('We saw a key in the code. It still works. '.repeat(8), rules)).toBeUndefined();
    const spanish: LanguageRules = { ...rules, language: 'es', readability: 'szigriszt-pazos' };
    expect(
      tooHard(
        'Organizativamente necesitaremos reconfiguraciones administrativas inmediatas. '.repeat(10),
        spanish,
      ),
    ).toMatch(/reading ease/u);
    expect(tooHard(hard.repeat(8), { ...rules, readability: 'none' })).toBeUndefined();
  });
});
