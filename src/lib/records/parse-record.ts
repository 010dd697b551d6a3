import type { Limits } from '../limits.ts';
import type { ReadFaultCode } from './record-shape.ts';

export type ParsedRecord =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: ReadFaultCode; readonly reason: string };

const quote = 0x22;
const backslash = 0x5c;

/**
 * Parses one JSON text (RFC 8259) within the caps on depth, members and strings. The caps are measured on the text
 * before it is parsed: a megabyte of brackets would else become a hundred megabytes of arrays.
 */
export function parseRecord(text: string, limits: Limits): ParsedRecord {
  const fault = capFault(text, limits);
  if (fault !== undefined) return fault;
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, code: 'bad-json', reason: `not valid JSON${positionOf(error, text)}` };
  }
}

function capFault(text: string, limits: Limits): Extract<ParsedRecord, { ok: false }> | undefined {
  if (text.length > limits.recordCharsMax) return over('too-large', 'recordCharsMax', limits.recordCharsMax);
  if (isPlainlyWithin(text, limits)) return undefined;
  let depth = 0;
  let depthMax = 0;
  let members = 0;
  let stringCharsMax = 0;
  const length = text.length;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      const start = at + 1;
      at = start;
      while (at < length) {
        const inner = text.charCodeAt(at);
        if (inner === quote) break;
        at += inner === backslash ? 2 : 1;
      }
      if (at - start > stringCharsMax) stringCharsMax = at - start;
    } else if (code === 0x2c) {
      members++;
    } else if (code === 0x7b || code === 0x5b) {
      members++;
      if (++depth > depthMax) depthMax = depth;
    } else if (code === 0x7d || code === 0x5d) {
      depth--;
    }
  }
  if (depthMax > limits.depthMax) return over('too-deep', 'depthMax', limits.depthMax);
  if (members > limits.membersMax) return over('too-many', 'membersMax', limits.membersMax);
  if (stringCharsMax > limits.stringCharsMax)
    return over('too-large', 'stringCharsMax', limits.stringCharsMax);
  return undefined;
}

/** A text that is shorter than the caps, with no more brackets than levels, needs no look at every character. */
function isPlainlyWithin(text: string, { membersMax, stringCharsMax, depthMax }: Limits): boolean {
  if (text.length > membersMax || text.length > stringCharsMax) return false;
  let brackets = 0;
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      brackets += 1;
      if (brackets > depthMax) return false;
    }
  }
  return true;
}

function over(code: ReadFaultCode, name: keyof Limits, cap: number): Extract<ParsedRecord, { ok: false }> {
  return { ok: false, code, reason: `past the limit ${name} (${cap})` };
}

/** V8 quotes the text in its messages, which may hold a secret: only the position is taken from them. */
function positionOf(error: unknown, text: string): string {
  const match = error instanceof Error ? /at position (\d+)/u.exec(error.message) : null;
  if (match === null) return '';
  const before = text.slice(0, Number(match[1]));
  const line = before.split('\n').length;
  const column = before.length - before.lastIndexOf('\n');
  return line === 1 ? ` at character ${column}` : ` at line ${line} of it, character ${column}`;
}
