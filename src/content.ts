import { createRequire } from 'node:module';
import { sources } from './adapters/readers.ts';
import { AppError } from './core/errors.ts';
import { loadPacks, type PackOptions, type Packs } from './packs/load.ts';
import { shippedPacksDir } from './packs/pack-folder.ts';
import { problemText } from './packs/problem.ts';
import { type PageWords, pageWordsSchema } from './pages/page-words.ts';

export { shippedPacksDir };

const require = createRequire(import.meta.url);

/**
 * How packs are read everywhere: with the texts of pages, with patterns in linear time, and with what sources mask, so
 * that a rule that reads it is named.
 */
export const packOptions: PackOptions<PageWords> = {
  page: pageWordsSchema,
  regex: compileRegex,
  masked: Object.fromEntries(sources.map(({ id, masked }) => [id, masked ?? []])),
};

/** The packs, or every problem in them at once. */
export function openPacks(dir: string | undefined): Packs<PageWords> {
  const loaded = loadPacks(dir ?? shippedPacksDir(), packOptions);
  if (loaded.kind === 'ok') return loaded.packs;
  throw new AppError('bad-config', loaded.problems.map(problemText).join('\n'));
}

/** Linear time, whatever the pattern and the text: hostile text meets every pattern. Undefined: not a pattern. */
function compileRegex(pattern: string): ((text: string) => boolean) | undefined {
  // Loaded when the first pattern is met: a dry run without one need not wait for it.
  const { RE2JS }: typeof import('re2js') = require('re2js');
  try {
    const compiled = RE2JS.compile(pattern);
    // Asks for no groups, which is several times as fast as a matcher.
    return (text) => compiled.test(text);
  } catch {
    return undefined;
  }
}
