import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';

/** A comment as GitHub shows it: GFM by a parser that is not ours, then what GitHub makes of the finished text. */
export type Shown = {
  readonly text: string;
  /** What can be followed: addresses, and `mention:…` and `reference:…` that GitHub would make of the text. */
  readonly links: readonly string[];
  readonly elements: readonly string[];
};

export function showMarkdown(body: string): Shown {
  const page = micromark(body, {
    allowDangerousHtml: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
  const links = [...page.matchAll(/\s(?:href|src)="([^"]*)"/giu)].map(([, target = '']) => unescaped(target));
  // Names and numbers are looked for in text, but not in code and not in links.
  const prose = unescaped(
    page
      .replace(/<(code|pre|a)\b[^>]*>.*?<\/\1>/gsu, ' ')
      .replace(/<!--.*?-->/gsu, '')
      .replace(/<[^>]*>/gu, ''),
  );
  for (const [, name] of prose.matchAll(/(?<![\w`@/])@([a-z0-9][a-z0-9-]*(?:\/[\w-]+)?)/giu))
    links.push(`mention:${name}`);
  for (const [reference] of prose.matchAll(/(?:[\w.-]+\/[\w.-]+)?#\d+|\b[a-z]+-\d+\b|\b[0-9a-f]{7,40}\b/giu))
    links.push(`reference:${reference}`);
  const formulas = page.replace(/<span>\$<\/span>|<code>.*?<\/code>/gsu, '');
  if (/\$[^\s$]/u.test(formulas)) links.push('formula');
  // Elements that only break lines or set a character apart follow the text.
  const elements = [...page.matchAll(/<(?!span>|\/span>|br\b|code>|\/code>)\/?([a-z!][a-z0-9-]*)/giu)].map(
    ([, name = '']) => name,
  );
  return { text: unescaped(page.replace(/<!--.*?-->/gsu, '').replace(/<[^>]*>/gu, '')), links, elements };
}

function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}
