/** Where a scan of one JSON value stands between two pieces of text. */
export type ScanState = {
  depth: number;
  inString: boolean;
  isEscaped: boolean;
  /** Set once the value's first character was seen; a scalar ends at a delimiter. */
  isScalar: boolean;
  isStarted: boolean;
  /** Line feeds passed. */
  newlines: number;
};

export function newScan(): ScanState {
  return { depth: 0, inString: false, isEscaped: false, isScalar: false, isStarted: false, newlines: 0 };
}

/**
 * Goes on through one JSON value. Only brackets and strings are looked at: whether the text inside is valid is
 * the parser's question, so that one bad value does not cost its neighbours.
 *
 * @returns the index after the value, or -1 when the value goes on past the text
 */
export function scanValue(state: ScanState, text: string, from: number): number {
  let at = from;
  let { depth, inString } = state;
  const length = text.length;
  let result = -1;
  if (state.isEscaped && at < length) {
    state.isEscaped = false;
    at++;
  }
  while (at < length) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 0x22) {
        inString = false;
        if (depth === 0) {
          result = at + 1;
          break;
        }
      } else if (code === 0x5c) {
        if (at + 1 === length) state.isEscaped = true;
        at++;
      } else if (code === 0x0a) state.newlines++;
    } else if (state.isScalar && isDelimiter(code)) {
      result = at;
      break;
    } else if (code === 0x22) {
      inString = true;
      state.isStarted = true;
    } else if (code === 0x7b || code === 0x5b) {
      depth++;
      state.isStarted = true;
    } else if (code === 0x7d || code === 0x5d) {
      if (--depth <= 0) {
        result = at + 1;
        break;
      }
    } else if (code === 0x0a) {
      state.newlines++;
    } else if (!state.isStarted && code > 0x20) {
      state.isStarted = true;
      state.isScalar = true;
    }
    at++;
  }
  state.depth = depth;
  state.inString = inString;
  return result;
}

function isDelimiter(code: number): boolean {
  return code === 0x2c || code === 0x5d || code === 0x7d || code <= 0x20;
}
