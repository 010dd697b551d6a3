import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ownerDirectories, verifiers } from '../src/adapters/index.ts';
import type { Fingerprinter } from '../src/core/fingerprint.ts';
import { type Clone, openClones } from '../src/lib/git/clones.ts';
import { entryAt, headCommit, readCommit, touches } from '../src/lib/git/commits.ts';
import { lineCommits } from '../src/lib/git/line-commits.ts';
import { mapSignatures } from '../src/lib/git/mailmap.ts';
import { pathHistory } from '../src/lib/git/path-history.ts';
import { readSpan } from '../src/lib/git/read-span.ts';
import { listFiles } from '../src/lib/git/tree.ts';
import { ana, type GitRepository, makeRepository } from './support/git-repository.ts';
import { ownerWeights } from './support/owner-weights.ts';

/**
 * A checkout whose configuration, attributes and hooks name programs. Each program leaves a mark. Plain git runs them,
 * which proves that the traps are set; Foldback must run none.
 */
/** The name of the tree without entries, known to every git. */
const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

let folder: string;
let marks: string;
let repository: GitRepository;
let commit: string;
let signed: string;
let missing: string;

/** A program that leaves a mark, as a path without blanks: some settings are words of a shell, some are not. */
function trap(name: string): string {
  const path = join(folder, 'traps', name);
  mkdirSync(join(folder, 'traps'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n: > '${join(marks, name)}'\n`);
  chmodSync(path, 0o755);
  return path;
}

const marked = (): readonly string[] => readdirSync(marks).sort();

/** Git as a user would run it, with only the marks of this call counted. */
function plainGit(args: readonly string[], input = ''): readonly string[] {
  try {
    execFileSync('git', [...args], {
      cwd: repository.path,
      input,
      stdio: ['pipe', 'ignore', 'ignore'],
      timeout: 20_000,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: folder,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: devNull,
        GIT_TERMINAL_PROMPT: '0',
      },
    });
  } catch {
    // Many traps break the command that they are part of; the mark is what counts.
  }
  return marked();
}

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'foldback-test-')));
  marks = join(folder, 'marks');
  mkdirSync(marks);
  repository = makeRepository({ path: join(folder, 'clone') });
  repository.commit({ 'src/a.txt': 'one\ntwo\n' });
  commit = repository.commit({
    'src/a.txt': 'one\nTWO\n',
    '.gitattributes': 'src/a.txt diff=trap filter=trap\n',
    '.mailmap': 'Ana Costa <ana@example.com> <a@example.com>\n',
    '.github/CODEOWNERS': '* @acme/payments\n',
    'src/lost.txt': 'lost\n',
  });
  signed = execFileSync('git', ['hash-object', '-t', 'commit', '-w', '--stdin'], {
    cwd: repository.path,
    encoding: 'utf8',
    input: [
      `tree ${repository.git('rev-parse', 'HEAD^{tree}')}`,
      `parent ${commit}`,
      `author ${ana.name} <${ana.email}> 1700000000 +0000`,
      `committer ${ana.name} <${ana.email}> 1700000000 +0000`,
      'gpgsig -----BEGIN PGP SIGNATURE-----',
      ' ',
      ' AAAA',
      ' -----END PGP SIGNATURE-----',
      '',
      'signed',
      '',
    ].join('\n'),
  }).trim();
  repository.git('update-ref', 'refs/heads/main', signed);
  repository.git('reset', '--quiet', '--hard');
  missing = repository.git('rev-parse', 'HEAD:src/lost.txt');
  const origin = makeRepository({ path: join(folder, 'origin') });
  origin.commit({ 'a.txt': 'a' });
  setTraps(origin.path);
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  for (const name of marked()) rmSync(join(marks, name));
});

function setTraps(origin: string): void {
  const set = (key: string, value: string): void => {
    repository.git('config', key, value);
  };
  for (const hook of [
    'post-checkout',
    'post-index-change',
    'reference-transaction',
    'pre-commit',
    'pre-auto-gc',
  ]) {
    mkdirSync(join(folder, 'hooks'), { recursive: true });
    writeFileSync(join(folder, 'hooks', hook), `#!/bin/sh\n: > '${join(marks, 'hook')}'\n`);
    chmodSync(join(folder, 'hooks', hook), 0o755);
  }
  // Included by a condition, so that the trap does not stand in the file that a reader would look at.
  writeFileSync(join(folder, 'included'), `[core]\n\tfsmonitor = ${trap('fsmonitor')}\n`);
  set('includeIf.gitdir:**.path', join(folder, 'included'));
  writeFileSync(join(repository.path, '.git/info/attributes'), 'src/a.txt diff=trap filter=trap\n');
  set('diff.trap.textconv', trap('textconv'));
  set('diff.trap.command', trap('diff-command'));
  set('diff.external', trap('diff-external'));
  set('filter.trap.smudge', trap('smudge'));
  set('filter.trap.clean', trap('clean'));
  set('core.sshCommand', trap('ssh'));
  set('core.pager', trap('pager'));
  set('pager.blame', trap('pager'));
  set('core.editor', trap('editor'));
  set('core.askPass', trap('askpass'));
  set('core.alternateRefsCommand', trap('alternate-refs'));
  set('alias.zz', `!${trap('alias')}`);
  for (const command of ['cat-file', 'ls-tree', 'blame', 'rev-list', 'check-mailmap']) {
    set(`alias.${command}`, `!${trap('alias')}`);
  }
  set('credential.helper', `!${trap('credential')}`);
  set('gpg.program', trap('gpg'));
  set('log.showSignature', 'true');
  set('mailmap.file', join(folder, 'mailmap'));
  writeFileSync(join(folder, 'mailmap'), 'Eve <eve@example.com> <ana@example.com>\n');
  set('blame.ignoreRevsFile', join(folder, 'ignored-revisions'));
  writeFileSync(join(folder, 'ignored-revisions'), `${commit}\n`);
  set('protocol.allow', 'always');
  set('protocol.ext.allow', 'always');
  set('protocol.file.allow', 'always');
  set('core.worktree', folder);
  set('core.hooksPath', join(folder, 'hooks'));
  // A clone that claims to be partial: a missing object is fetched by running the remote's upload-pack.
  set('core.repositoryFormatVersion', '1');
  set('extensions.partialClone', 'origin');
  set('remote.origin.url', origin);
  set('remote.origin.promisor', 'true');
  set('remote.origin.uploadpack', trap('upload-pack'));
  rmSync(join(repository.path, '.git/objects', missing.slice(0, 2), missing.slice(2)));
  // A replacement that would show another author.
  const forged = execFileSync('git', ['hash-object', '-t', 'commit', '-w', '--stdin'], {
    cwd: join(repository.path, '.git'),
    encoding: 'utf8',
    input: `tree ${emptyTree}\nauthor Eve <eve@example.com> 1 +0000\ncommitter Eve <eve@example.com> 1 +0000\n\nx\n`,
  }).trim();
  mkdirSync(join(repository.path, '.git/refs/replace'), { recursive: true });
  writeFileSync(join(repository.path, '.git/refs/replace', commit), `${forged}\n`);
}

describe('the traps are set: plain git runs', () => {
  // Without the worktree trap, so that plain git finds its files.
  const here = (): readonly string[] => [
    '-c',
    'core.worktree=',
    `--git-dir=${repository.path}/.git`,
    `--work-tree=${repository.path}`,
  ];
  test.each([
    ['fsmonitor', ['status']],
    ['textconv', ['blame', 'HEAD', '--', 'src/a.txt']],
    ['diff-command', ['diff', emptyTree, 'HEAD', '--', 'src/a.txt']],
    ['diff-external', ['diff', emptyTree, 'HEAD', '--', '.mailmap']],
    ['smudge', ['cat-file', '--filters', 'HEAD:src/a.txt']],
    ['clean', ['hash-object', '--path=src/a.txt', 'src/a.txt']],
    ['hook', ['update-ref', 'refs/heads/other', 'HEAD']],
    ['ssh', ['ls-remote', 'ssh://host.invalid/x']],
    ['alias', ['zz']],
    ['gpg', ['log', '-1']],
    ['upload-pack', ['cat-file', '-p', 'HEAD:src/lost.txt']],
  ])('%s', (name, args) => {
    expect(plainGit([...here(), ...args])).toContain(name);
  });

  test('credential', () => {
    expect(plainGit([...here(), 'credential', 'fill'], 'protocol=https\nhost=host.invalid\n\n')).toContain(
      'credential',
    );
  });
});

describe('Foldback runs nothing', () => {
  const fingerprint: Fingerprinter = (kind, parts) => [{ kind, keyId: 'k', value: parts.join(' ') }];
  const open = () => openClones([{ repository: 'acme/shop', path: repository.path }]);
  async function cloneOf(clones: ReturnType<typeof open>): Promise<Clone> {
    const found = await clones.find('acme/shop');
    if (found.kind === 'none') throw new Error(found.reason);
    return found.clone;
  }

  test('reading commits, files, lines, histories and mailmaps', async () => {
    const clones = open();
    const clone = await cloneOf(clones);
    const head = await headCommit(clone);
    expect(head).toBe(signed);
    const read = await readCommit(clone, commit);
    expect(read?.author.name).toBe('Ana Costa');
    expect(read && (await touches(clone, read, 'src/a.txt'))).toBe('yes');
    expect(await lineCommits(clone, signed, 'src/a.txt', [2])).toEqual(new Map([[2, commit]]));
    expect(await pathHistory(clone, signed, 'src/a.txt', 5)).toHaveLength(2);
    expect(await mapSignatures(clone, signed, [ana])).toEqual([ana]);
    await listFiles(clone, signed);
    expect(await entryAt(clone, signed, 'src/lost.txt')).toBeUndefined();
    expect(
      await readSpan(clone, { at: { blob: missing }, startLine: 1, startColumn: 1, endColumn: 2 }),
    ).toMatchObject({
      kind: 'unknown',
    });
    const span = { at: { commit, path: 'src/a.txt' }, startLine: 2, startColumn: 1, endColumn: 3 };
    expect(await readSpan(clone, span)).toEqual({ kind: 'text', text: 'TWO' });
    clones.close();
    expect(marked()).toEqual([]);
  });

  test('asking every owner directory', async () => {
    const clones = open();
    for (const adapter of ownerDirectories) {
      const directory = await adapter.open({ clones, weights: ownerWeights });
      const answers = await directory?.evidence([
        { where: { repository: 'acme/shop', commit, file: 'src/a.txt' }, leads: [] },
        { where: { repository: 'acme/shop', commit: signed, file: 'src/lost.txt' }, leads: [] },
        { where: { repository: 'acme/shop', file: 'src/a.txt', line: 2 }, leads: [] },
        { where: { repository: 'acme/shop', file: 'src/lost.txt', line: 1 }, leads: [] },
      ]);
      if (directory !== undefined) expect(answers?.[0]?.length).toBe(1);
    }
    clones.close();
    expect(marked()).toEqual([]);
  });

  test('looking at the head, which answers unknown where an object is missing', async () => {
    const clones = open();
    for (const adapter of verifiers) {
      const verifier = await adapter.open({ clones, fingerprint });
      const sights = await verifier?.look(
        ['TWO\n', 'gone'].map((value, index) => ({
          loop: `l${index}`,
          behaviour: 'secret-in-repository',
          places: [{ repository: 'acme/shop', commit, file: 'src/a.txt' }],
          fingerprints: fingerprint('content', [value]),
          length: 4,
          lastFour: 'gone',
        })),
        1,
      );
      expect(sights?.map((sight) => sight.signal)).toEqual(['unknown', 'unknown']);
    }
    clones.close();
    expect(marked()).toEqual([]);
  });

  test('nothing is written into the clone', async () => {
    const before = listing(repository.path);
    const clones = open();
    const clone = await cloneOf(clones);
    await lineCommits(clone, signed, 'src/a.txt', [1, 2]);
    await listFiles(clone, signed);
    clones.close();
    expect(listing(repository.path)).toEqual(before);
    expect(existsSync(join(repository.path, '.git/index.lock'))).toBe(false);
  });
});

function listing(path: string): readonly string[] {
  return readdirSync(path, { recursive: true }).map(String).sort();
}
