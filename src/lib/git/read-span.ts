import type { ObjectInfo } from './batch-parser.ts';
import type { Clone } from './clones.ts';
import { entryAt, isObjectName } from './commits.ts';

/**
 * A place in a file: 1-based lines and columns, both ends included. Columns count bytes, as GitHub's secret-scanning
 * locations do ("interpreted as 8-bit ASCII", REST API, list locations for a secret scanning alert).
 */
export type Span = {
  /** The file itself, or a commit and the path in it. */
  readonly at: { readonly blob: string } | { readonly commit: string; readonly path: string };
  readonly startLine: number;
  readonly endLine?: number;
  readonly startColumn: number;
  readonly endColumn: number;
};

/** `text` may be a secret: hash it and let it go. */
export type SpanRead =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unknown'; readonly reason: string };

const fileBytesMax = 16 * 1024 * 1024;
/** Longer than any key; a private key has about 3,500 bytes. */
const spanBytesMax = 64 * 1024;

/** What stands in a clone at a place, so that the place can be turned into a fingerprint. */
export async function readSpan(clone: Clone, span: Span): Promise<SpanRead> {
  const info = await infoOf(clone, span);
  if (info?.type !== 'blob') return unknown('the clone does not have this file');
  const content = await clone.reader.read(info, fileBytesMax);
  if (typeof content === 'string')
    return unknown(`the file is ${content === 'missing' ? 'missing' : 'too large'}`);
  const start = lineStart(content, span.startLine);
  const lastLine = lineStart(content, span.endLine ?? span.startLine);
  if (start === undefined || lastLine === undefined) return unknown('the file has fewer lines');
  const from = start + span.startColumn - 1;
  const to = lastLine + span.endColumn;
  const lineEnd = content.indexOf(0x0a, lastLine);
  const isInside = span.startColumn >= 1 && from < to && to <= (lineEnd === -1 ? content.length : lineEnd);
  if (!isInside || to - from > spanBytesMax) return unknown('the columns do not fit the line');
  return { kind: 'text', text: content.toString('utf8', from, to) };
}

async function infoOf(clone: Clone, span: Span): Promise<ObjectInfo | undefined> {
  if ('commit' in span.at) return entryAt(clone, span.at.commit, span.at.path);
  return isObjectName(span.at.blob) ? clone.reader.check(span.at.blob) : undefined;
}

function lineStart(content: Buffer, line: number): number | undefined {
  if (!Number.isInteger(line) || line < 1) return undefined;
  let at = 0;
  for (let current = 1; current < line; current += 1) {
    const end = content.indexOf(0x0a, at);
    if (end === -1) return undefined;
    at = end + 1;
  }
  return at;
}

const unknown = (reason: string): SpanRead => ({ kind: 'unknown', reason });
