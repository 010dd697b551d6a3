import { pageStyle } from '../../src/pages/page-style.ts';

/** Reads a page as a person or a text browser does: its visible words, without tags. For tests of our own markup. */
export function visibleText(page: string): string {
  const body = page.slice(Math.max(0, page.indexOf('<body>')));
  return body
    .replace(/<svg.*?<\/svg>/gsu, '')
    .replace(
      /<(?:b|bdi|code|time|span|strong|a|i)(?:\s[^>]*)?>|<\/(?:b|bdi|code|time|span|strong|a|i)>/gu,
      '',
    )
    .replace(/<[^>]*>/gu, ' ')
    .replace(/&lt;/gu, '<')
    .replace(/&gt;/gu, '>')
    .replace(/&quot;/gu, '"')
    .replace(/&#39;/gu, "'")
    .replace(/&amp;/gu, '&')
    .replace(/\s+/gu, ' ')
    .trim();
}

/** Words a reader meets: runs between spaces that hold a letter or digit. */
export function wordsIn(page: string): number {
  return visibleText(`<body>${page}`)
    .split(' ')
    .filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

/** From the heading to the last answer: what is read without unfolding, the provider's own steps apart. */
export function firstScreen(page: string): string {
  const first = page.slice(page.indexOf('<main>'), page.indexOf('<section class="more">'));
  return first.replace(/<ol>.*?<\/section>/su, '').replace(/<div class="in">.*?<\/div>/gsu, '');
}

/** Of a page with its stylesheet. */
export const pageBytesMax = 15 * 1024;

export function pageWeight(page: string): number {
  return Buffer.byteLength(page) + Buffer.byteLength(pageStyle);
}
