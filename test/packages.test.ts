import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dictOf } from '../src/lib/guards.ts';

const root = resolve(import.meta.dirname, '..');
const json = (name: string) => dictOf(JSON.parse(readFileSync(join(root, name), 'utf8'))) ?? {};
const manifest = json('package.json');
const wanted = (kind: string) => Object.entries(dictOf(manifest[kind]) ?? {});
const locked = Object.entries(dictOf(json('package-lock.json').packages) ?? {}).map(
  ([path, entry]) => [path, dictOf(entry) ?? {}] as const,
);

/** The package that a specifier names: `hono/html` is `hono`. */
const packageOf = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

function importedIn(folder: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const name of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
    if (!/\.(?:ts|js)$/u.test(name) || /\.test\.ts$|fixtures/u.test(name)) continue;
    const text = readFileSync(join(root, folder, name), 'utf8');
    const imports =
      /(?<!distinct )\bfrom '([^'./][^']*)'|\bimport '([^'./][^']*)'|\b(?:import|require|resolve)\('([^'./][^']*)'\)/gu;
    for (const [, a, b, c] of text.matchAll(imports)) {
      const specifier = a ?? b ?? c ?? '';
      if (!isBuiltin(specifier)) found.add(packageOf(specifier));
    }
  }
  return found;
}

describe('packages', () => {
  test('what ships is declared, and what is declared is used', () => {
    const declared = wanted('dependencies').map(([name]) => name);
    const used = [...importedIn('src'), ...importedIn('bin')];
    expect([...new Set(used)].filter((name) => !declared.includes(name))).toEqual([]);
    expect(declared.filter((name) => !used.includes(name))).toEqual([]);
  });

  test('are pinned exactly', () => {
    const loose = [...wanted('dependencies'), ...wanted('devDependencies')].filter(
      ([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/u.test(String(version)),
    );
    expect(loose).toEqual([]);
  });

  test('run no script when they are installed, but for those allowed by name', () => {
    const allowed = new Set(wanted('allowScripts').map(([name]) => name));
    const scripted = locked.flatMap(([path, entry]) => {
      const name = path.replace(/^.*node_modules\//u, '');
      // Of the other systems' packages nothing is ever unpacked here.
      const isOther = entry.optional === true && !name.includes('linux-x64') && !name.includes('arm64');
      return entry.hasInstallScript === true && !isOther && !allowed.has(name) ? [name] : [];
    });
    expect(scripted).toEqual([]);
  });

  test('of every system stand in the lock file, without which `npm ci` refuses it', () => {
    const paths = new Set(locked.map(([path]) => path));
    const isThere = (from: string, name: string): boolean => {
      for (let folder = from; ; folder = folder.slice(0, folder.lastIndexOf('/node_modules/'))) {
        if (paths.has(folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`)) return true;
        if (folder === '') return false;
        if (!folder.includes('/node_modules/')) return paths.has(`node_modules/${name}`);
      }
    };
    const missing = locked.flatMap(([path, entry]) =>
      Object.keys(dictOf(entry.optionalDependencies) ?? {})
        .filter((name) => !isThere(path, name))
        .map((name) => `${path}: ${name}`),
    );
    expect(missing).toEqual([]);
  });
});
