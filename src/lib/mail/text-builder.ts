import type { MailLink } from './mail-content.ts';
import { siteInText, siteOfLink } from './site.ts';

/** Control characters, zero-width marks, direction overrides and tags: they let one name look like another. */
const invisible =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc\u{e0000}-\u{e007f}]+/gu;

/** Links of one mail; a mail with more is a newsletter. */
const linksMax = 100;
/** Characters of one link's text that are looked at. */
const linkTextMax = 500;

const urlInText = /\bhttps?:\/\/[^\s<>"'[\]]{0,1999}[^\s<>"'[\].,;:!?)]/giu;

/** `login.example.com/…` */
function hostOnly(url: string, host: string): string {
  return /^https?:\/\/[^/?#]+\/?$/iu.test(url) ? host : `${host}/…`;
}

export type TextBuilder = {
  /** Blanks and line ends fold into one blank, unless `keepsLines`. */
  readonly add: (text: string, keepsLines?: boolean) => void;
  /** Ends the line; 2 leaves an empty line. */
  readonly breakLine: (count: 1 | 2) => void;
  readonly openLink: (href: string) => void;
  readonly closeLink: () => void;
  readonly isFull: () => boolean;
  readonly result: () => {
    readonly text: string;
    readonly links: readonly MailLink[];
    readonly isCut: boolean;
  };
};

/** Builds the text of a mail up to a size in bytes of UTF-8. Of a link only the host is written, as inert text. */
export function createTextBuilder(bytesMax: number): TextBuilder {
  let text = '';
  let bytes = 0;
  let isCut = false;
  let breaks = 0;
  let hasBlank = false;
  let open: { readonly href: string; start: number } | undefined;
  const links: MailLink[] = [];

  const write = (piece: string): void => {
    if (isCut || piece === '') return;
    const size = Buffer.byteLength(piece);
    if (bytes + size <= bytesMax) {
      text += piece;
      bytes += size;
      return;
    }
    isCut = true;
    for (const character of piece) {
      const one = Buffer.byteLength(character);
      if (bytes + one > bytesMax) return;
      text += character;
      bytes += one;
    }
  };
  const flush = (): void => {
    if (text !== '' && breaks > 0) write('\n'.repeat(breaks));
    else if (text !== '' && hasBlank && !/\s$/u.test(text)) write(' ');
    breaks = 0;
    hasBlank = false;
    if (open !== undefined && open.start < 0) open.start = text.length;
  };
  const addWords = (words: string): void => {
    const folded = words.replace(invisible, '').replace(/\s+/gu, ' ');
    if (folded === '' || folded === ' ') {
      hasBlank ||= folded === ' ';
      return;
    }
    if (folded.startsWith(' ')) hasBlank = true;
    flush();
    write(folded.trim());
    hasBlank = folded.endsWith(' ');
  };
  /** An address of the web in the text: only its host stays, as what follows may tell one recipient from another. */
  const addUrl = (url: string): void => {
    const site = siteOfLink(url);
    if (site === undefined || open !== undefined || links.length >= linksMax) {
      addWords(site === undefined ? url : hostOnly(url, site.host));
      return;
    }
    flush();
    const start = text.length;
    write(hostOnly(url, site.host));
    if (text.length > start) links.push({ start, end: text.length, site, claimed: site });
  };
  const addLine = (line: string): void => {
    let at = 0;
    for (const { 0: url, index } of line.matchAll(urlInText)) {
      addWords(line.slice(at, index));
      addUrl(url);
      at = index + url.length;
    }
    addWords(line.slice(at));
  };
  const breakLine = (count: 1 | 2): void => {
    breaks = Math.max(breaks, count);
  };
  const closeLink = (): void => {
    if (open === undefined) return;
    const { href, start } = open;
    const site = siteOfLink(href);
    const hasText = start >= 0 && start < text.length;
    open = undefined;
    if (site === undefined || links.length >= linksMax) return;
    if (!hasText) flush();
    const from = hasText ? start : text.length;
    const claimed = siteInText(text.slice(from, from + linkTextMax));
    // The text says already where it leads.
    if (claimed?.host !== site.host) write(`${hasText ? ' ' : ''}[${site.host}]`);
    hasBlank = true;
    if (text.length === from) return;
    links.push({ start: from, end: text.length, site, ...(claimed === undefined ? {} : { claimed }) });
  };
  return {
    add: (given, keepsLines = false) => {
      if (!keepsLines) {
        addLine(given);
        return;
      }
      const lines = given.split('\n');
      for (const [index, line] of lines.entries()) {
        if (index > 0) breaks = Math.min(2, breaks + 1);
        addLine(line);
        if (isCut) return;
      }
    },
    breakLine,
    openLink: (href) => {
      closeLink();
      open = { href, start: -1 };
    },
    closeLink,
    isFull: () => isCut,
    result: () => {
      closeLink();
      return { text, links, isCut };
    },
  };
}
