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
    if (!isWhole) return { format: 'json', first: partial };
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

/** Parses as much of a cut-off document as is whole: up to the last comma or closing bracket, brackets added. */
export function parsePrefix(text: string, limits: Limits): unknown {
  const closers: string[] = [];
  let inString = false;
  let cut = 0;
  let ending = '';
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (inString) {
      if (character === '\\') at++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') closers.push(character === '{' ? '}' : ']');
    else if (character === '}' || character === ']') {
      closers.pop();
      cut = at + 1;
      ending = closers.toReversed().join('');
    } else if (character === ',') {
      cut = at;
      ending = closers.toReversed().join('');
    }
    if (closers.length > limits.depthMax) break;
  }
  const parsed = parseRecord(text.slice(0, cut) + ending, limits);
  return parsed.ok ? parsed.value : undefined;
}
