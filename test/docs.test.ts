import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorsMarkdown } from '../scripts/errors-docs.ts';
import { loggingMarkdown } from '../scripts/logging-docs.ts';
import { ownersMarkdown } from '../scripts/owners-docs.ts';
import { sourcesMarkdown } from '../scripts/sources-docs.ts';
import { statesMarkdown } from '../scripts/states-docs.ts';
import { readPeople } from '../src/adapters/owners/people/read-people.ts';
import { createProgram } from '../src/cli/program.ts';
import { errorCatalogue } from '../src/core/errors.ts';
import { states, transitions } from '../src/core/loop/states.ts';
import { dictOf } from '../src/lib/guards.ts';
import { tryReport } from '../src/try.ts';

const root = resolve(import.meta.dirname, '..');
const left = new Set(['node_modules', '.git', '.foldback', 'dist', 'coverage', '.tmp', 'fixtures']);

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    if (left.has(name)) return [];
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesIn(path) : [path];
  });
}

const all = filesIn(root);
const documents = all.filter((path) => path.endsWith('.md'));
const nameOf = (path: string) => relative(root, path);
const read = (name: string) => readFileSync(join(root, name), 'utf8');
/** What people read of a document: without code blocks and comments. */
const prose = (text: string) => text.replace(/^```[\s\S]*?^```/gmu, '').replace(/<!--[\s\S]*?-->/gu, '');

/** The anchor that a heading gets where documents are shown. */
const anchor = (heading: string) =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
const anchorsOf = (text: string) =>
  [...prose(text).matchAll(/^#+ (.+)$/gmu)].map(([, heading = '']) => anchor(heading));

/** Rows of the table below a heading, each as the texts of its cells. */
function tableUnder(text: string, heading: string): readonly (readonly string[])[] {
  const section = text.split(/^## /mu).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

test('the walk sees the documents that it judges', () => {
  for (const name of [
    'README.md',
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'CHANGELOG.md',
    'AGENTS.md',
  ])
    expect(documents.map(nameOf)).toContain(name);
  expect(read('LICENSE')).toContain('Apache License');
});

test.each([
  ['README.md', 120],
  ['ARCHITECTURE.md', 200],
])('%s has at most %i lines', (name, linesMax) => {
  expect(read(name).trimEnd().split('\n').length).toBeLessThanOrEqual(linesMax);
});

describe('generated documents', () => {
  const anew = 'if this fails run: npm run docs';

  test(`docs/errors.md is the catalogue; ${anew}`, () => {
    const text = read('docs/errors.md');
    expect(text).toBe(errorsMarkdown());
    const listed = [...text.matchAll(/^\| `([a-z-]+)` \|/gmu)].map(([, code]) => code);
    expect(listed).toEqual(Object.keys(errorCatalogue));
  });

  test(`docs/states.md is the table of transitions; ${anew}`, () => {
    expect(read('docs/states.md')).toBe(statesMarkdown());
  });

  test(`docs/logging.md has every kind of the record; ${anew}`, () => {
    expect(read('docs/logging.md')).toBe(loggingMarkdown());
  });

  test('what is said of owners is what the packs and the registry have', () => {
    expect(read('docs/owners.md')).toBe(ownersMarkdown());
  });

  test(`docs/sources.md is the registry; ${anew}`, () => {
    expect(read('docs/sources.md')).toBe(sourcesMarkdown());
  });

  test('settings and commands have their documents', () => {
    for (const name of ['docs/config.md', 'docs/cli.md'])
      expect(existsSync(join(root, name)), name).toBe(true);
  });
});

test('every state but the merged one stands in the table, and no row twice', () => {
  const named = new Set(transitions.flatMap(({ from, to }) => [from, to]));
  expect(states.filter((state) => !named.has(state))).toEqual(['merged']);
  const rows = transitions.map(({ from, to }) => `${from} ${to}`);
  expect(rows.length).toBe(new Set(rows).size);
});

describe('what documents point at is there', () => {
  test('every link to a file and its heading', () => {
    const broken = documents.flatMap((path) => {
      const text = prose(readFileSync(path, 'utf8')).replaceAll(/`[^`\n]*`/gu, '');
      const targets = [
        ...[...text.matchAll(/\]\(([^)\s]+)\)/gu)].map(([, target = '']) => target),
        ...[...text.matchAll(/\bsrc(?:set)?="([^"]+)"/gu)].map(([, target = '']) => target),
      ];
      return targets.flatMap((target) => {
        if (/^[a-z][a-z+.-]*:/u.test(target)) return [];
        const [file = '', heading] = target.split('#');
        const there = file === '' ? path : resolve(dirname(path), decodeURIComponent(file));
        const isThere =
          existsSync(there) &&
          (heading === undefined || anchorsOf(readFileSync(there, 'utf8')).includes(heading));
        return isThere ? [] : [`${nameOf(path)}: ${target}`];
      });
    });
    expect(broken).toEqual([]);
  });

  test('every file that is named', () => {
    const missing = documents.flatMap((path) => {
      const named = [
        ...readFileSync(path, 'utf8').matchAll(/`((?:src|test|packs|docs|scripts|bench|bin)\/[\w./-]+)`/gu),
      ];
      return named
        .map(([, name = '']) => name)
        .filter((name) => !existsSync(join(root, name)))
        .map((name) => `${nameOf(path)}: ${name}`);
    });
    expect(missing).toEqual([]);
  });

  test('every document that the code names', () => {
    const missing = filesIn(join(root, 'src'))
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
      .flatMap((path) =>
        [...readFileSync(path, 'utf8').matchAll(/\bdocs\/[a-z-]+\.md\b/gu)].flatMap(([name]) =>
          existsSync(join(root, name)) ? [] : [`${nameOf(path)}: ${name}`],
        ),
      );
    expect(missing).toEqual([]);
  });

  test('every script that is to be run', () => {
    const scripts = dictOf(dictOf(JSON.parse(read('package.json')))?.scripts) ?? {};
    const missing = documents.flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/\bnpm run ([\w:-]+)/gu)].flatMap(([, name = '']) =>
        name in scripts ? [] : [`${nameOf(path)}: npm run ${name}`],
      ),
    );
    expect(missing).toEqual([]);
  });

  test('every variable of the tests', () => {
    const tests = filesIn(join(root, 'test')).concat(filesIn(join(root, 'src')));
    const texts = tests
      .filter((path) => path !== import.meta.filename)
      .map((path) => readFileSync(path, 'utf8'));
    const named = [...read('CONTRIBUTING.md').matchAll(/`(FOLDBACK_[A-Z]\w+)`/gu)].map(
      ([, name = '']) => name,
    );
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((name) => !texts.some((text) => text.includes(name)))).toEqual([]);
  });

  test('every command with its options', () => {
    const program = createProgram('', () => undefined);
    const known = (names: readonly string[]) => {
      let command = program;
      for (const name of names) {
        const next = command.commands.find((candidate) => candidate.name() === name);
        if (next === undefined) return command.commands.length > 0 ? undefined : command;
        command = next;
      }
      return command;
    };
    const wrong = documents.flatMap((path) => {
      const said = readFileSync(path, 'utf8').matchAll(/\bfoldback ((?:[a-z]+(?:-[a-z]+)* ?)+)([^`\n&|]*)/gu);
      return [...said].flatMap(([line, names = '', rest = '']) => {
        // In a sentence the product's name is written large; what is small and followed by a word is a command.
        const command = known(names.trim().split(' ').slice(0, 2));
        const options = [...rest.matchAll(/(?<=\s|^)--([a-z-]+)/gu)].map(([option]) => option);
        const isKnown =
          command !== undefined &&
          options.every(
            (option) => command.options.some(({ long }) => long === option) || option === '--help',
          );
        return isKnown ? [] : [`${nameOf(path)}: ${line.trim()}`];
      });
    });
    expect(wrong).toEqual([]);
  });

  test('every threat names the tests that show what stops it', () => {
    const threats = tableUnder(read('SECURITY.md'), 'Threats');
    expect(threats.length).toBeGreaterThan(10);
    for (const [threat = '', , shown = ''] of threats)
      expect(shown, threat).toMatch(/`(?:src|test)\/[\w./-]+\.test\.ts`/u);
  });
});

test('the example of the README finds two cases of two people in three places', async () => {
  const folder = join(root, 'examples/first-loop');
  const { said, summary, rejected } = await tryReport({
    input: [readFileSync(join(folder, 'monday.ndjson'))],
    people: join(folder, 'people.yaml'),
    now: Date.UTC(2026, 10, 23),
  });
  expect(rejected).toEqual([]);
  expect(summary).toMatchObject({ events: 3, loops: 2, owners: { person: 2, team: 0, unknown: 0 } });
  expect(said.map(({ owner }) => owner.name).toSorted()).toEqual(['Ana Sol', 'Ben Ito']);
});

test('the example of docs/people.md is read as it stands', () => {
  const [, yaml = ''] = /^```yaml\n([\s\S]*?)^```/mu.exec(read('docs/people.md')) ?? [];
  const people = readPeople(yaml, 'people.yaml');
  expect(people.all().map(({ id }) => id)).toContain('ana');
  expect(people.duty().map(({ id }) => id)).toEqual(['dora']);
});

describe('ARCHITECTURE.md', () => {
  const text = read('ARCHITECTURE.md');

  test('has a sentence for every runtime dependency and for no other', () => {
    const dependencies = Object.keys(dictOf(dictOf(JSON.parse(read('package.json')))?.dependencies) ?? {});
    const rows = tableUnder(text, 'Runtime dependencies');
    expect(rows.map(([name = '']) => name.replaceAll('`', '')).toSorted()).toEqual(dependencies.toSorted());
    for (const [name = '', saves = '', instead = ''] of rows) {
      expect(saves, name).not.toBe('');
      expect(instead, name).not.toBe('');
    }
  });

  test('has every room with every arrow that leads out of it', () => {
    const src = join(root, 'src');
    const roomOf = (path: string) => {
      const [first = '', second] = relative(src, path).split('/');
      return second === undefined ? 'app' : first;
    };
    const drawn = new Map(
      tableUnder(text, 'Rooms').map(([room = '', , may = '']) => [room.replaceAll('`', ''), may.split(', ')]),
    );
    const shipped = filesIn(src).filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'));
    expect([...drawn.keys()].toSorted()).toEqual([...new Set(shipped.map(roomOf))].toSorted());
    const arrows = shipped.flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/\bfrom '(\.[^']+)'/gu)].map(([, target = '']) => ({
        from: roomOf(path),
        to: roomOf(resolve(dirname(path), target)),
      })),
    );
    const missing = arrows.filter(({ from, to }) => from !== to && drawn.get(from)?.includes(to) !== true);
    expect([...new Set(missing.map(({ from, to }) => `${from} → ${to}`))]).toEqual([]);
  });
});

describe('words', () => {
  /** Other words for what the glossary names. Vendors' own words may stand in the adapters that read them. */
  const synonyms =
    /\b(?:offenders?|violators?|violations?|culprits?|perpetrators?|notifications?|remediations?)\b/iu;
  const words = documents.filter(
    (path) => !path.endsWith('AGENTS.md') && !path.includes('/adapters/sources/'),
  );

  test('no document uses another word for what the glossary names', () => {
    const found = words.flatMap((path) =>
      prose(readFileSync(path, 'utf8'))
        .split('\n')
        .filter((line) => synonyms.test(line))
        .map((line) => `${nameOf(path)}: ${line.trim()}`),
    );
    expect(found).toEqual([]);
  });

  test('an incident is a state and nothing else', () => {
    const found = words.flatMap((path) =>
      prose(readFileSync(path, 'utf8').replaceAll(/`[^`\n]*`/gu, ''))
        .split('\n')
        .filter((line) => /\bincidents?\b/iu.test(line))
        .map((line) => `${nameOf(path)}: ${line.trim()}`),
    );
    expect(found).toEqual([]);
  });

  test('no name in the code is another word for what the glossary names', () => {
    const declared = /\b(?:const|let|function|type|interface|class)\s+(\w+)|^\s+(?:readonly )?(\w+)\??:/gmu;
    const other =
      /incident|violat|offender|culprit|perpetrator|notification|remediat|securityEvent|userId|victim/iu;
    const code = filesIn(join(root, 'src')).filter(
      (path) => path.endsWith('.ts') && !path.includes('/adapters/sources/'),
    );
    const found = code.flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(declared)]
        .map(([, name = '', member = '']) => name + member)
        .filter((name) => other.test(name) && name !== 'incident')
        .map((name) => `${nameOf(path)}: ${name}`),
    );
    expect(found).toEqual([]);
  });
});

test('no file names a path of somebody’s machine or another registry', () => {
  const texts = all.filter((path) => /\.(?:md|ts|js|mjs|json|ya?ml|sh|svg)$|\/(?:run|\.npmrc)$/u.test(path));
  const found = texts.filter((path) => /(?<![\w.])\/(?:work|root)\//u.test(readFileSync(path, 'utf8')));
  expect(found.map(nameOf)).toEqual([]);
  expect(read('package-lock.json')).not.toContain('"resolved"');
  expect(read('.npmrc')).not.toContain('registry=');
});
