import { styleText } from 'node:util';
import { terminal } from '../lib/escape.ts';

/**
 * Data goes to standard output, everything else to standard error. Text from outside must have passed `terminal`,
 * which `line` and `note` see to.
 */

/** What JSON leaves as it is but a terminal obeys: DEL, C1 controls, bidirectional and invisible characters, tags. */
const loud =
  /[\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** One line of JSON that is inert on a terminal and has the same value. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(
    loud,
    // A character beyond the basic plane is two units.
    (character) =>
      character
        .split('')
        .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
        .join(''),
  );
}

export function writeJson(value: unknown): void {
  write(process.stdout, `${jsonText(value)}\n`);
}

/** A line, or several, of data for people. */
export function line(text = ''): void {
  write(process.stdout, `${terminal(text)}\n`);
}

/** A line, or several, beside the data. */
export function note(text = ''): void {
  write(process.stderr, `${terminal(text)}\n`);
}

/** Bytes as they are: an exported file. */
export function writeRaw(text: string): void {
  write(process.stdout, text);
}

function write(stream: NodeJS.WriteStream, text: string): void {
  stream.write(text);
}

/** Bold and dim, where standard output is a terminal and NO_COLOR is not set. For text of our own only. */
export type Paint = { readonly bold: (text: string) => string; readonly dim: (text: string) => string };

export function paintFor(stream: NodeJS.WriteStream): Paint {
  const isColoured =
    stream.isTTY === true && (process.env.NO_COLOR ?? '') === '' && process.env.TERM !== 'dumb';
  if (!isColoured) return { bold: (text) => text, dim: (text) => text };
  return {
    bold: (text) => styleText('bold', text, { validateStream: false }),
    dim: (text) => styleText('dim', text, { validateStream: false }),
  };
}

/** Text that is painted already: written as it stands. Everything from outside in it has passed `terminal`. */
export function painted(text: string): void {
  write(process.stdout, `${text}\n`);
}

/** The next thing to do, as the last line on standard error. */
export function next(...commands: readonly string[]): void {
  for (const command of commands) note(`Next: ${command}`);
}

export function plural(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? '' : 's'}`;
}

/** Rows under a header, in columns as wide as their widest cell, the last column as it is. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [header, ...rows].map((row) => row.map((cell) => terminal(cell).replace(/\s+/gu, ' ')));
  const widths = header.map((_name, column) =>
    Math.max(...cells.map((row) => (column === header.length - 1 ? 0 : width(row[column] ?? '')))),
  );
  return cells
    .map((row) =>
      row.map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - width(cell)))),
    )
    .map((row) => row.join('  ').trimEnd())
    .join('\n');
}

const segmenter = new Intl.Segmenter();

/** Columns on a terminal, near enough: one a character, two for those of East Asian width. */
function width(text: string): number {
  if (/^[\x20-\x7e]*$/u.test(text)) return text.length;
  let columns = 0;
  for (const { segment } of segmenter.segment(text)) {
    columns +=
      /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\p{Extended_Pictographic}]/u.test(
        segment,
      )
        ? 2
        : 1;
  }
  return columns;
}
