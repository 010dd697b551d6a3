import { html } from 'hono/html';

/** Escaped markup. Made only by the `html` tag, which escapes every value put into it. */
export type Html = ReturnType<typeof html>;
export type Part = Html | string;

/** The finished page as a string of UTF-8 HTML. A promise inside a page is a fault of the page. */
export function pageString(page: Html): string {
  if (page instanceof Promise) throw new TypeError('a page holds no promises');
  return page.toString();
}

/** A text of the pack with its slots filled; an unfilled slot stands as written, so that a gap is seen in review. */
export function fill(template: string, values: Readonly<Record<string, Part | number>>): readonly Part[] {
  return template.split(/(\{[a-zA-Z]+\})/u).map((piece) => {
    const slot = /^\{([a-zA-Z]+)\}$/u.exec(piece)?.[1];
    if (slot === undefined || !Object.hasOwn(values, slot)) return piece;
    const value = values[slot] ?? '';
    return typeof value === 'number' ? String(value) : value;
  });
}

/** Control characters, zero-width marks, direction overrides and tags: they let one name look like another. */
const invisible =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc\u{e0000}-\u{e007f}]+/gu;

/** Longest text from outside that a page shows, in characters. Keeps a hostile file name from filling the page. */
export const valueLengthMax = 160;

/** Longest sentence that a pack, with outside values in it, may put on a page. */
export const sentenceLengthMax = 400;

/** Text from outside as one visible line; the middle of what is too long is left out. */
export function plain(value: string, lengthMax: number = valueLengthMax): string {
  // A hostile value may have megabytes: cut before looking at its characters.
  const line = value.slice(0, 20_000).toWellFormed().replace(invisible, ' ').replace(/\s+/gu, ' ').trim();
  const characters = [...line];
  if (characters.length <= lengthMax) return line;
  const head = Math.ceil((lengthMax - 1) * 0.6);
  const tail = lengthMax - 1 - head;
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - tail).join('')}`;
}

/** A value from outside, kept apart from the direction of the text around it. */
export function value(text: string, lengthMax?: number): Html {
  return html`<bdi>${plain(text, lengthMax)}</bdi>`;
}

/** A value that is code: path, commit, mask. */
export function code(text: string, lengthMax?: number): Html {
  return html`<code><bdi>${plain(text, lengthMax)}</bdi></code>`;
}

/** Which reader a time is written for. `timeZone` is an IANA name; an unknown one is read as UTC. */
export type Reader = { readonly language: string; readonly timeZone: string };

const timeFormat = {
  weekday: 'short',
  day: 'numeric',
  month: 'long',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'short',
} as const;

/** `Tue, 3 November, 14:07 WET`: the reader's local time, with its zone so that it cannot be misread. */
export function localTime(at: number, reader: Reader): Html {
  return time(at, reader, timeFormat);
}

/** The same without markup, for chat programs. */
export function localTimeText(at: number, { language, timeZone }: Reader): string {
  return formatter({ language, timeZone }, timeFormat).format(new Date(at));
}

/** `3 November 2026` where the reader is. */
export function localDate(at: number, reader: Reader): Html {
  return time(at, reader, { day: 'numeric', month: 'long', year: 'numeric' });
}

/** A calendar date `2026-11-03` in the reader's words, without any time zone. */
export function calendarDate(date: string, reader: Reader): Html {
  const at = Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(at) ? html`${date}` : localDate(at, { ...reader, timeZone: 'UTC' });
}

function time(at: number, reader: Reader, format: Intl.DateTimeFormatOptions): Html {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return html`–`;
  return html`<time datetime="${date.toISOString()}">${formatter(reader, format).format(date)}</time>`;
}

function formatter(reader: Reader, format: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  // Plain English is written day first; American order would read 3 November as 11 March in figures.
  const language = reader.language === 'en' ? 'en-GB' : reader.language;
  try {
    return new Intl.DateTimeFormat(language, { ...format, timeZone: reader.timeZone });
  } catch (fault) {
    if (!(fault instanceof RangeError)) throw fault;
    return new Intl.DateTimeFormat('en-GB', { ...format, timeZone: 'UTC' });
  }
}

/** A link written in a pack. Anything but https stays text: no page turns foreign data into a link. */
export function packLink(link: { readonly label: string; readonly url: string }, leavesTo: string): Html {
  const target = URL.canParse(link.url) ? new URL(link.url) : undefined;
  if (target?.protocol !== 'https:' || target.username !== '') return html`${plain(link.label)}`;
  const host = html`<span class="soft">${fill(leavesTo, { host: target.hostname })}</span>`;
  return html`<a href="${target.href}" rel="noreferrer noopener external">${plain(link.label)}</a> ${host}`;
}
