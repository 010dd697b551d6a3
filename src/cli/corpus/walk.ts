import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../../lib/keys-file.ts';
import { CliError } from '../exit.ts';

/** More than any collection of examples has; a folder of this size was named by mistake. */
const filesMax = 50_000;
const depthMax = 32;

/**
 * Every plain file below a folder, as paths relative to it with `/`, sorted by code point. Links are not followed.
 * Errors: `CliError` where the folder cannot be read, or holds too much.
 */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  const root = await realpath(folder).catch((error: unknown) => {
    throw new CliError(
      `${folder}: ${codeOf(error) === 'ENOENT' ? 'there is no such folder.' : 'not readable.'}`,
    );
  });
  const found: string[] = [];
  const walk = async (path: string, depth: number): Promise<void> => {
    if (depth > depthMax) throw new CliError(`${path}: folders are nested deeper than ${depthMax}.`);
    const entries = await readdir(join(root, path), { withFileTypes: true }).catch((error: unknown) => {
      const reason = codeOf(error) === 'ENOTDIR' ? 'give a folder, not a file.' : 'it cannot be read.';
      throw new CliError(`${path === '' ? folder : path}: ${reason}`);
    });
    for (const entry of entries) {
      const name = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) {
        if (entry.name !== '.git' && entry.name !== 'node_modules') await walk(name, depth + 1);
      } else if (entry.isFile()) {
        found.push(name);
        if (found.length > filesMax) throw new CliError(`${folder}: more than ${filesMax} files.`);
      }
    }
  };
  await walk('', 0);
  return found.sort();
}
