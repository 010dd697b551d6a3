import type { Following } from './call.ts';
import { textsIn } from './texts-in.ts';

/** A passage that gives orders, in small letters for the comparison. */
type Passage = { readonly text: string; readonly lower: string; readonly from: string | undefined };

/** Characters of results that are looked at in one run, passages that are kept of them, and characters of each. */
const resultCharsMax = 200_000;
const passagesMax = 50;
const passageCharsMax = 2000;
const trustedCharsMax = 60_000;

/**
 * What a run has seen so far, to judge whether a call does what a text told it to that came back from a tool. Agents
 * take values from earlier results all the time: that alone says nothing. It counts when the result holds a passage
 * that gives orders, and the call takes from that passage what neither the user nor the operator had written. A call
 * is judged by what came before it.
 */
export type RunSoFar = {
  /**
   * Text of the user or the operator, who may give orders. An operator's text often lists every tool: only the user's
   * says which one was wanted.
   */
  trust(text: string, from: 'user' | 'operator'): void;
  /** What a tool gave back. */
  result(value: unknown, tool: string | undefined): void;
  /** Judges a call, and remembers that its tool was used. */
  call(tool: string, given: unknown): Following | undefined;
};

export function openRun(): RunSoFar {
  let user = '';
  let trusted = '';
  let charsLeft = resultCharsMax;
  const passages: Passage[] = [];
  const used = new Set<string>();
  return {
    trust: (text, from) => {
      const room = trustedCharsMax - trusted.length;
      if (room <= 0) return;
      const lower = text.slice(0, room).toLowerCase();
      trusted += `\n${lower}`;
      if (from === 'user') user += `\n${lower}`;
    },
    result: (value, from) => {
      for (const text of textsIn(value)) {
        if (charsLeft <= 0) return;
        const looked = text.slice(0, charsLeft);
        charsLeft -= looked.length;
        for (const passage of ordersIn(looked)) {
          if (passages.length === passagesMax) return;
          passages.push({ text: passage, lower: passage.toLowerCase(), from });
        }
      }
    },
    call: (tool, given) => {
      // Where nothing of the user is to be seen, what was wanted is not known either.
      const isNew = user !== '' && !used.has(tool) && !mentions(user, tool.toLowerCase());
      used.add(tool);
      if (passages.length === 0) return undefined;
      const values = isNew ? newValues(given, trusted, 3) : newValues(given, trusted, distinctiveCharsMin);
      // The last orders are the nearest.
      for (const { text, lower, from } of passages.toReversed()) {
        const by = joinOf(lower, tool, isNew, values, user);
        if (by !== undefined) return { by, from, passage: text };
      }
      return undefined;
    },
  };
}

/** A tool that was used or wanted before is only led astray by a value that stands nowhere else. */
const distinctiveCharsMin = 16;

function joinOf(
  passage: string,
  tool: string,
  isNew: boolean,
  values: readonly string[],
  user: string,
): Following['by'] | undefined {
  if (values.some((value) => mentions(passage, value))) return 'argument';
  if (!isNew) return undefined;
  if (tool.length >= 6 && mentions(passage, tool.toLowerCase())) return 'tool-name';
  const words = wordsOf(tool).filter((word) => !mentions(user, word));
  return words.length > 0 &&
    words.filter((word) => mentionsStem(passage, word)).length >= Math.min(2, words.length)
    ? 'words'
    : undefined;
}

/** Words that say how a tool works and not what it is for. */
const plainWords = new Set(
  'call create delete fetch find function list make manage manager read retrieve run search send tool update user view with write details data'.split(
    ' ',
  ),
);

/** The telling words of a name such as `AmazonViewSavedAddresses` or `send_direct_message`. */
function wordsOf(tool: string): readonly string[] {
  const words = tool
    .slice(0, 200)
    .replace(/([a-z\d])([A-Z])/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  return words.filter((word) => word.length >= 4 && !plainWords.has(word));
}

/** Argument values that the user and the operator did not write. */
function newValues(given: unknown, trusted: string, charsMin: number): readonly string[] {
  return textsIn(given)
    .slice(0, 50)
    .map((text) => text.trim().toLowerCase())
    .filter((text) => text.length >= charsMin && text.length <= 500)
    .filter((text) => !mentions(trusted, text) && !commonValues.has(text));
}
const commonValues = new Set(['true', 'false', 'null', 'none', 'all', 'yes', 'now', 'today', 'any']);

/** Whether a text holds another as a whole word. */
function mentions(text: string, part: string): boolean {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    if (!isWordAt(text, at - 1) && !isWordAt(text, at + part.length)) return true;
  }
  return false;
}

function mentionsStem(text: string, word: string): boolean {
  const stem = word.slice(0, Math.max(4, word.length - 3));
  for (let at = text.indexOf(stem); at >= 0; at = text.indexOf(stem, at + 1)) {
    if (!isWordAt(text, at - 1)) return true;
  }
  return false;
}

function isWordAt(text: string, at: number): boolean {
  return /[\p{L}\p{N}]/u.test(text[at] ?? ' ');
}

const verbs =
  'add book buy call cancel change check collect confirm copy create delete deposit disable download email enable execute export fetch find follow forward generate get give go grant import initiate install invite locate look make mail modify move open order pay place post provide publish purchase push read remove report request reset retrieve return review revoke run save schedule search send set share show sign start stop submit transfer turn unlock update upload use view visit withdraw write';
const verb = `(?:${verbs.split(' ').join('|')})`;
/**
 * What makes a sentence an order: a request, a verb where one begins, something to be sent to somebody, or the usual
 * words of an attack. Sentences are bounded, and each alternative has bounded repetitions.
 */
const order = new RegExp(
  [
    `\\b(?:please|kindly)\\s+[a-z]`,
    `(?:^|[,:;]\\s+)(?:also |now |then |first |next |just |immediately )?${verb}\\b(?!\\s*(?:[:=]|is\\b|was\\b|are\\b|were\\b|has\\b|id\\b|name\\b|number\\b))`,
    `\\b(?:e-?mail|forward|send|share|transfer)\\b[^.]{0,200}\\bto\\b`,
    `\\b(?:can|could|would|will) you\\b`,
    `\\b(?:i|we) (?:need|want|would like|ask) you to\\b`,
    `^you (?:must|should|need to|have to|are now|will now)\\b`,
    `\\b(?:ignore|disregard|forget) (?:all |any |the |your |my ){0,4}(?:previous|prior|above|earlier|former) (?:instructions?|prompts?|messages?)`,
    `\\b(?:important|urgent|attention|system|instructions?|note to (?:the )?(?:ai|agent|assistant))\\s*[!:]`,
  ].join('|'),
  'iu',
);
const sentenceEnd = /(?<=[.!?])\s+|[\r\n]+/u;

/** Passages of a text that give orders: from the first such sentence on, as what follows belongs to it. */
function* ordersIn(text: string): Generator<string> {
  if (text.length < 12) return;
  let passage = '';
  for (const sentence of text.split(sentenceEnd)) {
    const trimmed = sentence.trim().slice(0, passageCharsMax);
    if (passage === '' && !order.test(trimmed.replace(/^["'“‘*#>\-\s]+/u, ''))) continue;
    passage = `${passage} ${trimmed}`.trim();
    if (passage.length >= passageCharsMax) break;
  }
  if (passage !== '') yield passage.slice(0, passageCharsMax);
}
