import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { channels, ownerDirectories, sources, verifiers } from '../src/adapters/index.ts';

const root = resolve(import.meta.dirname, '..');
const src = join(root, 'src');

/** Who may import whom. A room may always import itself; `npm` and `node` say what it may take from outside. */
const rooms: Readonly<Record<string, { readonly rooms: readonly string[]; readonly outside: RegExp }>> = {
  core: { rooms: [], outside: /^(zod|syllable)$/u },
  ports: { rooms: ['core'], outside: /^zod$/u },
  lib: { rooms: [], outside: /./u },
  loop: { rooms: ['core', 'ports'], outside: /^zod$/u },
  packs: { rooms: ['core', 'lib'], outside: /./u },
  policy: { rooms: ['core', 'lib'], outside: /./u },
  ledger: { rooms: ['core', 'lib'], outside: /./u },
  access: { rooms: ['core', 'ports', 'lib'], outside: /^node:(crypto|zlib)$/u },
  client: { rooms: [], outside: /^$/u },
  config: { rooms: ['core', 'lib'], outside: /^(zod|yaml|node:.*)$/u },
  adapters: { rooms: ['core', 'ports', 'lib'], outside: /./u },
  pages: { rooms: ['core'], outside: /^(zod|hono\/html|node:crypto)$/u },
  http: {
    rooms: ['core', 'ports', 'loop', 'packs', 'policy', 'pages', 'ledger', 'access', 'lib'],
    outside: /./u,
  },
  cli: {
    rooms: [
      'app',
      'core',
      'ports',
      'config',
      'lib',
      'loop',
      'packs',
      'policy',
      'ledger',
      'access',
      'adapters',
      'simulate',
    ],
    outside: /./u,
  },
  // It judges how owners are found, so it may not know how that is done.
  simulate: { rooms: ['app', 'core', 'ports', 'lib', 'loop', 'adapters'], outside: /./u },
  app: {
    rooms: [
      'core',
      'ports',
      'lib',
      'loop',
      'packs',
      'policy',
      'ledger',
      'access',
      'config',
      'adapters',
      'http',
      'pages',
    ],
    outside: /./u,
  },
};

function files(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return name === 'fixtures' ? [] : files(path);
    return /\.tsx?$/u.test(name) ? [path] : [];
  });
}

const all = files(src);
const shipped = all.filter((path) => !path.endsWith('.test.ts'));
const textOf = new Map(all.map((path) => [path, readFileSync(path, 'utf8')]));

/** The room of a path; files beside the rooms are the composition root. */
function roomOf(path: string): string {
  const [first = '', second] = relative(src, path).split('/');
  return second === undefined ? 'app' : first;
}

type Import = { readonly from: string; readonly specifier: string };

function importsOf(path: string): readonly Import[] {
  const text = textOf.get(path) ?? '';
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'/gu;
  return [...text.matchAll(pattern)].map((match) => ({
    from: path,
    specifier: match[1] ?? match[2] ?? match[3] ?? '',
  }));
}

function problemsOf({ from, specifier }: Import): readonly string[] {
  const room = roomOf(from);
  const rule = rooms[room];
  const name = relative(root, from);
  if (rule === undefined) return [`${name}: nobody knows the room "${room}"`];
  if (!specifier.startsWith('.')) {
    return rule.outside.test(specifier) ? [] : [`${name}: ${room} may not take ${specifier} from outside`];
  }
  const target = resolve(dirname(from), specifier);
  const other = roomOf(target);
  if (hidden.some((one) => one.room === room && one.path.test(target)))
    return [`${name}: ${room} may not know ${relative(root, target)}`];
  if (other !== room) return rule.rooms.includes(other) ? [] : [`${name}: ${room} may not import ${other}`];
  if (room !== 'adapters') return [];
  const [, kind, id] = relative(src, target).split('/');
  const [, ownKind, ownId] = relative(src, from).split('/');
  const isOwn = kind === ownKind && id === ownId;
  const isRegistry = ownId === undefined || id === undefined;
  return isOwn || isRegistry ? [] : [`${name}: an adapter may not know ${relative(root, target)}`];
}

/** Files of a room that another may not know, though it may import the rest. */
const hidden = [
  { room: 'simulate', path: /\/core\/(?:owner|rank-owners|resolve-owner|lead-evidence|people-evidence)/u },
];

function linesWith(path: string, pattern: RegExp): readonly string[] {
  const lines = (textOf.get(path) ?? '').split('\n');
  return lines.flatMap((line, index) => {
    const code = line
      .replace(/\/\/.*$/u, '')
      .replace(/^\s*\*.*$/u, '')
      .replace(/^\s*\/\*\*.*$/u, '');
    return pattern.test(code) ? [`${relative(root, path)}:${index + 1}`] : [];
  });
}

describe('the house', () => {
  test('the walk sees the files it judges', () => {
    expect(shipped.length).toBeGreaterThan(150);
    expect(new Set(shipped.map(roomOf))).toContain('core');
  });

  test('every arrow between rooms is drawn', () => {
    expect(shipped.flatMap(importsOf).flatMap(problemsOf)).toEqual([]);
  });

  test('core, ports and loop have no clock, randomness, environment or network', () => {
    const impure =
      /\bDate\.now\b|new Date\(\)|Math\.random|\bprocess\.|\bfetch\(|setTimeout|setInterval|randomUUID|randomBytes/u;
    const pure = shipped.filter((path) => ['core', 'ports', 'loop'].includes(roomOf(path)));
    // A time-out signal bounds a call that the port makes; it decides nothing.
    const found = pure.flatMap((path) => linesWith(path, impure));
    expect(found).toEqual([]);
  });

  test('SQL stands in the stores only', () => {
    const statement = /\b(select\s+[\w*(].*\sfrom\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s)/iu;
    const others = shipped.filter((path) => !path.includes('/adapters/stores/'));
    expect(others.flatMap((path) => linesWith(path, statement))).toEqual([]);
  });

  test('only the configuration reads the environment', () => {
    // The runner of git takes PATH and nothing else from it, to build an environment of its own.
    const others = shipped.filter(
      (path) => !['config', 'cli'].includes(roomOf(path)) && !path.endsWith('/lib/git/environment.ts'),
    );
    expect(others.flatMap((path) => linesWith(path, /process\.env\b/u))).toEqual([]);
  });

  test('every adapter folder is registered, and every registration has its folder', () => {
    const folders = (kind: string) =>
      readdirSync(join(src, 'adapters', kind)).filter((name) =>
        statSync(join(src, 'adapters', kind, name)).isDirectory(),
      );
    expect(sources.map((source) => source.id).sort()).toEqual(folders('sources').sort());
    expect(channels.map((channel) => channel.id).sort()).toEqual(folders('channels').sort());
    expect(ownerDirectories.map((directory) => directory.id).sort()).toEqual(folders('owners').sort());
    expect(verifiers.map((verifier) => verifier.id).sort()).toEqual(folders('verifiers').sort());
  });

  test('every adapter tells in a README what it is', () => {
    for (const kind of ['sources', 'channels', 'owners', 'verifiers']) {
      for (const name of readdirSync(join(src, 'adapters', kind))) {
        const folder = join(src, 'adapters', kind, name);
        if (!statSync(folder).isDirectory()) continue;
        expect(readdirSync(folder), `${kind}/${name}`).toContain('README.md');
      }
    }
  });

  test('no file is longer than 400 lines', () => {
    const long = all.filter((path) => (textOf.get(path) ?? '').split('\n').length > 401);
    expect(long.map((path) => relative(root, path))).toEqual([]);
  });

  test('no file has a catch-all name, and types are not escaped', () => {
    expect(
      shipped.filter((path) =>
        /\/(utils?|common|helpers?|types|constants|interfaces|manager)\.ts$/u.test(path),
      ),
    ).toEqual([]);
    expect(
      all.flatMap((path) => linesWith(path, /\S:\s*any\b|\bas any\b|@ts-ignore|@ts-expect-error/u)),
    ).toEqual([]);
  });
});
