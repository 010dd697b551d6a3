import { limits as defaults, type Limits } from '../limits.ts';
import { type ParsedRecord, parseRecord } from './parse-record.ts';

/**
 * Parses the body of a request as one JSON value, under the caps on bytes, depth, members and strings. Bodies are
 * not unpacked: a sender that compresses is refused before this by its Content-Encoding.
 *
 * @returns the value, or the code and a reason that names the limit or the place and quotes nothing
 */
export function parseBody(bytes: Uint8Array, limits: Limits = defaults): ParsedRecord {
  if (bytes.length > limits.bodyBytesMax) {
    return { ok: false, code: 'too-large', reason: `past the limit bodyBytesMax (${limits.bodyBytesMax})` };
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  return parseRecord(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text, {
    ...limits,
    recordCharsMax: limits.bodyBytesMax,
  });
}
