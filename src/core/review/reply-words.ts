import type { WordUse } from '../measures/mining/telling-words.ts';

/** A note beside an answer, and who wrote it. Hostile data. */
export type Note = { readonly by: string; readonly text: string };

const wordsPerNoteMax = 80;
const word = /\p{Script=Latin}{3,24}/gu;

/**
 * Words of notes with how often and by how many people they were written. A word is small Latin letters and nothing else:
 * no address, number, markup or mention is left of it.
 *
 * @param left words that are never counted, such as names of people
 */
export function wordsOf(notes: readonly Note[], left: ReadonlySet<string>): ReadonlyMap<string, WordUse> {
  const counts = new Map<string, { count: number; readonly by: Set<string> }>();
  for (const { by, text } of notes) {
    const small = text.normalize('NFKC').toLowerCase();
    for (const [found] of [...small.matchAll(word)].slice(0, wordsPerNoteMax)) {
      if (left.has(found)) continue;
      const known = counts.get(found) ?? { count: 0, by: new Set<string>() };
      known.count += 1;
      known.by.add(by);
      counts.set(found, known);
    }
  }
  return new Map([...counts].map(([found, { count, by }]) => [found, { count, people: by.size }]));
}

/** The words of a name, an address or an account, as `wordsOf` would count them. */
export function wordsIn(texts: readonly string[]): ReadonlySet<string> {
  return new Set(texts.flatMap((text) => text.normalize('NFKC').toLowerCase().match(word) ?? []));
}
