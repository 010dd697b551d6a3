import { syllable } from 'syllable';
import {
  counts,
  fleschKincaidGrade,
  proseWords,
  sentences,
  spanishSyllables,
  szigrisztPazos,
  wordCount,
} from '../core/readability.ts';
import type { LanguageRules } from './language-file.ts';

/** The gate of a message. A reader of about twelve years, on a phone, in ten seconds. */
export const gate = {
  sentenceWordsMax: 20,
  sentenceWordsMeanMax: 15,
  messageWordsMax: 80,
  /** Flesch–Kincaid school years. */
  gradeMax: 8,
  /** Szigriszt-Pazos: "quite easy" on the INFLESZ scale begins at 65. */
  perspicuityMin: 65,
  /** Below this many words of prose a grade is noise. */
  gradeFromWords: 50,
  passivesMax: 1,
  subjectCharactersMax: 78,
} as const;

/** The library walks a word a dozen times; the same few hundred words come back in every sample. */
const syllablesByWord = new Map<string, number>();
const syllablesByWordMax = 20_000;

function englishSyllables(word: string): number {
  const known = syllablesByWord.get(word);
  if (known !== undefined) return known;
  const counted = syllable(word);
  if (syllablesByWord.size < syllablesByWordMax) syllablesByWord.set(word, counted);
  return counted;
}

/** What stands in quotation marks is a thing to look for, not prose. */
function withoutQuotes(text: string): string {
  return text.replace(/[“«][^”»]*[”»]/gu, '“…”');
}

/** One pattern a language: whole words of the list, the longest first. */
const blamePatterns = new WeakMap<LanguageRules, RegExp>();

function blamePattern(rules: LanguageRules): RegExp {
  const known = blamePatterns.get(rules);
  if (known !== undefined) return known;
  const words = rules.blame.map((word) => word.toLowerCase()).sort((one, other) => other.length - one.length);
  const escaped = words.map((word) => word.replace(/[\\^$.*+?()[\]{}|]/gu, '\\$&'));
  const made = new RegExp(`(?<= )(?:${escaped.join('|')})(?= )`, 'gu');
  blamePatterns.set(rules, made);
  return made;
}

/** Words of the blame list that a text holds, as whole words and without case. */
export function blameWords(text: string, rules: LanguageRules): readonly string[] {
  let plain = ` ${text
    .toLowerCase()
    .replace(/’/gu, "'")
    .replace(/[^\p{L}\p{N}'-]+/gu, ' ')} `;
  for (const allowed of rules.blameAllowed) plain = plain.replaceAll(` ${allowed.toLowerCase()} `, ' ');
  return [...new Set(plain.match(blamePattern(rules)) ?? [])];
}

/** Sentences that are too long, each with its count. */
export function longSentences(
  text: string,
): readonly { readonly sentence: string; readonly words: number }[] {
  return sentences(text)
    .map((sentence) => ({ sentence, words: wordCount(sentence) }))
    .filter(({ words }) => words > gate.sentenceWordsMax);
}

/** Words per sentence; 0 for no sentence. */
export function meanSentenceWords(text: string): number {
  const lengths = sentences(text).map(wordCount);
  return lengths.length === 0 ? 0 : lengths.reduce((sum, words) => sum + words, 0) / lengths.length;
}

/** Short forms in capitals that the language file does not list. */
export function unknownAcronyms(text: string, rules: LanguageRules): readonly string[] {
  const found = proseWords(withoutQuotes(text)).filter((word) => /^\p{Lu}{2,}s?$/u.test(word));
  return [...new Set(found)].filter((word) => !rules.acronyms.includes(word.replace(/s$/u, '')));
}

/** Passive forms: an auxiliary, at most one adverb between, and a participle. */
export function passives(text: string, rules: LanguageRules): readonly string[] {
  const { auxiliaries, endings, participles, notPassive } = rules.passive;
  const isParticiple = (word: string) =>
    !notPassive.includes(word) &&
    (participles.includes(word) || (word.length > 4 && endings.some((ending) => word.endsWith(ending))));
  return sentences(withoutQuotes(text)).flatMap((sentence) => {
    const words = proseWords(sentence).map((word) => word.toLowerCase());
    return words.flatMap((word, index) => {
      if (!auxiliaries.includes(word)) return [];
      const [next = '', after = ''] = words.slice(index + 1, index + 3);
      if (isParticiple(next)) return [`${word} ${next}`];
      const isAdverb = /(?:ly|mente)$|^(?:not|no|now|also|already|ya|aún|también)$/u.test(next);
      return isAdverb && isParticiple(after) ? [`${word} ${next} ${after}`] : [];
    });
  });
}

/** Whether a sentence tells somebody to do something: its first word is on the list of imperatives. */
export function isImperative(sentence: string, rules: LanguageRules): boolean {
  const first = /^[^\p{L}]*(\p{L}[\p{L}\p{M}'’]*)/u.exec(sentence)?.[1]?.toLowerCase() ?? '';
  return rules.imperatives.includes(first);
}

/** Why a text is too hard, or undefined. */
export function tooHard(text: string, rules: LanguageRules): string | undefined {
  const prose = withoutQuotes(text);
  switch (rules.readability) {
    case 'flesch-kincaid': {
      const found = counts(prose, englishSyllables);
      const grade = fleschKincaidGrade(found);
      if (found.words < gate.gradeFromWords || grade <= gate.gradeMax) return undefined;
      return `needs ${grade.toFixed(1)} school years to read, more than ${gate.gradeMax} (Flesch–Kincaid)`;
    }
    case 'szigriszt-pazos': {
      const found = counts(prose, spanishSyllables);
      const ease = szigrisztPazos(found);
      if (found.words < gate.gradeFromWords || ease >= gate.perspicuityMin) return undefined;
      return `has a reading ease of ${ease.toFixed(0)}, less than ${gate.perspicuityMin} (Szigriszt-Pazos)`;
    }
    case 'none':
      return undefined;
  }
}
