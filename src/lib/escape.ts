/**
 * Text from outside is data. Each function makes it inert for one place: markup, a spreadsheet, a terminal, a log.
 * None of them shortens; `clip` does.
 */

// Bidirectional controls (UAX #9), which show a text in another order than it has; Trojan Source, CVE-2021-42574.
const bidiControls = '\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069';
// Characters that show nothing: zero-width blanks, byte-order marks, and the tag block, which hides whole
// sentences from people but not from language models. Joiners stay: emoji and Persian need them.
const invisible =
  '\\u00ad\\u180e\\u200b\\u2060-\\u2064\\u206a-\\u206f\\ufeff\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}';

const hiddenCharacters = new RegExp(`[${bidiControls}${invisible}]`, 'gu');
// CSI, OSC and the other string sequences of ECMA-48, with ESC or as one C1 character. An unfinished string
// sequence takes only its introducer: the rest is shown, without effect.
const terminalSequences =
  /(?:\x1b\[|\x9b)[0-?]{0,64}[ -/]{0,16}[@-~]|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]{0,4096}(?:\x07|\x1b\\|\x9c)|\x1b[ -/]{0,16}[0-~]/gu;
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/gu;
const lineBreaks = /\r\n?|[\n\x0b\x0c\x85\u2028\u2029]/gu;

/** Text as it may be shown to anyone: lines of `\n`, no control, bidirectional or invisible characters. */
export function plain(text: string): string {
  return text
    .toWellFormed()
    .replace(terminalSequences, '')
    .replace(lineBreaks, '\n')
    .replace(controls, '')
    .replace(hiddenCharacters, '');
}

/** For a terminal: escape sequences and bidirectional controls out, line breaks and tabs kept. */
export function terminal(text: string): string {
  return plain(text);
}

/** One line for people: every run of blanks and breaks is one blank. For headers, subjects and labels. */
export function oneLine(text: string): string {
  return plain(text).replace(/\s+/gu, ' ').trim();
}

/** For HTML text and quoted attributes. */
export function html(text: string): string {
  return plain(text).replace(/[&<>"'`]/gu, (character) => `&#${character.charCodeAt(0)};`);
}

/** One line of a log: breaks and other controls are written out as `\n` or `\u001b`, so that nothing is lost. */
export function logLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/\\/gu, '\\\\')
    .replace(/\n/gu, '\\n')
    .replace(/\r/gu, '\\r')
    .replace(/\t/gu, '\\t')
    .replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/gu, escaped)
    .replace(hiddenCharacters, escaped);
}

function escaped(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  return point > 0xffff ? `\\u{${point.toString(16)}}` : `\\u${point.toString(16).padStart(4, '0')}`;
}

/**
 * A quoted CSV cell (RFC 4180). A cell that a spreadsheet would take as a formula gets a leading apostrophe, also
 * behind blanks and quotation marks and in its full-width forms (OWASP, CSV Injection).
 */
export function csvCell(text: string): string {
  const clean = plain(text);
  const isFormula = /^[\s"']*[=+\-@|%＝＋－＠]/u.test(clean) || /^[\t\n]/u.test(clean);
  return `"${isFormula ? "'" : ''}${clean.replaceAll('"', '""')}"`;
}

/**
 * JSON in ASCII with `<`, `>` and `&` written out: inert inside HTML, logs and terminals, and the same value.
 * Throws where JSON.stringify throws.
 */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\x7f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Takes the life out of addresses that a mail or chat program would turn into links: `https[:]//host[.]example`. */
export function inertUrls(text: string): string {
  return text
    .replace(
      /(?<=[a-z0-9+.-]):\/\/([\p{L}\p{N}.-]*)/giu,
      (_all, host: string) => `[:]//${host.replaceAll('.', '[.]')}`,
    )
    .replace(/\b(mailto|tel|sms|javascript|data|vbscript):(?=\S)/giu, '$1[:]')
    .replace(/\bwww\.(?=\S)/giu, 'www[.]');
}

/** The address if it may become a link: http or https, no credentials, in its normal form. */
export function safeHref(text: string): string | undefined {
  if (/[\s\x00-\x1f\x7f-\x9f\\]/u.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined;
  return url.username === '' && url.password === '' ? url.href : undefined;
}

/** At most `charactersMax` characters, the last of them `…` where something was cut. Never half a character. */
export function clip(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  const characters = Array.from(text.slice(0, charactersMax * 2 + 1));
  return characters.length <= charactersMax ? text : `${characters.slice(0, charactersMax - 1).join('')}…`;
}
