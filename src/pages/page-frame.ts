import { html } from 'hono/html';
import { pageIconPath, pageStylePath } from './page-style.ts';
import { fill, type Html, type Part, pageString } from './page-text.ts';
import type { PageWords } from './page-words.ts';

export type Frame = {
  readonly words: PageWords;
  readonly title: string;
  /** At the end of the first line, such as the case code. */
  readonly corner?: readonly Part[];
  /** Who speaks, or the way back: the line above the heading. */
  readonly letterhead?: readonly Part[] | Part;
  readonly main: Html;
  /** Host name to be named in the last line. */
  readonly host: string;
  readonly isWide?: boolean;
  /** Path of ours to which the browser goes on by itself. */
  readonly goesOnTo?: string;
};

const mark = html`<svg viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><path d="M16.5 10a6.5 6.5 0 1 1-2.2-4.9"/><path d="M14.8 1.8v3.6h-3.6"/></svg>`;

/**
 * A whole page: no script, one stylesheet, no request to another origin. Mail and phone browsers must not make
 * links out of numbers and names in foreign text, so their detection is switched off.
 */
export function pageFrame(frame: Frame): string {
  const { words } = frame;
  return pageString(html`<!doctype html>
<html lang="${words.language}" dir="${words.direction}"${frame.isWide === true ? html` class="wide"` : ''}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">${frame.goesOnTo === undefined ? '' : html`\n<meta http-equiv="refresh" content="0;url=${frame.goesOnTo}">`}
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no">
<title>${frame.title} · Foldback</title>
<link rel="stylesheet" href="${pageStylePath}">
<link rel="icon" href="${pageIconPath}">
</head>
<body>
<header class="top"><span class="brand">${mark}Foldback</span>${frame.corner === undefined ? '' : html`<span>${frame.corner}</span>`}${frame.letterhead === undefined ? '' : html`<p class="from">${frame.letterhead}</p>`}</header>
<main>
${frame.main}
</main>
<footer><p>${fill(words.common.footer, { host: frame.host })}</p></footer>
</body>
</html>
`);
}
