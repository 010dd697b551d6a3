import { html } from 'hono/html';
import { code, fill, type Html, plain, value } from './page-text.ts';

/**
 * A simulated mail and the signs by which it could be told. Texts marked "pack" were written in a pack; all others are
 * from outside, and nothing of them works on the page.
 */
export type MailView = {
  /** Pack. */
  readonly words: {
    readonly heading: string;
    readonly intro: string;
    readonly none: string;
    readonly from: string;
    readonly replyTo: string;
    readonly subject: string;
    readonly attachments: string;
    readonly cut: string;
  };
  /** `Name <local@host>` */
  readonly from?: string;
  readonly replyTo?: string;
  readonly subject: string;
  readonly attachments: readonly string[];
  readonly text: string;
  /** Whether the mail went on. */
  readonly isCut: boolean;
  /** Numbered from 1 in this order. */
  readonly signs: readonly MailSign[];
  /** Pack: how hard it was; left out where it is not known. */
  readonly difficulty?: string;
};

export type MailSign = {
  /** Pack, with the slots {shown}, {actual} and {like}. */
  readonly explanation: string;
  readonly shown?: string;
  readonly actual?: string;
  readonly like?: string;
  readonly places: readonly MailPlace[];
};

/** A header, or characters `start` to `end` of the subject or text. */
export type MailPlace =
  | { readonly part: 'from' | 'reply-to' | 'attachments' }
  | { readonly part: 'subject' | 'text'; readonly start: number; readonly end: number };

/** What stands in a mail about itself is short, and these are attacker's texts. */
const headCharsMax = 160;
const shownCharsMax = 60;

/**
 * How the mail could have been told.
 *
 * @param bytesMax of its text; what is left out is said so, and signs in it are quoted
 */
export function mailPart(mail: MailView, bytesMax: number): Html {
  const { words, signs } = mail;
  const text = firstBytes(mail.text, bytesMax);
  const isCut = mail.isCut || text.length < mail.text.length;
  const row = (label: string, part: MailPlace['part'], content: string | undefined) =>
    content === undefined || content === ''
      ? ''
      : html`<dt>${label}</dt><dd>${value(content, headCharsMax)}${numbers(numbersOf(signs, part))}</dd>`;
  return html`<section class="card"><h2>${words.heading}</h2>
<p class="hint">${signs.length === 0 ? words.none : words.intro}</p>
<dl>${row(words.from, 'from', mail.from)}${row(words.replyTo, 'reply-to', mail.replyTo)}<dt>${words.subject}</dt><dd><bdi>${marked(
    mail.subject,
    signs,
    'subject',
  )}</bdi></dd>${row(words.attachments, 'attachments', mail.attachments.map((name) => plain(name, shownCharsMax)).join(', '))}</dl>
<blockquote class="sent" dir="auto">${marked(text, signs, 'text')}</blockquote>
${isCut ? html`<p class="hint">${words.cut}</p>` : ''}
${signs.length === 0 ? '' : html`<ol>${signs.map((sign) => html`<li>${explained(sign, text.length)}</li>`)}</ol>`}
${mail.difficulty === undefined ? '' : html`<p>${mail.difficulty}</p>`}</section>`;
}

function explained(sign: MailSign, shownLength: number): Html {
  const { explanation, shown, actual, like, places } = sign;
  const filled = fill(explanation, {
    shown: shown === undefined ? '…' : code(shown, shownCharsMax),
    actual: actual === undefined ? '…' : code(actual, shownCharsMax),
    like: like === undefined ? '…' : code(like, shownCharsMax),
  });
  // Its mark is not on the page: then its words are.
  const isLeftOut = places.every((place) => place.part === 'text' && place.end > shownLength);
  const quote = isLeftOut && shown !== undefined && !explanation.includes('{shown}');
  return html`${filled}${quote ? html` (${value(shown, shownCharsMax)})` : ''}`;
}

function numbersOf(signs: readonly MailSign[], part: MailPlace['part']): readonly number[] {
  return signs.flatMap(({ places }, index) =>
    places.some((place) => place.part === part) ? [index + 1] : [],
  );
}

function numbers(list: readonly number[]): Html | '' {
  return list.length === 0 ? '' : html`<sup>${list.join(',')}</sup>`;
}

type Mark = { readonly start: number; readonly end: number; readonly numbers: readonly number[] };

/** The text with its marks; marks that overlap become one with all their numbers. */
function marked(
  text: string,
  signs: readonly MailSign[],
  part: 'subject' | 'text',
): readonly (Html | string)[] {
  const parts: (Html | string)[] = [];
  let at = 0;
  for (const { start, end, numbers: list } of marksIn(signs, part, text.length)) {
    parts.push(text.slice(at, start), html`<mark>${text.slice(start, end)}${numbers(list)}</mark>`);
    at = end;
  }
  return [...parts, text.slice(at)];
}

function marksIn(signs: readonly MailSign[], part: 'subject' | 'text', length: number): readonly Mark[] {
  const given = signs.flatMap(({ places }, index) =>
    places.flatMap((place) =>
      place.part === part && place.start < place.end && place.end <= length
        ? [{ start: place.start, end: place.end, numbers: [index + 1] }]
        : [],
    ),
  );
  const joined: Mark[] = [];
  for (const mark of given.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = joined.at(-1);
    if (last === undefined || mark.start >= last.end) {
      joined.push(mark);
      continue;
    }
    joined[joined.length - 1] = {
      start: last.start,
      end: Math.max(last.end, mark.end),
      numbers: [...new Set([...last.numbers, ...mark.numbers])].toSorted((a, b) => a - b),
    };
  }
  return joined;
}

/** The beginning of a text, by its size in UTF-8. */
function firstBytes(text: string, bytesMax: number): string {
  let bytes = 0;
  let length = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    if (bytes > bytesMax) break;
    length += character.length;
  }
  return text.slice(0, length);
}
