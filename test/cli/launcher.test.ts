import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { cleanEnvironment, launcher } from '../support/run-cli.ts';

const root = resolve(import.meta.dirname, '../..');

/** Another Node on this machine that is too old to run the sources itself. */
function olderNode(): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, 'node');
    if (!existsSync(path) || folder.includes('node_modules')) continue;
    const version = spawnSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout.trim();
    const [major = 99, minor = 0] = version.split('.').map(Number);
    if (major >= 20 && (major < 22 || (major === 22 && minor < 18))) return path;
  }
  return undefined;
}

const old = olderNode();
const reason = old === undefined ? ' (skipped: no Node from 20 to 22.17 on the PATH)' : '';

test.skipIf(old === undefined)(
  `an older Node hands over to the project's own, with input, output and exit code${reason}`,
  () => {
    const run = (args: readonly string[], input: string) =>
      spawnSync(old ?? '', [launcher, ...args], { input, encoding: 'utf8', env: { ...cleanEnvironment() } });
    const good = run(['try', '-', '--json'], '[]');
    expect(good.status).toBe(0);
    expect(JSON.parse(good.stdout)).toMatchObject({ summary: { events: 0 } });
    const bad = run(['try', '-'], 'nothing that anyone knows');
    expect(bad.status).toBe(2);
    expect(bad.stderr).toContain('no source recognises it');
  },
);

test('the package names the launcher, and npm start uses it', () => {
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(manifest).toMatchObject({
    bin: { foldback: 'bin/foldback.js' },
    scripts: { start: 'node bin/foldback.js serve' },
  });
});

test('npx foldback works in the checkout, without a network and with an empty cache', () => {
  const cache = realpathSync(mkdtempSync(join(tmpdir(), 'foldback-npm-')));
  try {
    const env = { ...cleanEnvironment({ npm_config_cache: cache, npm_config_offline: 'true' }) };
    const stdout = execFileSync('npx', ['foldback', 'try', '-', '--json'], {
      cwd: root,
      env,
      input: '[]',
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    expect(JSON.parse(stdout)).toMatchObject({ summary: { loops: 0 } });
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
});
