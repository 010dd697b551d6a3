/**
 * Measures of plain language. Counts only words of prose: code, ids, paths and addresses are left out, because their
 * syllables say nothing about the reader.
 */
export type TextCounts = { readonly words: number; readonly sentences: number; readonly syllables: number };

/** A token that is no word of a language: digits, slashes, underscores, inner dots or capitals, addresses, ellipses. */
const code = /[\p{N}/\\_@#{}=<>[\]…]|\p{L}\.\p{L}|\p{Ll}\p{Lu}/u;

/** The sentences of a text, one entry each, trimmed. A line break ends a sentence; an abbreviation's dot does not. */
export function sentences(text: string): readonly string[] {
  return text
    .split(/\n+|(?<=[.!?…][)”"'»]?)\s+(?=[\p{Lu}\p{N}¿¡“"«(])/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => /[\p{L}\p{N}]/u.test(sentence));
}

/** Everything between blanks that holds a letter or a digit: how long a text looks. */
export function wordCount(text: string): number {
  return text.split(/\s+/u).filter((token) => /[\p{L}\p{N}]/u.test(token)).length;
}

/** The words of prose in a text, without punctuation. */
export function proseWords(text: string): readonly string[] {
  return text
    .split(/\s+/u)
    .filter((token) => /\p{L}/u.test(token) && !code.test(token.replace(/[.,;:!?)”"'»]+$/u, '')))
    .map((token) => token.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, ''))
    .filter((word) => word !== '');
}

/** @param syllables counts the syllables of one word of the text's language */
export function counts(text: string, syllables: (word: string) => number): TextCounts {
  const words = proseWords(text);
  return {
    words: words.length,
    sentences: Math.max(1, sentences(text).filter((sentence) => proseWords(sentence).length > 0).length),
    syllables: words.reduce((sum, word) => sum + Math.max(1, syllables(word)), 0),
  };
}

/** Flesch–Kincaid grade level (Kincaid 1975): school years of English. 0 for no words. */
export function fleschKincaidGrade({ words, sentences, syllables }: TextCounts): number {
  return words === 0 ? 0 : (0.39 * words) / sentences + (11.8 * syllables) / words - 15.59;
}

/** Flesch reading ease (1948): 60–70 is plain English, higher is easier. 100 for no words. */
export function fleschReadingEase({ words, sentences, syllables }: TextCounts): number {
  return words === 0 ? 100 : 206.835 - (1.015 * words) / sentences - (84.6 * syllables) / words;
}

/** SMOG grade (McLaughlin 1969) from the words of three syllables and more. Made for 30 sentences: no gate for a message. */
export function smogGrade(longWords: number, sentences: number): number {
  return 1.043 * Math.sqrt((30 * longWords) / sentences) + 3.1291;
}

/** Szigriszt-Pazos perspicuity (1993), the INFLESZ scale of Spanish: 55–65 normal, 65–80 quite easy. 100 for no words. */
export function szigrisztPazos({ words, sentences, syllables }: TextCounts): number {
  return words === 0 ? 100 : 206.835 - (62.3 * syllables) / words - words / sentences;
}

/** Syllables of a Spanish word: one for each vowel group, with hiatus where two strong vowels or an accent meet. */
export function spanishSyllables(word: string): number {
  const plain = word
    .toLowerCase()
    .normalize('NFC')
    .replace(/qu(?=[eiéí])/gu, 'k')
    .replace(/gu(?=[eiéí])/gu, 'g')
    .replace(/y(?=$|[^aeiouáéíóú])/gu, 'i');
  const groups = plain.match(/[aeiouáéíóúü]+/gu) ?? [];
  return groups.reduce((sum, group) => sum + nuclei(group), 0);
}

/** Strong and accented vowels each carry a syllable; weak ones lean on a neighbour. */
function nuclei(group: string): number {
  const strong = (group.match(/[aeoáéóíú]/gu) ?? []).length;
  return Math.max(1, strong);
}
