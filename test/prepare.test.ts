import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { consoleMissing } from '../src/app-console.ts';
import { cleanEnvironment } from './support/run-cli.ts';

const root = resolve(import.meta.dirname, '..');
const script = 'scripts/prepare.mjs';
const folders: string[] = [];

/** A checkout with the named parts of this one, and what was installed beside it. */
function checkout(parts: readonly string[], isInstalled: boolean): string {
  const folder = mkdtempSync(join(tmpdir(), 'foldback-prepare-'));
  folders.push(folder);
  for (const part of [script, ...parts]) cpSync(join(root, part), join(folder, part), { recursive: true });
  if (isInstalled) symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

const prepare = (folder: string) =>
  promisify(execFile)(process.execPath, [script], {
    cwd: folder,
    env: { ...cleanEnvironment({ NODE_ENV: 'development' }) },
  });

describe('the end of `npm ci`', () => {
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  test('is this script', () => {
    const { scripts } = z
      .looseObject({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
    expect(scripts.prepare).toBe(`node ${script}`);
  });

  test('leaves a console that is built for use, whatever the shell says', async () => {
    const folder = checkout(['console', 'src', 'tsconfig.json'], true);
    const built = join(folder, 'dist/console');
    expect(consoleMissing(built)).toContain('npm run build:console');
    const { stdout } = await prepare(folder);
    expect(stdout).toBe('The console is built.\n');
    expect(consoleMissing(built)).toBeUndefined();
    const [, name = ''] =
      /src="\/console\/(assets\/index-[^"]+\.js)"/u.exec(readFileSync(join(built, 'index.html'), 'utf8')) ??
      [];
    // A build for development is more than twice as large and names its sources.
    expect(readFileSync(join(built, name), 'utf8')).not.toContain('jsxDEV');
  });

  test('says and does nothing where no development packages are', async () => {
    const folder = checkout([], false);
    expect(await prepare(folder)).toEqual({ stdout: '', stderr: '' });
    expect(existsSync(join(folder, 'dist'))).toBe(false);
  });

  test('does not refuse an installation whose console cannot be built, and says what to do', async () => {
    const folder = checkout(['console/vite.config.ts'], true);
    mkdirSync(join(folder, 'console'), { recursive: true });
    writeFileSync(join(folder, 'console/index.html'), '<script type="module" src="./absent.ts"></script>');
    const { stdout, stderr } = await prepare(folder);
    expect(stdout).toBe('');
    expect(stderr).toContain('npm run build:console');
  });
});
