import type { Limits } from '../limits.ts';
import { parseRecord } from './parse-record.ts';
import { type Cutter, ReadFault, type RecordItem } from './record-shape.ts';
import { newScan, type ScanState, scanValue } from './scan-value.ts';

/** A container around the list(s): what was seen of the context asked for. */
type Frame = { readonly isObject: boolean; readonly context: Record<string, unknown> };

type Expects = 'value' | 'key' | 'colon' | 'next' | 'element' | 'next-element' | 'document';

/** What becomes of the value being passed. */
type Purpose = 'key' | 'skip' | 'context' | 'record';

/**
 * Cuts the elements of a list out of a JSON document of any length, keeping one element at a time. Documents may
 * follow each other (concatenated reports). `context` members are taken from the objects around the list; records
 * wait for members that stand after it, up to `heldBackCharsMax`, and then go without them. `*` among them is the
 * member under which the list stood.
 *
 * @throws ReadFault when the structure around the elements is broken: what follows cannot be told apart
 */
export function cutArray(path: readonly string[], context: readonly string[], limits: Limits): Cutter {
  let items: RecordItem[] = [];
  let held: Extract<RecordItem, { kind: 'record' | 'bad' }>[] = [];
  let heldChars = 0;
  let merged: Record<string, unknown> | undefined;
  let index = 0;
  let line = 1;
  let text = '';
  let at = 0;
  let expects: Expects = 'value';
  let mayClose = false;
  const frames: Frame[] = [];
  let passing: { purpose: Purpose; start: number; line: number; state: ScanState } | undefined;
  let key = '';

  function broken(): ReadFault {
    return new ReadFault('bad-json', 'not valid JSON: a comma, colon or bracket is missing or too many');
  }

  function contextNow(): Record<string, unknown> | undefined {
    if (context.length === 0) return undefined;
    merged ??= Object.assign(Object.create(null), ...frames.map((frame) => frame.context));
    return merged;
  }

  function isContextComplete(): boolean {
    return context.every((name) => frames.some((frame) => Object.hasOwn(frame.context, name)));
  }

  function release(): void {
    const known = contextNow();
    for (const item of held) items.push(item.kind === 'record' && known ? { ...item, context: known } : item);
    held = [];
    heldChars = 0;
  }

  function emit(source: string, atLine: number): void {
    const parsed = parseRecord(source, limits);
    add(
      parsed.ok
        ? { kind: 'record', value: parsed.value, index: index++, line: atLine }
        : { kind: 'bad', reason: parsed.reason, index: index++, line: atLine },
      source.length,
    );
  }

  function add(item: Extract<RecordItem, { kind: 'record' | 'bad' }>, chars: number): void {
    if (context.length === 0) {
      items.push(item);
      return;
    }
    held.push(item);
    heldChars += chars;
    if (heldChars > limits.heldBackCharsMax || isContextComplete()) release();
  }

  function pass(purpose: Purpose): void {
    passing = { purpose, start: at, line, state: newScan() };
  }

  /** Goes on through the value being passed. False when more text is needed. */
  function goOn(isEnd: boolean): boolean {
    if (passing === undefined) return true;
    const { state } = passing;
    let end = scanValue(state, text, at);
    line += state.newlines;
    state.newlines = 0;
    if (end < 0 && isEnd && state.isScalar) end = text.length;
    at = end < 0 ? text.length : end;
    if (passing.purpose !== 'skip' && at - passing.start > limits.recordCharsMax) {
      const reason = `past the limit recordCharsMax (${limits.recordCharsMax})`;
      if (passing.purpose === 'key') throw new ReadFault('too-large', reason);
      if (passing.purpose === 'record') add({ kind: 'bad', reason, index: index++, line: passing.line }, 0);
      passing.purpose = 'skip';
    }
    if (end < 0) return false;
    const done = passing;
    passing = undefined;
    if (done.purpose === 'key') {
      key = keyOf(text.slice(done.start, end));
      expects = 'colon';
      return true;
    }
    if (done.purpose === 'record') emit(text.slice(done.start, end), done.line);
    if (done.purpose === 'context') {
      const parsed = parseRecord(text.slice(done.start, end), limits);
      const frame = frames.at(-1);
      if (parsed.ok && frame !== undefined) {
        frame.context[key] = parsed.value;
        merged = undefined;
      }
    }
    expects = expects === 'element' ? 'next-element' : 'next';
    return true;
  }

  function keyOf(source: string): string {
    const parsed = parseRecord(source, limits);
    if (!parsed.ok || typeof parsed.value !== 'string') throw broken();
    return parsed.value;
  }

  function close(code: number): void {
    const frame = frames.at(-1);
    if (frame === undefined || frame.isObject !== (code === 0x7d)) throw broken();
    if (frame.isObject) release();
    frames.pop();
    merged = undefined;
    expects = frames.length === 0 ? 'document' : 'next';
    at++;
  }

  function enterValue(code: number): void {
    mayClose = true;
    if (frames.length === path.length && code === 0x5b) {
      expects = 'element';
      at++;
    } else if (
      frames.length < path.length &&
      (code === 0x7b || (code === 0x5b && path[frames.length] === '*'))
    ) {
      frames.push({ isObject: code === 0x7b, context: Object.create(null) });
      merged = undefined;
      expects = code === 0x7b ? 'key' : 'value';
      at++;
    } else pass('skip');
  }

  function leaveList(): void {
    if (frames.at(-1)?.isObject !== true) release();
    expects = frames.length === 0 ? 'document' : 'next';
    at++;
  }

  function step(code: number): void {
    const couldClose = mayClose;
    const isClosing = code === 0x7d || code === 0x5d;
    mayClose = false;
    if (expects === 'document') expects = 'value';
    else if (expects === 'value') {
      if (code === 0x5d && couldClose) close(code);
      else if (code === 0x2c || isClosing) throw broken();
      else enterValue(code);
    } else if (expects === 'key') {
      if (code === 0x7d && couldClose) close(code);
      else if (code === 0x22) pass('key');
      else throw broken();
    } else if (expects === 'colon') {
      if (code !== 0x3a) throw broken();
      at++;
      afterKey();
    } else if (expects === 'next') {
      if (frames.length === 0) expects = 'value';
      else if (code === 0x2c) {
        expects = frames.at(-1)?.isObject === true ? 'key' : 'value';
        at++;
      } else if (isClosing) close(code);
      else throw broken();
    } else if (expects === 'element') {
      if (code === 0x5d && couldClose) leaveList();
      else if (code === 0x2c || isClosing) throw broken();
      else pass('record');
    } else if (code === 0x5d) leaveList();
    else if (code === 0x2c) {
      expects = 'element';
      at++;
    } else throw broken();
  }

  function afterKey(): void {
    const segment = path[frames.length - 1];
    const frame = frames.at(-1);
    if (segment === '*' && frame !== undefined && context.includes('*')) {
      release();
      frame.context['*'] = key;
      merged = undefined;
    }
    if (segment === '*' || segment === key) expects = 'value';
    else pass(context.includes(key) ? 'context' : 'skip');
  }

  function run(isEnd: boolean): void {
    for (;;) {
      if (passing !== undefined && !goOn(isEnd)) break;
      for (; at < text.length && isSpace(text.charCodeAt(at)); at++) if (text.charCodeAt(at) === 0x0a) line++;
      if (at >= text.length) break;
      if (passing === undefined) step(text.charCodeAt(at));
    }
    const keepFrom = passing !== undefined && passing.purpose !== 'skip' ? passing.start : at;
    text = text.slice(keepFrom);
    at -= keepFrom;
    if (passing !== undefined) passing.start -= keepFrom;
  }

  function push(piece: string): readonly RecordItem[] {
    items = [];
    text = text === '' ? piece : text + piece;
    try {
      run(false);
    } catch (error) {
      return stopped(error);
    }
    return items;
  }

  function end(): readonly RecordItem[] {
    items = [];
    try {
      run(true);
      const isWhole =
        passing === undefined && frames.length === 0 && ['document', 'next', 'value'].includes(expects);
      if (!isWhole) throw new ReadFault('bad-json', 'the document ends too early');
    } catch (error) {
      return stopped(error);
    }
    return items;
  }

  function stopped(error: unknown): readonly RecordItem[] {
    if (!(error instanceof ReadFault)) throw error;
    release();
    return [...items, { kind: 'unreadable', code: error.code, reason: error.reason, index, line }];
  }

  return { push, end };
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
