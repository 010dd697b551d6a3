import { clip, inertUrls, oneLine, plain } from '../../../lib/escape.ts';

/**
 * Text that is shown as it is in GitHub's Markdown (GFM 0.29, and what GitHub adds after it): no mark-up, HTML, link,
 * mention, reference, closing keyword, task, emoji, footnote or formula comes to life in it.
 */

/** A character without width: GitHub looks for names and numbers in the finished text, where no escape is left. */
const gap = '\u200b';

/** Several lines, each inert. */
export function markdownText(text: string, charactersMax: number): string {
  return clip(plain(text), charactersMax)
    .split('\n')
    .map((part) => inert(part.trim()))
    .filter((part) => part !== '')
    .join('\\\n');
}

export function markdownLine(text: string, charactersMax: number): string {
  return inert(clip(oneLine(text), charactersMax));
}

/** A value that people copy: nothing in a code span is looked at. Never empty, never across lines. */
export function codeSpan(text: string, charactersMax: number): string {
  const value = clip(oneLine(text), charactersMax);
  const longest = Math.max(0, ...[...value.matchAll(/`+/gu)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const padding = value === '' || value.startsWith('`') || value.endsWith('`') ? ' ' : '';
  // A bar ends a cell of a table also in a code span; there is no table here.
  return value === '' ? '–' : `${fence}${padding}${value}${padding}${fence}`;
}

function inert(line: string): string {
  return (
    inertUrls(line)
      .replace(/[\\`*_{}[\]<>|~^&]/gu, (character) => written[character] ?? `\\${character}`)
      // Formulas are looked for before the mark-up is read, so that no backslash helps.
      .replaceAll('$', '<span>$</span>')
      .replace(/@(?=[\p{L}\p{N}_-])/gu, `@${gap}`)
      .replace(/#(?=[\p{L}\p{N}_])/gu, `\\#${gap}`)
      // `GH-1`, and whatever an administrator made a reference.
      .replace(/(?<=\p{L})-(?=\d)/gu, `-${gap}`)
      .replace(/:(?=[\w+-]+:)/gu, `:${gap}`)
      // What is taken for a commit when it is one.
      .replace(/\b[0-9a-f]{7,64}\b/giu, (hash) => hash.replace(/.{4}(?=.)/gu, `$&${gap}`))
      .replace(/^(\d{1,9})(?=[.)])/u, '$1\\')
      .replace(/^(?=[-+=#])/u, '\\')
  );
}

const written: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** `href` is an address that was checked; angle brackets and `&` are written out so that it ends where it ends. */
export function markdownLink(label: string, href: string, charactersMax: number): string {
  const words = markdownLine(label, charactersMax);
  const target = href.replaceAll('&', '&amp;').replaceAll('<', '%3C').replaceAll('>', '%3E');
  return `[${words === '' ? markdownLine(new URL(href).host, charactersMax) : words}](<${target}>)`;
}
