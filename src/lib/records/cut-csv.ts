import { parse } from 'csv-parse/sync';
import type { Limits } from '../limits.ts';
import { type Cutter, ReadFault, type RecordItem } from './record-shape.ts';

/** The names in a header line (RFC 4180), or undefined when its quotes do not match. */
export function headerOf(headerLine: string): readonly string[] | undefined {
  return valuesOf(headerLine, delimiterOf(headerLine))?.map((name) => name.trim());
}

/** The delimiter that the header line uses most: spreadsheets write semicolons where commas are decimal. */
function delimiterOf(headerLine: string): string {
  const counts = [',', ';', '\t'].map((delimiter) => ({
    delimiter,
    count: headerLine.split(delimiter).length,
  }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).delimiter;
}

function valuesOf(row: string, delimiter: string): readonly string[] | undefined {
  if (!row.includes('"')) return row.split(delimiter);
  try {
    const rows = parse(row, { delimiter, relax_quotes: true, relax_column_count: true });
    return rows.length === 1 ? rows[0] : undefined;
  } catch {
    // The parser's error quotes the row.
    return undefined;
  }
}

/**
 * Cuts rows out of CSV (RFC 4180), each an object of strings named by the header. A row ends at a line break
 * outside quotes; a quote that never closes is given up at the cap, and the next line is a row again.
 */
export function cutCsv(limits: Limits): Cutter {
  let items: RecordItem[] = [];
  let header: readonly string[] | undefined;
  let delimiter = ',';
  let index = 0;
  let line = 1;
  let text = '';
  let start = 0;
  let at = 0;
  let isQuoted = false;
  let isSkipping = false;

  function takeRow(row: string): void {
    if (header === undefined) {
      header = headerOf(row);
      delimiter = delimiterOf(row);
      if (header === undefined) throw new ReadFault('bad-record', 'the header is not a valid CSV row');
      if (header.length > limits.columnsMax)
        throw new ReadFault('too-many', `past the limit columnsMax (${limits.columnsMax})`);
    } else if (row !== '') items.push(rowItem(header, valuesOf(row, delimiter), index++, line));
    line += row.includes('"') ? row.split('\n').length : 1;
  }

  function giveUp(reason: string): void {
    items.push({ kind: 'bad', reason, index: index++, line });
    const next = text.indexOf('\n', start);
    isSkipping = next < 0;
    start = next < 0 ? text.length : next + 1;
    if (next >= 0) line++;
    at = start;
    isQuoted = false;
  }

  function run(): void {
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      // Doubled quotes toggle twice, so they need no look ahead.
      if (code === 0x22) isQuoted = !isQuoted;
      else if (code === 0x0a && !isQuoted) {
        if (isSkipping) line++;
        else takeRow(text.slice(start, text.charCodeAt(at - 1) === 0x0d ? at - 1 : at));
        isSkipping = false;
        start = at + 1;
      }
      if (!isSkipping && at - start > limits.recordCharsMax) {
        giveUp(`past the limit recordCharsMax (${limits.recordCharsMax})`);
        at--;
      }
    }
    text = isSkipping ? '' : text.slice(start);
    at = isSkipping ? 0 : at - start;
    start = 0;
  }

  function push(piece: string): readonly RecordItem[] {
    items = [];
    text += piece;
    run();
    return items;
  }

  function end(): readonly RecordItem[] {
    items = [];
    while (text !== '') {
      if (isQuoted && header !== undefined) giveUp('a quote does not close');
      else text += '\n';
      isQuoted = false;
      run();
    }
    return items;
  }

  return { push, end };
}

function rowItem(
  names: readonly string[],
  values: readonly string[] | undefined,
  index: number,
  line: number,
): RecordItem {
  if (values === undefined) return { kind: 'bad', reason: 'not a valid CSV row', index, line };
  if (values.length !== names.length)
    return { kind: 'bad', reason: `${values.length} columns, the header has ${names.length}`, index, line };
  const row: Record<string, string> = {};
  for (let column = 0; column < names.length; column++) row[names[column] ?? ''] = values[column] ?? '';
  return { kind: 'record', value: row, index, line };
}
