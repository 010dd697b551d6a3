import { decodeEntities } from './html-entities.ts';
import { createTextBuilder, type TextBuilder } from './text-builder.ts';

/** What is between their tags is no text of the mail. */
const rawElements: ReadonlySet<string> = new Set([
  'script',
  'style',
  'title',
  'noscript',
  'template',
  'svg',
  'xml',
]);
const paragraphs: ReadonlySet<string> = new Set('p h1 h2 h3 h4 h5 h6 blockquote ul ol table hr'.split(' '));
const lines: ReadonlySet<string> = new Set(
  'br div tr li center section article header footer dd dt pre address option'.split(' '),
);
const voids: ReadonlySet<string> = new Set(
  'br hr img input meta link base area col embed source wbr'.split(' '),
);
/** Characters of HTML that are read: a mail's words stand before its tracking and its style. */
const htmlCharsMax = 2_000_000;
const attributesMax = 50;

/**
 * The words of an HTML mail as its reader sees them, and its links. Reads every character once, whatever is sent; what
 * is hidden by `hidden` or `display:none` is left out.
 */
export function htmlText(given: string, bytesMax: number): ReturnType<TextBuilder['result']> {
  const html = given.slice(0, htmlCharsMax);
  const out = createTextBuilder(bytesMax);
  let at = 0;
  let hidden: { readonly name: string; depth: number } | undefined;
  while (at < html.length && !out.isFull()) {
    const open = html.indexOf('<', at);
    const textEnd = open === -1 ? html.length : open;
    if (textEnd > at && hidden === undefined) out.add(decodeEntities(html.slice(at, textEnd)));
    if (open === -1) break;
    const tag = readTag(html, open);
    if (tag === undefined) {
      if (hidden === undefined) out.add('<');
      at = open + 1;
      continue;
    }
    at = tag.end;
    const { name, isClosing } = tag;
    if (hidden !== undefined) {
      if (name === hidden.name) hidden.depth += isClosing ? -1 : 1;
      if (hidden.depth === 0) hidden = undefined;
      continue;
    }
    if (rawElements.has(name) && !isClosing) at = endOfRaw(html, name, at);
    else if (!isClosing && !voids.has(name) && isHidden(tag)) hidden = { name, depth: 1 };
    else take(out, tag);
  }
  return out.result();
}

function take(out: TextBuilder, { name, isClosing, attributes }: Tag): void {
  if (name === 'a') {
    const href = attributes.get('href');
    if (isClosing) out.closeLink();
    else if (href !== undefined) out.openLink(href);
  } else if (name === 'img') {
    const alt = attributes.get('alt')?.trim();
    // A picture that is not shown (a tracking pixel) has no words either.
    if (alt !== undefined && alt !== '') out.add(` [${alt.slice(0, 200)}] `);
  } else if (name === 'td' || name === 'th') out.add(' ');
  else if (paragraphs.has(name)) out.breakLine(2);
  else if (lines.has(name)) out.breakLine(1);
  if (name === 'li' && !isClosing) out.add('• ');
}

type Tag = {
  readonly name: string;
  readonly isClosing: boolean;
  readonly attributes: ReadonlyMap<string, string>;
  /** Index after its `>`. */
  readonly end: number;
};

const nothing: ReadonlyMap<string, string> = new Map();
const tagName = /[a-z][a-z0-9:-]*/iuy;
const attributePart = /[\s/]*(?:([^\s=>/"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']*)))?|["'])/uy;

/** A tag, comment or declaration at `<`; undefined where `<` is only a character. */
function readTag(html: string, open: number): Tag | undefined {
  if (html.startsWith('<!--', open)) return skipped(html, html.indexOf('-->', open + 4), 3);
  const next = html[open + 1];
  if (next === '!' || next === '?') return skipped(html, html.indexOf('>', open), 1);
  const isClosing = next === '/';
  tagName.lastIndex = open + (isClosing ? 2 : 1);
  const name = tagName.exec(html)?.[0]?.toLowerCase();
  if (name === undefined) return undefined;
  const attributes = new Map<string, string>();
  let at = tagName.lastIndex;
  for (;;) {
    attributePart.lastIndex = at;
    const part = attributePart.exec(html);
    if (part === null) break;
    at = attributePart.lastIndex;
    const [, key, double, single, bare] = part;
    if (key === undefined || isClosing || attributes.size >= attributesMax) continue;
    const lower = key.toLowerCase();
    if (!attributes.has(lower))
      attributes.set(lower, decodeEntities((double ?? single ?? bare ?? '').slice(0, 4000)));
  }
  const close = html.indexOf('>', at);
  return { name, isClosing, attributes, end: close === -1 ? html.length : close + 1 };
}

function skipped(html: string, found: number, length: number): Tag {
  return {
    name: '',
    isClosing: false,
    attributes: nothing,
    end: found === -1 ? html.length : found + length,
  };
}

function endOfRaw(html: string, name: string, from: number): number {
  const close = new RegExp(`</${name}[^a-z0-9]`, 'giu');
  close.lastIndex = from;
  return close.exec(html)?.index ?? html.length;
}

function isHidden({ attributes }: Tag): boolean {
  return (
    attributes.has('hidden') || /display\s*:\s*none|mso-hide\s*:\s*all/iu.test(attributes.get('style') ?? '')
  );
}
