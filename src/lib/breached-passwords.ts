import { hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';

/**
 * A list of breached passwords on the disk, as Have I Been Pwned gives it out: a line `SHA-1:count`, in the order of the
 * hashes. Nobody is asked over the network, and however long the list is, a look-up reads a few pages of it.
 */
export type BreachedPasswords = {
  /** Throws when the file cannot be read or is no such list: what cannot be looked up is not taken. */
  has(password: string): Promise<boolean>;
  /** Looks at both ends and a few places between; what is wrong with it, if anything. */
  check(): Promise<
    { readonly kind: 'ok'; readonly bytes: number } | { readonly kind: 'bad'; readonly reason: string }
  >;
};

const hexChars = 40;
/** A line is a hash, a colon, a count and its end: shorter than this by far. */
const lineBytesMax = 128;
/** A range of this size is read whole. */
const pageBytes = 4_096;
const samples = 64;
const lineShape = /^([0-9a-f]{40}):\d{1,15}$/iu;

export function openBreached(path: string): BreachedPasswords {
  return {
    has: async (password) => {
      // As it was typed, and as it is hashed here: two ways to write one character.
      const wanted = new Set([password, password.normalize('NFKC')].map(sha1));
      const file = await open(path, 'r');
      try {
        const { size } = await file.stat();
        for (const one of wanted) if (await holds(file, size, one)) return true;
        return false;
      } finally {
        await file.close();
      }
    },
    check: async () => {
      try {
        const file = await open(path, 'r');
        try {
          return await checked(file);
        } finally {
          await file.close();
        }
      } catch (error) {
        return { kind: 'bad', reason: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}

const sha1 = (text: string): string => hash('sha1', text, 'hex').toUpperCase();

async function holds(file: FileHandle, size: number, wanted: string): Promise<boolean> {
  let low = 0;
  let high = size;
  // The line that is looked for begins in [low, high).
  while (high - low > pageBytes) {
    const middle = low + Math.floor((high - low) / 2);
    const line = await lineAfter(file, middle, size);
    if (line?.hash === wanted) return true;
    if (line === undefined || line.start >= high) high = middle;
    else if (line.hash < wanted) low = line.start;
    else high = line.start;
  }
  const text = await textAt(file, low, Math.min(size, high + lineBytesMax) - low);
  return text
    .toUpperCase()
    .split('\n')
    .some((line) => line.startsWith(`${wanted}:`));
}

/** The first line that begins at or after a place, as it must be. */
async function lineAfter(
  file: FileHandle,
  place: number,
  size: number,
): Promise<{ readonly start: number; readonly hash: string } | undefined> {
  // From the byte before: a line that begins just here is seen.
  const from = Math.max(0, place - 1);
  const text = await textAt(file, from, Math.min(2 * lineBytesMax, size - from));
  const start = place === 0 ? 0 : text.indexOf('\n') + 1;
  if (place > 0 && start === 0 && from + text.length === size && text.length < lineBytesMax) return undefined;
  if (place > 0 && start === 0)
    throw new Error(`no line ends near byte ${place} of the list of breached passwords`);
  const [line = ''] = text.slice(start).split('\n');
  if (line === '') return undefined;
  const found = lineShape.exec(line.trimEnd())?.[1];
  if (found === undefined)
    throw new Error(
      `the line near byte ${place} of the list of breached passwords is no SHA-1 with its count`,
    );
  return { start: from + start, hash: found.toUpperCase() };
}

async function textAt(file: FileHandle, from: number, bytes: number): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, from);
  return buffer.toString('latin1', 0, bytesRead);
}

async function checked(file: FileHandle): ReturnType<BreachedPasswords['check']> {
  const { size } = await file.stat();
  if (size < hexChars + 2) return { kind: 'bad', reason: 'it is empty' };
  let before = '';
  for (let n = 0; n < samples; n += 1) {
    const line = await lineAfter(file, Math.floor((size / samples) * n), size);
    if (line === undefined) break;
    if (line.hash < before) return { kind: 'bad', reason: 'it is not in the order of the hashes' };
    before = line.hash;
  }
  return { kind: 'ok', bytes: size };
}
