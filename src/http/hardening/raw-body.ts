import type { Context } from 'hono';
import { AppError } from '../../core/errors.ts';
import { requireContentType } from './guards.ts';

const bodies = new WeakMap<object, Promise<Uint8Array>>();

/**
 * The body exactly as received, for signatures and parsing alike. Read once a request; asking again gives the same
 * bytes. More than `bytesMax` is refused as soon as it shows, by Content-Length or while reading.
 *
 * Errors: `too-large`; `too-slow` when it does not arrive in time; `bad-request` when the sender went away half-way.
 */
export async function readRawBody(
  c: Context,
  bytesMax: number,
  msMax: number = bodyMsMax(bytesMax),
): Promise<Uint8Array> {
  const declared = c.req.header('Content-Length');
  if (Number(declared ?? 0) > bytesMax) throw tooLarge(bytesMax);
  const known = bodies.get(c.req.raw);
  // A body of a declared length ends there, as the parser sees to: it is read in one go, several times as fast.
  const isWhole = declared !== undefined && /^\d{1,9}$/u.test(declared);
  const body = known ?? (isWhole ? readWhole(c.req.raw) : read(c.req.raw, bytesMax));
  if (known === undefined) bodies.set(c.req.raw, body);
  const bytes = await inTime(c, body, msMax);
  if (bytes.byteLength > bytesMax) throw tooLarge(bytesMax);
  return bytes;
}

/** Whoever sends a byte now and then would hold a connection and memory for an hour: as long as the slowest honest line takes. */
const firstMs = 20_000;
const bytesPerSecondMin = 64 * 1024;

export function bodyMsMax(bytesMax: number): number {
  return firstMs + Math.ceil(bytesMax / bytesPerSecondMin) * 1000;
}

async function inTime(c: Context, body: Promise<Uint8Array>, msMax: number): Promise<Uint8Array> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      // What would still come is read by nobody.
      c.header('Connection', 'close');
      reject(new AppError('too-slow', `The body did not arrive within ${Math.ceil(msMax / 1000)} seconds.`));
    }, msMax);
  });
  try {
    return await Promise.race([body, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The fields of a posted form (`application/x-www-form-urlencoded`, UTF-8). Errors: as above, wrong content type. */
export async function readForm(c: Context, bytesMax: number): Promise<URLSearchParams> {
  requireContentType(c, ['application/x-www-form-urlencoded']);
  const bytes = await readRawBody(c, bytesMax);
  return new URLSearchParams(new TextDecoder().decode(bytes));
}

async function readWhole(request: Request): Promise<Uint8Array> {
  try {
    return new Uint8Array(await request.arrayBuffer());
  } catch (cause) {
    throw new AppError('bad-request', 'The body ended before it was complete.', { cause });
  }
}

async function read(request: Request, bytesMax: number): Promise<Uint8Array> {
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body.getReader();
  for (;;) {
    const part = await reader.read().catch((cause: unknown) => {
      throw new AppError('bad-request', 'The body ended before it was complete.', { cause });
    });
    if (part.done) break;
    size += part.value.byteLength;
    if (size > bytesMax) {
      // Leaving the rest unread would keep its memory; a failing cancel changes nothing of the answer.
      await reader.cancel().catch(() => undefined);
      throw tooLarge(bytesMax);
    }
    chunks.push(part.value);
  }
  return Buffer.concat(chunks, size);
}

function tooLarge(bytesMax: number): AppError {
  return new AppError('too-large', `A body here has at most ${bytesMax} bytes.`);
}
