import type { Limits } from '../limits.ts';
import { headerOf } from './cut-csv.ts';
import { parseRecord } from './parse-record.ts';
import type { Sample } from './record-shape.ts';
import { newScan, scanValue } from './scan-value.ts';

/** Lines before the first JSON line that may be something else, such as a scanner's banner. */
const bannerLinesMax = 20;

/**
 * Tells from the beginning of a text what it is. Never fails: what is neither JSON nor lines of it is taken for
 * CSV, whose header no source will know.
 */
export function takeSample(text: string, isWhole: boolean, limits: Limits): Sample {
  const start = text.search(/\S/u);
  if (start < 0) return { format: 'empty', first: undefined };
  const first = text.charAt(start);
  if (isWhole && text.trim() === 'null') return { format: 'json', first: null };
  if (first !== '{' && first !== '[') return linesOrCsv(text, limits);
  const end = scanValue(newScan(), text, start);
  if (end < 0) {
    const partial = parsePrefix(text.slice(start), limits);
    if (!isWhole) return { format: 'json', first: partial, isPartial: true };
    // A whole text whose first value does not end: lines, of which the first may be the broken one.
    const line = firstJsonLine(text, limits);
    return line === undefined ? { format: 'json', first: partial } : { format: 'lines', first: line };
  }
  const parsed = parseRecord(text.slice(start, end), limits);
  if (/\S/u.test(text.slice(end))) {
    return { format: 'lines', first: parsed.ok ? parsed.value : firstJsonLine(text, limits) };
  }
  return { format: 'json', first: parsed.ok ? parsed.value : parsePrefix(text.slice(start, end), limits) };
}

function linesOrCsv(text: string, limits: Limits): Sample {
  const json = firstJsonLine(text, limits);
  if (json !== undefined) return { format: 'lines', first: json };
  const headerLine = /^[^\r\n]*/u.exec(text)?.[0] ?? '';
  return { format: 'csv', first: undefined, header: headerOf(headerLine) ?? [] };
}

function firstJsonLine(text: string, limits: Limits): unknown {
  for (const line of text.split('\n', bannerLinesMax)) {
    const trimmed = line.trim();
    if (!trimmed.startsWith('{')) continue;
    const parsed = parseRecord(trimmed, limits);
    if (parsed.ok) return parsed.value;
  }
  return undefined;
}

/**
 * Parses as much of a document as is whole and valid: up to a comma or closing bracket, the open brackets closed.
 * Once a bad value is in, every longer beginning is bad too, so the longest good one is found by halving.
 */
export function parsePrefix(text: string, limits: Limits): unknown {
  const cuts = cutsOf(text, limits);
  let value: unknown;
  let from = 0;
  let to = cuts.length - 1;
  let middle = to;
  while (from <= to) {
    const cut = cuts[middle];
    const parsed = parseRecord(cut === undefined ? '' : text.slice(0, cut.end) + cut.closers, limits);
    if (parsed.ok) value = parsed.value;
    if (parsed.ok) from = middle + 1;
    else to = middle - 1;
    middle = (from + to) >> 1;
  }
  return value;
}

/** Where a document may be cut, and the brackets that then close it. */
function cutsOf(text: string, limits: Limits): readonly { readonly end: number; readonly closers: string }[] {
  const cuts: { end: number; closers: string }[] = [];
  let closers = '';
  let inString = false;
  for (let at = 0; at < text.length && closers.length <= limits.depthMax; at++) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 0x5c) at++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      closers = (code === 0x7b ? '}' : ']') + closers;
    } else if (code === 0x7d || code === 0x5d) {
      closers = closers.slice(1);
      cuts.push({ end: at + 1, closers });
    } else if (code === 0x2c) cuts.push({ end: at, closers });
  }
  return cuts;
}
