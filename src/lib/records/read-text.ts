import { pipeline, Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import type { Limits } from '../limits.ts';
import { ReadFault } from './record-shape.ts';

export type ByteStream = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * The text of a byte stream in pieces: gzip (RFC 1952) is told by its first bytes and unpacked under caps, a byte
 * order mark is taken off (UTF-8, and UTF-16 as PowerShell writes it). Bytes that are no text become U+FFFD.
 *
 * @throws ReadFault past a cap or on damaged compression; what the stream itself throws is passed on
 */
export async function* readText(input: ByteStream, limits: Limits): AsyncGenerator<string, void, undefined> {
  const bytes = await unpacked(input, limits);
  let decoder: { write(bytes: Uint8Array): string; end(): string } | undefined;
  let isFirst = true;
  let head: Uint8Array = new Uint8Array(0);
  for await (const chunk of bytes) {
    let piece = chunk;
    if (decoder === undefined) {
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
      if (head.length < 2) continue;
      decoder = decoderFor(head);
      piece = head;
    }
    let text = decoder.write(piece);
    if (isFirst && text !== '') {
      isFirst = false;
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    }
    if (text !== '') yield text;
  }
  const rest = decoder === undefined ? Buffer.from(head).toString('utf8') : decoder.end();
  if (rest !== '') yield rest;
}

function decoderFor(head: Uint8Array): { write(bytes: Uint8Array): string; end(): string } {
  const isLittle = head[0] === 0xff && head[1] === 0xfe;
  if (isLittle || (head[0] === 0xfe && head[1] === 0xff)) {
    const decoder = new TextDecoder(isLittle ? 'utf-16le' : 'utf-16be');
    return { write: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() };
  }
  // Several times faster than a streaming TextDecoder.
  const decoder = new StringDecoder('utf8');
  return {
    write: (bytes) => decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)),
    end: () => decoder.end(),
  };
}

async function unpacked(input: ByteStream, limits: Limits): Promise<AsyncIterable<Uint8Array>> {
  const { head, all } = await beginning(input, 2);
  return head[0] === 0x1f && head[1] === 0x8b ? gunzipped(all, limits) : counted(all, limits);
}

async function* counted(input: AsyncIterable<Uint8Array>, limits: Limits): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of input) {
    total += chunk.length;
    if (total > limits.fileBytesMax)
      throw new ReadFault('too-large', `past the limit fileBytesMax (${limits.fileBytesMax})`);
    yield chunk;
  }
}

async function* gunzipped(input: AsyncIterable<Uint8Array>, limits: Limits): AsyncGenerator<Uint8Array> {
  let packed = 0;
  let total = 0;
  let inputError: unknown;
  async function* measured(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of input) {
        packed += chunk.length;
        yield chunk;
      }
    } catch (error) {
      inputError = error;
      throw error;
    }
  }
  const gunzip = createGunzip();
  // The callback keeps the failure from being thrown a second time; the loop below sees it.
  pipeline(Readable.from(measured(), { objectMode: true }), gunzip, () => undefined);
  try {
    for await (const chunk of gunzip) {
      total += chunk.length;
      if (total > limits.fileBytesMax)
        throw new ReadFault('too-large', `past the limit fileBytesMax (${limits.fileBytesMax})`);
      if (total > limits.unpackedRatioFromBytes && total > packed * limits.unpackedRatioMax)
        throw new ReadFault(
          'compression-ratio',
          `past the limit unpackedRatioMax (${limits.unpackedRatioMax})`,
        );
      yield chunk;
    }
  } catch (error) {
    if (error instanceof ReadFault) throw error;
    if (inputError !== undefined) throw inputError;
    throw new ReadFault('bad-record', 'the gzip data is damaged or ends too early');
  } finally {
    gunzip.destroy();
  }
}

/** Reads until `size` bytes are there, and gives them with a stream of everything. */
async function beginning(
  input: ByteStream,
  size: number,
): Promise<{ head: Uint8Array; all: AsyncGenerator<Uint8Array> }> {
  const iterator = Symbol.asyncIterator in input ? input[Symbol.asyncIterator]() : input[Symbol.iterator]();
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length < size) {
    const next = await iterator.next();
    if (next.done === true) break;
    chunks.push(next.value);
    length += next.value.length;
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      yield* chunks.splice(0);
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next())
        yield next.value;
    } finally {
      // Lets the file or socket behind the stream be closed when a reader stops early.
      await iterator.return?.();
    }
  }
  return { head: Buffer.concat(chunks), all: all() };
}
