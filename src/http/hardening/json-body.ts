import { isUtf8 } from 'node:buffer';
import type { Context } from 'hono';
import { AppError } from '../../core/errors.ts';
import { limits } from '../../lib/limits.ts';
import { hasDuplicateKeys } from '../../lib/records/duplicate-keys.ts';
import { parseBody } from '../../lib/records/parse-body.ts';
import { readRawBody } from './raw-body.ts';

/**
 * A small JSON body, read so that there is one reading of it: UTF-8, no member named twice, no text that a database
 * would refuse. Errors: `bad-request`, `too-large`.
 */
export async function readJsonBody(c: Context, bytesMax: number): Promise<unknown> {
  const bytes = await readRawBody(c, bytesMax);
  if (!isUtf8(bytes)) throw new AppError('bad-request', 'The body is not UTF-8.');
  const parsed = parseBody(bytes, limits);
  if (!parsed.ok) throw new AppError(parsed.code, parsed.reason);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  if (hasDuplicateKeys(text)) throw new AppError('bad-request', 'A member is named twice in one object.');
  if (!isStorable(parsed.value)) throw new AppError('bad-request', 'A text holds a NUL or half a character.');
  return parsed.value;
}

/** Whether a database takes every text of it: none has a NUL or half a surrogate pair. */
export function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => isStorable(name) && isStorable(member));
}
