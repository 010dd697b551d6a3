import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { codeOf } from '../lib/keys-file.ts';
import { CliError } from './exit.ts';

export type Input = {
  readonly stream: AsyncIterable<Uint8Array>;
  /** As shown: `standard input` for `-`. */
  readonly title: string;
  readonly fileName?: string;
  readonly sizeBytes?: number;
};

/** Opens a file, or standard input for `-`. Says what is wrong with the name before anything is read. */
export async function openInput(file: string): Promise<Input> {
  if (file === '-') {
    if (process.stdin.isTTY === true)
      throw new CliError('Nothing is piped in: give a file, or pipe a report to -.');
    return { stream: process.stdin, title: 'standard input' };
  }
  const found = await stat(file).catch((error: unknown) => {
    throw new CliError(`${file}: ${reasonOf(error)}`);
  });
  if (found.isDirectory()) throw new CliError(`${file}: this is a folder; give a report.`);
  const size = found.isFile() ? { sizeBytes: found.size } : {};
  return { stream: readable(file), title: file, fileName: basename(file), ...size };
}

async function* readable(file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(file, { highWaterMark: 256 * 1024 });
  } catch (error) {
    throw new CliError(`${file}: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  switch (codeOf(error)) {
    case 'ENOENT':
      return 'there is no such file.';
    case 'EACCES':
    case 'EPERM':
      return 'it may not be read by this user.';
    default:
      return error instanceof Error ? error.message : 'it cannot be read.';
  }
}
