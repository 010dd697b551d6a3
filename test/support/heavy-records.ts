import { isDict } from '../../src/lib/guards.ts';

/** What makes patterns and parsers slow when it is long: one letter, blanks, brackets, quotes, almost-matches. */
export const heavyTexts: readonly string[] = [
  'a',
  ' ',
  '\n',
  'a@',
  '-',
  '{"a":',
  '[[',
  '\\"',
  "'x', ",
  'Please send it to ',
  'cat .env; ',
  '--password ',
  'https://a:',
  'arn:aws:iam::',
  'a.b.',
  '😀',
];

/** The record with every text made so long that the whole is nearly as large as one record may be. */
export function withHeavyTexts(record: unknown, piece: string, charsMax: number): unknown {
  const count = Math.max(1, countTexts(record));
  const length = Math.min(1024 * 1024, Math.floor((charsMax * 0.9) / count));
  const text = piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
  return withTexts(record, (own) => `${own}${text}`);
}

/** The record with every list repeated until the whole is nearly as large as one record may be. */
export function withHeavyLists(record: unknown, charsMax: number): unknown {
  const size = JSON.stringify(record ?? null).length;
  const times = Math.max(1, Math.min(20_000, Math.floor((charsMax * 0.5) / Math.max(1, size))));
  return withLists(record, times);
}

function countTexts(value: unknown): number {
  if (typeof value === 'string') return 1;
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + countTexts(item), 0);
  return isDict(value) ? Object.values(value).reduce((sum: number, item) => sum + countTexts(item), 0) : 0;
}

function withTexts(value: unknown, make: (text: string) => string): unknown {
  if (typeof value === 'string') return make(value);
  if (Array.isArray(value)) return value.map((item) => withTexts(item, make));
  if (!isDict(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withTexts(item, make)]));
}

/** Only outermost lists: lists in lists would multiply. */
function withLists(value: unknown, times: number): unknown {
  if (Array.isArray(value)) return Array.from({ length: times }, () => value).flat();
  if (!isDict(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withLists(item, times)]));
}
