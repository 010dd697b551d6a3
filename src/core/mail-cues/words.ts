/** A word at characters `start` to `end`, as it is compared. */
export type Word = { readonly folded: string; readonly start: number; readonly end: number };

const word = /[\p{L}\p{N}]+(?:['’][\p{L}]+)*/gu;

/** Without case, accents and kinds of apostrophe: `Contraseña` is `contrasena`. */
export function foldText(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/’/gu, "'")
    .toLowerCase();
}

export function wordsOf(text: string): readonly Word[] {
  return [...text.matchAll(word)].map(({ 0: found, index }) => ({
    folded: foldText(found),
    start: index,
    end: index + found.length,
  }));
}

export type PhraseIndex = ReadonlyMap<string, readonly (readonly string[])[]>;

/** Phrases by their first word, so that a text is read once however many phrases there are. */
export function indexPhrases(phrases: readonly string[]): PhraseIndex {
  const split = phrases.map((phrase) =>
    foldText(phrase)
      .split(/[^\p{L}\p{N}'#]+/u)
      .filter((part) => part !== ''),
  );
  return Map.groupBy(
    split.filter((parts) => parts.length > 0).toSorted((a, b) => b.length - a.length),
    (parts) => parts[0] ?? '',
  );
}

/** Where phrases stand, the longest of those that begin at one word. They do not reach over the end of a sentence. */
export function findPhrases(
  text: string,
  words: readonly Word[],
  index: PhraseIndex,
): readonly { readonly start: number; readonly end: number }[] {
  const found: { start: number; end: number }[] = [];
  let after = 0;
  for (const [at, first] of words.entries()) {
    if (at < after) continue;
    const candidates = [
      ...(index.get(first.folded) ?? []),
      ...(isNumber(first.folded) ? (index.get('#') ?? []) : []),
    ];
    const phrase = candidates.find((parts) => parts.every((part, step) => isPart(part, words[at + step])));
    const last = phrase === undefined ? undefined : words[at + phrase.length - 1];
    if (phrase === undefined || last === undefined) continue;
    if (/[.!?;\n]\s*\n|[.!?;]\s/u.test(text.slice(first.start, last.end))) continue;
    found.push({ start: first.start, end: last.end });
    after = at + phrase.length;
  }
  return found;
}

function isPart(part: string, at: Word | undefined): boolean {
  return at !== undefined && (part === '#' ? isNumber(at.folded) : part === at.folded);
}

function isNumber(text: string): boolean {
  return /^\d{1,4}$/u.test(text);
}
