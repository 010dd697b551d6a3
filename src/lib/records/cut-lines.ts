import type { Limits } from '../limits.ts';
import { parseRecord } from './parse-record.ts';
import type { Cutter, RecordItem } from './record-shape.ts';
import { newScan, type ScanState, scanValue } from './scan-value.ts';

/** Beyond this an unfinished line is searched for values: some senders concatenate without line breaks. */
const unfinishedCharsMax = 64 * 1024;

/**
 * Cuts JSON values out of lines: one a line, several on a line, or one over many lines (pretty-printed). A value
 * that does not close is given up where a line break stands inside a string or a line begins with `{`, so that
 * one broken line costs only itself.
 */
export function cutLines(limits: Limits): Cutter {
  let items: RecordItem[] = [];
  let index = 0;
  let line = 1;
  let isLineStart = true;
  /** What came of a line that has not ended. */
  let rest = '';
  let isSkipping = false;
  let open: { texts: string[]; state: ScanState; line: number; chars: number } | undefined;

  function bad(reason: string, at: number): void {
    items.push({ kind: 'bad', reason, index: index++, line: at });
  }

  function emit(text: string, at: number): void {
    const parsed = parseRecord(text, limits);
    if (parsed.ok) items.push({ kind: 'record', value: parsed.value, index: index++, line: at });
    else bad(parsed.reason, at);
  }

  function giveUp(reason: string): void {
    if (open !== undefined) bad(reason, open.line);
    open = undefined;
  }

  /** Goes on through the value that was begun, and gives what stands after it. */
  function goOn(text: string): string {
    if (open === undefined) return text;
    const end = scanValue(open.state, text, 0);
    open.chars += end < 0 ? text.length : end;
    // Past the cap nothing is kept, but the value's end is still looked for.
    if (open.chars > limits.recordCharsMax) open.texts = [];
    else open.texts.push(end < 0 ? text : text.slice(0, end));
    if (end < 0) return '';
    const { texts, chars, line: at } = open;
    open = undefined;
    if (chars > limits.recordCharsMax) bad(`past the limit recordCharsMax (${limits.recordCharsMax})`, at);
    else emit(texts.join(''), at);
    return text.slice(end);
  }

  /** Takes the values of a text, which is a whole line or the beginning of a long one, and gives what is left. */
  function takeValues(text: string, isLineEnd: boolean): string {
    let left = isLineEnd ? text.trim() : text.trimStart();
    let isWhole = isLineEnd;
    while (left !== '') {
      const first = left.charCodeAt(0);
      if (first !== 0x7b && first !== 0x5b) {
        if (!isLineEnd) return left;
        if (left !== 'null') bad('not a JSON object', line);
        return '';
      }
      const last = left.charCodeAt(left.length - 1);
      if (isWhole && (last === 0x7d || last === 0x5d)) {
        const parsed = parseRecord(left, limits);
        if (parsed.ok) {
          items.push({ kind: 'record', value: parsed.value, index: index++, line });
          return '';
        }
      }
      isWhole = false;
      open = { texts: [], state: newScan(), line, chars: 0 };
      left = goOn(left).trimStart();
    }
    return '';
  }

  function feed(text: string, isLineEnd: boolean): void {
    if (isSkipping) return;
    let left = text;
    if (open !== undefined) {
      if (isLineStart && text.charCodeAt(0) === 0x7b) giveUp('the value does not end');
      else left = goOn(text);
    }
    if (open === undefined) {
      rest += left;
      if (isLineEnd || rest.length > unfinishedCharsMax) rest = takeValues(rest, isLineEnd);
      if (rest.length > limits.recordCharsMax) {
        bad('not a JSON object', line);
        rest = '';
        isSkipping = true;
      }
    }
    if (open !== undefined && isLineEnd) {
      if (open.state.inString) giveUp('a line break inside a string');
      else goOn('\n');
    }
  }

  function push(text: string): readonly RecordItem[] {
    items = [];
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      feed(text.slice(from, end), true);
      isSkipping = false;
      isLineStart = true;
      line++;
      from = end + 1;
    }
    if (from < text.length) {
      feed(text.slice(from), false);
      isLineStart = false;
    }
    return items;
  }

  function end(): readonly RecordItem[] {
    items = [];
    feed('', true);
    giveUp('the value does not end');
    return items;
  }

  return { push, end };
}
