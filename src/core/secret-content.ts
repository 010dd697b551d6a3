import { isContent } from './fingerprint.ts';

/** A secret's part of this length or more counts as the secret: shorter ones stand in ordinary words. */
const runLengthMin = 6;
/** A word may stay where at least this much of the secret is no part of it: what cannot be guessed is the rest. */
const unsharedLengthMin = 10;
/** Three characters at every fourth place meet every run of six, so that a text is searched without reading it all. */
const gramLength = 3;
const gramStep = runLengthMin - gramLength + 1;
/** A secret that repeats itself is met at many places: this many are tried, and a run this long is long enough. */
const triesMax = 32;
const runLengthEnough = 64;

/**
 * The one form of a secret in which two scanners agree: trimmed, without the quotes around it; a key block with plain
 * line feeds instead of escapes and without indentation.
 */
export function normaliseSecret(value: string): string {
  let text = value.trim();
  const quote = text.charAt(0);
  if (text.length > 2 && (quote === '"' || quote === "'" || quote === '`') && text.endsWith(quote)) {
    text = text.slice(1, -1).trim();
  }
  if (!text.startsWith('-----BEGIN')) return text;
  return text
    .replace(/\\r\\n|\\n|\\r|\r\n|\r/gu, '\n')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}

/**
 * The secret as content of a fingerprint, or undefined when it may not serve as such: redaction markers, short and
 * low-entropy values, and the opening line of a key block, which is the same for every key.
 */
export function secretContent(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = normaliseSecret(value);
  if (/^-----BEGIN [A-Z0-9 ]*-{0,5}$/u.test(text)) return undefined;
  return isContent(text) ? text : undefined;
}

/**
 * What of a value is secret. In a URL the password, and the path where it is long enough to be one (a webhook
 * address); scheme, user and host stand in other places too and say nothing. Of a key block its lines, not its frame.
 */
function secretParts(value: string): readonly string[] {
  const text = normaliseSecret(value);
  const url = /^[a-z][a-z\d+.-]*:\/\/(?:([^\s/@]*)@)?([^\s/?#]*)(\S*)$/iu.exec(text);
  if (url !== null) {
    const [, user = '', , path = ''] = url;
    const password = user.slice(user.indexOf(':') + 1);
    return [password, decoded(password), path.length >= 20 ? path : ''];
  }
  if (text.startsWith('-----BEGIN')) return text.split('\n').filter((line) => !line.startsWith('-----'));
  return [text];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray percent sign: then the text is not encoded.
    return text;
  }
}

/**
 * Gives a function that masks the secrets, and any part of them of six characters or more, in a text. Plain words
 * that a secret shares with a file or team name are left, or half of a repository's name would be masked away.
 *
 * @param values the secrets as the source showed them, in every form it showed
 */
export function secretScrubber(values: readonly string[], mask: string): (text: string) => string {
  const parts: string[] = [];
  for (const part of values.flatMap((value) => (value === '' ? [] : secretParts(value)))) {
    if (part.length >= runLengthMin && !parts.some((known) => known.includes(part))) parts.push(part);
  }
  if (parts.length === 0) return (text) => text;
  return (text) => {
    let result = text;
    for (const part of parts) result = scrub(result, part, mask);
    return result;
  };
}

function scrub(text: string, part: string, mask: string): string {
  let result = '';
  let kept = 0;
  let passed = 0;
  for (let at = 0; at + gramLength <= text.length; at += gramStep) {
    if (at < passed) continue;
    const run = longestRun(text, at, kept, part);
    if (run === undefined) continue;
    passed = run.end;
    if (isWords(text.slice(run.start, run.end), part)) continue;
    result += text.slice(kept, run.start) + mask;
    kept = run.end;
  }
  return kept === 0 ? text : result + text.slice(kept);
}

/** The longest run of the text around `at`, and not before `from`, that the secret holds too. */
function longestRun(text: string, at: number, from: number, part: string): Run | undefined {
  const gram = text.slice(at, at + gramLength);
  let best: Run | undefined;
  let place = part.indexOf(gram);
  for (let tries = 0; place >= 0 && tries < triesMax; tries++) {
    const run = runAt(text, at, from, part, place);
    const length = run.end - run.start;
    if (length >= runLengthMin && length > (best === undefined ? 0 : best.end - best.start)) best = run;
    if (length >= runLengthEnough) break;
    place = part.indexOf(gram, place + 1);
  }
  return best;
}

type Run = { readonly start: number; readonly end: number };

function runAt(text: string, at: number, from: number, part: string, place: number): Run {
  let start = at;
  let end = at + gramLength;
  const shift = place - at;
  while (start > from && start + shift > 0 && text[start - 1] === part[start - 1 + shift]) start--;
  while (end < text.length && end + shift < part.length && text[end] === part[end + shift]) end++;
  return { start, end };
}

/** Whether a run is plain words, and enough of the secret is no part of it. */
function isWords(run: string, part: string): boolean {
  return part.length - run.length >= unsharedLengthMin && run.split(/[^\p{L}\p{N}]+/u).every(isPlainWord);
}

function isPlainWord(word: string): boolean {
  return /^(?:\p{Lu}?\p{Ll}*|\p{Lu}*)$/u.test(word);
}
