import type { Cue } from './cue.ts';
import { type CuePhrases, type Mail, phraseKinds } from './mail.ts';
import { findPhrases, foldText, indexPhrases, type PhraseIndex, type Word, wordsOf } from './words.ts';

/** A greeting stands at the beginning, characters. */
const greetingWithin = 200;
/** Whoever signs does so at the end, characters. */
const closingWithin = 500;

const indexed = new WeakMap<CuePhrases, ReadonlyMap<string, PhraseIndex>>();

/** Made once: phrases are those of the packs, and meet every mail. */
function indexOf(phrases: CuePhrases): ReadonlyMap<string, PhraseIndex> {
  const known = indexed.get(phrases);
  if (known !== undefined) return known;
  const made = new Map<string, PhraseIndex>();
  for (const kind of [...phraseKinds, 'closings'] as const) made.set(kind, indexPhrases(phrases[kind]));
  indexed.set(phrases, made);
  return made;
}

/** What the words of a mail show. */
export function phraseCues(mail: Mail, phrases: CuePhrases): readonly Cue[] {
  const index = indexOf(phrases);
  const parts = [
    { part: 'subject', text: mail.subject, words: wordsOf(mail.subject) },
    { part: 'text', text: mail.text, words: wordsOf(mail.text) },
  ] as const;
  const cues: Cue[] = [];
  for (const kind of phraseKinds) {
    const phrasesOfKind = index.get(kind);
    if (phrasesOfKind === undefined) continue;
    for (const { part, text, words } of parts) {
      for (const { start, end } of findPhrases(text, words, phrasesOfKind)) {
        if (kind === 'greeting' && (part === 'subject' || start > greetingWithin)) continue;
        cues.push({ kind, where: { part, start, end }, shown: text.slice(start, end).replace(/\s+/gu, ' ') });
      }
    }
  }
  const [, body] = parts;
  return [
    ...cues,
    ...spellingCues(body.text, body.words, phrases.doubled),
    ...signerCues(mail, body.words, index),
  ];
}

/**
 * A word twice in a row, or letters of two alphabets in one word: what can be told without a dictionary. Any other
 * mistake is for a person to count.
 */
function spellingCues(text: string, words: readonly Word[], doubled: readonly string[]): readonly Cue[] {
  const allowed = new Set(doubled.map(foldText));
  return words.flatMap((word, at): readonly Cue[] => {
    const next = words[at + 1];
    const isDouble =
      next !== undefined &&
      next.folded === word.folded &&
      /^\p{L}{2,}$/u.test(word.folded) &&
      !allowed.has(word.folded) &&
      /^ $/u.test(text.slice(word.end, next.start)) &&
      // Names and cries are doubled on purpose.
      text[next.start] === text[next.start]?.toLowerCase();
    const end = isDouble ? next.end : word.end;
    const shown = text.slice(word.start, end);
    return isDouble || isMixed(shown)
      ? [{ kind: 'spelling', where: { part: 'text', start: word.start, end }, shown }]
      : [];
  });
}

function isMixed(word: string): boolean {
  return /\p{Script=Latin}/u.test(word) && /\p{Script=Cyrillic}|\p{Script=Greek}/u.test(word);
}

/** A mail that wants something done and does not say from whom it is. */
function signerCues(
  { text, links, attachments, isCut, isFromList, from }: Mail,
  words: readonly Word[],
  index: ReadonlyMap<string, PhraseIndex>,
): readonly Cue[] {
  const wantsSomething = links.length > 0 || attachments.length > 0;
  if (!wantsSomething || isCut || isFromList || words.length < 15) return [];
  const tailStart = Math.max(0, text.length - closingWithin);
  const tail = words.filter(({ start }) => start >= tailStart);
  const closings = index.get('closings');
  if (closings !== undefined && findPhrases(text, tail, closings).length > 0) return [];
  const closing = text.slice(tailStart);
  if (/(?:^|\n)--\s*\n|(?:^|\n)\s*[-_=]{2,}|\+?\d[\d ()./-]{7,}\d/u.test(closing)) return [];
  const names = new Set(
    wordsOf(from?.name ?? '').flatMap(({ folded }) => (folded.length > 2 ? [folded] : [])),
  );
  if (tail.some(({ folded }) => names.has(folded))) return [];
  const last = words.at(-1);
  if (last === undefined || isSignature(text)) return [];
  const line = text.lastIndexOf('\n', last.start) + 1;
  return [
    { kind: 'no-signer', where: { part: 'text', start: Math.max(line, last.end - 80), end: last.end } },
  ];
}

/** A short last line without a full stop, such as a name or a team. */
function isSignature(text: string): boolean {
  const line = text.trim().split('\n').at(-1)?.trim() ?? '';
  return /^\p{Lu}[^.:!?[\]]{1,40}$/u.test(line) && line.split(/\s+/u).length <= 5;
}
