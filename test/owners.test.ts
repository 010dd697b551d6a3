import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownerDirectories } from '../src/adapters/index.ts';
import { parseCodeowners } from '../src/adapters/owners/codeowners/parse.ts';
import type { Evidence } from '../src/core/owner.ts';
import { type Clones, openClones } from '../src/lib/git/clones.ts';
import type { OwnerDirectory, OwnerQuery } from '../src/ports/owner-directory.ts';
import { ownerDirectoryContract } from './contracts/owner-directory-contract.ts';
import { ana, type GitRepository, makeRepository } from './support/git-repository.ts';
import { writeExports } from './support/owner-exports.ts';
import { ownerWeights } from './support/owner-weights.ts';

const peopleFile = `
people:
  - { id: ana, name: Ana Costa, team: payments, emails: [ana@example.com, ana@laptop.local], accounts: { github: octo-ana, aws: ana } }
  - { id: lea, name: Lea Old, team: payments, emails: [lea@example.com], status: left }
`;
const ben = { name: 'Ben Ode', email: '77+octo-ben@users.noreply.github.com' };

type World = {
  readonly repository: GitRepository;
  readonly clones: Clones;
  readonly peopleFile: string;
  readonly files: Readonly<Record<string, readonly string[]>>;
  readonly first: string;
  readonly second: string;
  readonly bot: string;
  close(): void;
};

function openWorld(): World {
  const folder = mkdtempSync(join(tmpdir(), 'foldback-test-'));
  writeFileSync(join(folder, 'people.yaml'), peopleFile);
  const files = writeExports(folder);
  const repository = makeRepository();
  const first = repository.commit(
    {
      'src/config.ts': 'a\nkey = 1\nb\n',
      'docs/a.md': 'x\n',
      '.github/CODEOWNERS': '* @acme/all\n/src/ @acme/payments @octo-ana # why\n/docs/\n',
    },
    { name: 'counter', email: 'counter@counters-MacBook-Air.local' },
  );
  const second = repository.commit({ 'src/config.ts': 'a\nkey = 2\nb\n' }, { ...ben, committer: ana });
  const bot = repository.commit(
    { 'package.json': '{}\n' },
    {
      name: 'dependabot[bot]',
      email: '49699333+dependabot[bot]@users.noreply.github.com',
      committer: { name: 'GitHub', email: 'noreply@github.com' },
    },
  );
  repository.commit({ '.mailmap': 'Ana Costa <ana@example.com> <counter@counters-MacBook-Air.local>\n' });
  repository.write('.github/CODEOWNERS', '* @not/committed\n');
  const clones = openClones([{ repository: 'acme/shop', path: repository.path }]);
  return {
    repository,
    clones,
    peopleFile: join(folder, 'people.yaml'),
    files,
    first,
    second,
    bot,
    close: () => {
      clones.close();
      repository.remove();
      rmSync(folder, { recursive: true });
    },
  };
}

const place = (where: OwnerQuery['where']): OwnerQuery => ({
  where: { repository: 'acme/shop', ...where },
  leads: [],
});
const knownOf: Readonly<Record<string, (world: World) => readonly [OwnerQuery, ...OwnerQuery[]]>> = {
  people: () => [
    { where: {}, leads: [{ kind: 'commit-author', email: 'ANA@example.com' }] },
    { where: {}, leads: [{ kind: 'commit-author', email: 'ana@laptop.local' }] },
    { where: {}, leads: [], identity: { type: 'iam-user', id: 'ana', provider: 'aws' } },
  ],
  codeowners: () => [
    place({ file: 'src/config.ts' }),
    place({ file: 'package.json' }),
    place({ file: '/src/<b>@x://.ts' }),
  ],
  backstage: () => [
    { where: {}, leads: [], identity: { type: 'workload', id: 'Checkout' } },
    { where: { repository: 'https://github.com/acme/shop' }, leads: [] },
    { where: {}, leads: [], resource: { type: 'workload', id: 'component:default/checkout' } },
  ],
  labels: () => [
    {
      where: {},
      leads: [],
      identity: {
        type: 'assumed-role',
        id: 'arn:aws:sts::111122223333:assumed-role/deploy/i-1',
        provider: 'aws',
      },
    },
    { where: {}, leads: [], actor: { type: 'workload', name: 'system:serviceaccount:shop:checkout' } },
  ],
  'github-teams': () => [
    { where: {}, leads: [], identity: { type: 'user', id: 'octo-ana', provider: 'github' } },
  ],
  'entra-export': () => [
    { where: {}, leads: [], identity: { type: 'service-principal', id: 'app-1', provider: 'entra' } },
    { where: {}, leads: [], identity: { type: 'user', id: 'ana@example.com', provider: 'entra' } },
  ],
  'okta-export': () => [
    { where: {}, leads: [], identity: { type: 'application', id: 'client-1', provider: 'okta' } },
    { where: {}, leads: [], identity: { type: 'user', id: '00u1', provider: 'okta' } },
  ],
  git: (world) => [
    place({ commit: world.second, file: 'src/config.ts' }),
    place({ commit: world.first }),
    place({ file: 'src/config.ts', line: 2 }),
  ],
};

async function openDirectory(id: string, world: World): Promise<OwnerDirectory> {
  const directory = await ownerDirectories
    .find((adapter) => adapter.id === id)
    ?.open({ ...world, weights: ownerWeights });
  if (directory === undefined) throw new Error(`${id} did not open`);
  return directory;
}

test('every folder of an owner directory is registered, and every registered one has a folder', () => {
  const folders = readdirSync(new URL('../src/adapters/owners', import.meta.url));
  expect(ownerDirectories.map((adapter) => adapter.id).sort()).toEqual(folders.sort());
  expect(Object.keys(knownOf).sort()).toEqual(folders.sort());
});

for (const { id } of ownerDirectories) {
  ownerDirectoryContract({
    id,
    open: async () => {
      const world = openWorld();
      const [first, ...rest] = knownOf[id]?.(world) ?? [];
      if (first === undefined) throw new Error(`no known question for ${id}`);
      return {
        directory: await openDirectory(id, world),
        known: [first, ...rest],
        close: async () => world.close(),
      };
    },
  });
}

test('a directory for which nothing is configured is not opened', async () => {
  const clones = openClones([]);
  for (const adapter of ownerDirectories)
    expect(await adapter.open({ clones, weights: ownerWeights })).toBeUndefined();
});

describe('evidence', () => {
  let world: World;
  beforeAll(() => {
    world = openWorld();
  });
  afterAll(() => world.close());
  const ask = async (id: string, query: OwnerQuery): Promise<readonly Pick<Evidence, 'kind' | 'owner'>[]> => {
    const [answer = []] = await (await openDirectory(id, world)).evidence([query]);
    return answer.map(({ kind, owner }) => ({ kind, owner }));
  };
  const github = (name: string) => ({ kind: 'stranger', account: { system: 'github', name } });

  test('codeowners reads the head of the default branch, not the working tree', async () => {
    expect(await ask('codeowners', place({ file: 'other.txt' }))).toEqual([
      { kind: 'codeowners-default', owner: github('acme/all') },
    ]);
    expect(await ask('codeowners', place({ file: './src/config.ts' }))).toEqual([
      { kind: 'codeowners', owner: github('acme/payments') },
      { kind: 'codeowners', owner: github('octo-ana') },
    ]);
    expect(await ask('codeowners', place({ file: 'docs/a.md' }))).toEqual([]);
  });

  test('codeowners is looked up in .github, the root and docs, in this order', async () => {
    const other = makeRepository();
    other.commit({ CODEOWNERS: '* @root', 'docs/CODEOWNERS': '* @docs' });
    const clones = openClones([{ repository: '*', path: other.path }]);
    const directory = await ownerDirectories
      .find((adapter) => adapter.id === 'codeowners')
      ?.open({ clones, weights: ownerWeights });
    const query = [place({ file: 'a' })];
    expect((await directory?.evidence(query))?.[0]).toMatchObject([{ owner: github('root') }]);
    other.commit({ '.github/CODEOWNERS': '* @first' });
    expect((await directory?.evidence(query))?.[0]).toMatchObject([{ owner: github('first') }]);
    clones.close();
    other.remove();
  });

  test('git names the author by account, and the committer where that is someone else', async () => {
    expect(await ask('git', place({ commit: world.second, file: 'src/config.ts' }))).toEqual([
      { kind: 'commit-author', owner: { ...github('octo-ben'), name: 'Ben Ode' } },
      { kind: 'commit-committer', owner: { kind: 'stranger', name: 'Ana Costa', email: 'ana@example.com' } },
    ]);
  });

  test('git applies the mailmap, so that a laptop name becomes a person', async () => {
    expect(await ask('git', place({ commit: world.first, file: 'src/config.ts' }))).toEqual([
      { kind: 'commit-author', owner: { kind: 'stranger', name: 'Ana Costa', email: 'ana@example.com' } },
    ]);
  });

  test('git keeps the address in the commit beside the mapped one, so that the report is seen to agree', async () => {
    const other = makeRepository();
    const commit = other.commit(
      {
        '.mailmap':
          'A <a@example.com> <old@example.com>\nB <b@example.com> <1+octo-b@users.noreply.github.com>\n',
        a: '1',
      },
      {
        name: 'A',
        email: 'old@example.com',
        committer: { name: 'B', email: '1+octo-b@users.noreply.github.com' },
      },
    );
    const clones = openClones([{ repository: '*', path: other.path }]);
    const directory = await ownerDirectories
      .find((adapter) => adapter.id === 'git')
      ?.open({ clones, weights: ownerWeights });
    const [evidence = []] = (await directory?.evidence([place({ commit, file: 'a' })])) ?? [];
    expect(evidence.map(({ owner }) => owner)).toEqual([
      {
        kind: 'stranger',
        name: 'A',
        email: 'a@example.com',
        account: { system: 'email', name: 'old@example.com' },
      },
      { ...github('octo-b'), name: 'B', email: 'b@example.com' },
    ]);
    clones.close();
    other.remove();
  });

  test('git says nothing of a bot, of a commit that does not touch the file, or that is not there', async () => {
    expect(await ask('git', place({ commit: world.bot, file: 'package.json' }))).toEqual([]);
    expect(await ask('git', place({ commit: world.second, file: 'docs/a.md' }))).toEqual([]);
    expect(await ask('git', place({ commit: 'a'.repeat(40), file: 'src/config.ts' }))).toEqual([]);
  });

  test('git traces a line when the report names no commit', async () => {
    expect(await ask('git', place({ file: 'src/config.ts', line: 2 }))).toMatchObject([
      { kind: 'line-author', owner: github('octo-ben') },
      { kind: 'commit-committer' },
    ]);
    expect(await ask('git', place({ file: 'src/config.ts', line: 3 }))).toMatchObject([
      { kind: 'line-author', owner: { email: 'ana@example.com' } },
    ]);
    expect(await ask('git', place({ file: 'src/config.ts' }))).toEqual([]);
  });

  test('people says nothing of a leaver, and knows an odd address that the file lists', async () => {
    const lead = (email: string): OwnerQuery => ({ where: {}, leads: [{ kind: 'commit-author', email }] });
    expect(await ask('people', lead('lea@example.com'))).toEqual([]);
    expect(await ask('people', lead('Ana@Laptop.local'))).toEqual([
      { kind: 'known-person', owner: { kind: 'person', id: 'ana' } },
    ]);
  });
});

const corpus = join(
  process.env.FOLDBACK_CORPUS ?? join(import.meta.dirname, '../../shared/corpus'),
  'ownership/codeowners',
);
const corpusFiles = (() => {
  try {
    return readdirSync(corpus);
  } catch {
    // The corpus is not part of the repository.
    return [];
  }
})();

describe.skipIf(corpusFiles.length === 0)(
  'CODEOWNERS files of real projects (skipped without FOLDBACK_CORPUS)',
  () => {
    test('every rule of them is read', () => {
      const files = corpusFiles.filter((name) => name.endsWith('CODEOWNERS'));
      const parsed = files.map((name) => parseCodeowners(readFileSync(join(corpus, name), 'utf8')));
      expect(files.length).toBeGreaterThan(5);
      expect(parsed.flatMap((file) => file.skipped)).toEqual([]);
      expect(parsed.reduce((sum, file) => sum + file.rules.length, 0)).toBe(58);
      const owners = parsed.flatMap((file) => file.rules.flatMap((rule) => rule.owners));
      const names = new Set(
        owners.map((owner) => (owner.kind === 'stranger' ? owner.account?.name : undefined)),
      );
      expect(names.has(undefined)).toBe(false);
    });

    test('a file of another format gives nobody', () => {
      const files = corpusFiles.filter((name) => name.endsWith('OWNERS') && !name.endsWith('CODEOWNERS'));
      expect(files.length).toBeGreaterThan(5);
      for (const name of files) {
        const { rules } = parseCodeowners(readFileSync(join(corpus, name), 'utf8'));
        expect(rules.flatMap((rule) => rule.owners)).toEqual([]);
      }
    });
  },
);
