import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');
const cache = join(root, 'node_modules/.cache/foldback-console');

/** The console as it is released, built once for each state of its sources, however many tests ask for it at a time. */
export async function builtConsole(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of readdirSync(join(root, 'console'), { recursive: true, encoding: 'utf8' }).toSorted()) {
    const path = join(root, 'console', name);
    if (statSync(path).isFile()) hash.update(name).update(readFileSync(path));
  }
  hash.update(readFileSync(join(root, 'package-lock.json')));
  const folder = join(cache, hash.digest('hex').slice(0, 16));
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const made = `${folder}.${process.pid}`;
  // In a process of its own: the test runner's environment would give a build for development.
  await promisify(execFile)(
    process.execPath,
    [
      'node_modules/vite/bin/vite.js',
      'build',
      'console',
      '--config',
      'console/vite.config.ts',
      '--outDir',
      made,
    ],
    { cwd: root, env: { ...process.env, NODE_ENV: 'production' } },
  );
  // Somebody else may have been faster; theirs is the same.
  await rename(made, folder).catch(() => rm(made, { recursive: true, force: true }));
  return folder;
}
