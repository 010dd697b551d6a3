import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type GitRepository, makeRepository } from '../support/git-repository.ts';
import { cleanEnvironment, launcher } from '../support/run-cli.ts';

const token = ['ghp', '_', 'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO', '0pINUx'].join('');
const stripe = ['sk', '_live_', '4eC39HqLyjWDarjtT1zdp7dc'].join('');

const gone: (() => void)[] = [];
afterEach(() => {
  for (const remove of gone.splice(0)) remove();
});

function repository(options: { readonly bare?: boolean } = {}): GitRepository {
  const made = makeRepository(options);
  gone.push(made.remove);
  return made;
}

function hookInto(folder: string, name: 'pre-commit' | 'pre-receive', args = ''): void {
  const file = join(folder, 'hooks', name);
  mkdirSync(join(folder, 'hooks'), { recursive: true });
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${launcher}' hook ${name} ${args}\n`);
  chmodSync(file, 0o755);
}

type Ran = { readonly code: number | null; readonly said: string };

/** git as a person runs it, with the hooks of the repository. */
function git(folder: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Ran {
  const ran = spawnSync('git', ['-c', 'user.name=Ana Costa', '-c', 'user.email=ana@example.com', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...cleanEnvironment(env),
      HOME: folder,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
    },
  });
  return { code: ran.status, said: `${ran.stdout}${ran.stderr}` };
}

/** As `git`, without holding up a server of this process. */
function gitBeside(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ran> {
  return import('node:child_process').then(
    ({ execFile }) =>
      new Promise((resolve) => {
        const options = {
          cwd: folder,
          env: {
            ...cleanEnvironment(env),
            HOME: folder,
            GIT_CONFIG_NOSYSTEM: '1',
            GIT_CONFIG_GLOBAL: '/dev/null',
          },
        };
        const whole = ['-c', 'user.name=Ana Costa', '-c', 'user.email=ana@example.com', ...args];
        const child = execFile('git', whole, options, (_error, stdout, stderr) =>
          resolve({ code: child.exitCode, said: `${stdout}${stderr}` }),
        );
      }),
  );
}

describe('the hook of a commit', () => {
  const withHook = (args = '') => {
    const made = repository();
    hookInto(join(made.path, '.git'), 'pre-commit', args);
    return made;
  };

  test('lets a commit without a secret be made, the first one and the next', () => {
    const { path, write } = withHook();
    write('app.ts', 'export const a = 1;\n');
    git(path, ['add', '.']);
    expect(git(path, ['commit', '-qm', 'one'])).toEqual({ code: 0, said: '' });
    write('app.ts', 'export const a = 2;\n');
    expect(git(path, ['commit', '-qam', 'two'])).toEqual({ code: 0, said: '' });
  });

  test('stops a secret in what is staged: file, line, kind and the one thing to do, never the value', () => {
    const { path, write } = withHook();
    write('config/app.env', `A=1\nB=2\nSTRIPE=${stripe}\n`);
    git(path, ['add', '.']);
    const ran = git(path, ['commit', '-qm', 'one']);
    expect(ran.code).toBe(1);
    expect(ran.said).toContain('config/app.env, line 3: a Stripe key');
    expect(ran.said).toContain('Take it out of the file, keep it in your vault, and commit again.');
    expect(ran.said).toContain('Rotate key');
    expect(ran.said).not.toContain(stripe);
    expect(ran.said).not.toContain(stripe.slice(-4));
    expect(git(path, ['rev-parse', '--verify', '-q', 'HEAD']).code).toBe(1);
  });

  test('reads a text in UTF-16 too, as some shells write it', () => {
    const { path } = withHook();
    writeFileSync(join(path, 'settings.env'), Buffer.from(`\ufeffTOKEN=${token}\n`, 'utf16le'));
    git(path, ['add', '.']);
    const { code, said } = git(path, ['commit', '-m', 'a']);
    expect(code).not.toBe(0);
    expect(said).toContain('settings.env');
    expect(said).not.toContain(token);
  });

  test('judges what is staged and not what lies beside it, also with commit -a', () => {
    const { path, write } = withHook();
    write('a.txt', 'one\n');
    git(path, ['add', '.']);
    write('a.txt', `${token}\n`);
    expect(git(path, ['commit', '-qm', 'the clean version']).code).toBe(0);
    expect(git(path, ['commit', '-qam', 'the other']).code).toBe(1);
    expect(git(path, ['commit', '-qm', 'by path', 'a.txt']).code).toBe(1);
  });

  test('speaks of new lines only: what stood there before, or was moved, does not stop anybody', () => {
    const { path, write } = withHook();
    write('old.txt', `first\n${token}\n`);
    git(path, ['add', '.']);
    expect(git(path, ['commit', '-qm', 'before the hook', '--no-verify']).code).toBe(0);
    write('old.txt', `added\nfirst\n${token}\n`);
    expect(git(path, ['commit', '-qam', 'another line']).code).toBe(0);
    git(path, ['mv', 'old.txt', 'new.txt']);
    expect(git(path, ['commit', '-qm', 'moved']).code).toBe(0);
    write('new.txt', `added\nfirst\n${token}\nnow=${stripe}\n`);
    const ran = git(path, ['commit', '-qam', 'a second secret']);
    expect([ran.code, ran.said]).toEqual([1, expect.stringContaining('new.txt, line 4')]);
  });

  test('attributes of a checkout hide nothing, and settings in it are not read', () => {
    const { path, write } = withHook();
    write('.gitattributes', '* -diff -text binary\n');
    write('foldback.yaml', 'hook:\n  onError: nonsense\nserver: http://192.0.2.1:9\n');
    write('a.txt', `${token}\n`);
    git(path, ['add', '.']);
    const ran = git(path, ['commit', '-qm', 'one']);
    expect([ran.code, ran.said]).toEqual([1, expect.stringContaining('a GitHub token')]);
    expect(ran.said).not.toContain('nonsense');
  });

  test('what the operators call test data is left out, and said; a rule that a commit brings along is not read', () => {
    const { path, write } = withHook();
    const rules =
      "- { path: tests/fixtures/**, reason: made up, by: ana@example.com, until: '2030-01-01' }\n";
    const until = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    const file = join(path, '.git', 'suppressions.yaml');
    writeFileSync(file, rules.replace('2030-01-01', until));
    write('suppressions.yaml', rules.replace('tests/fixtures/**', 'src/**').replace('2030-01-01', until));
    write('tests/fixtures/a.txt', `${token}\n`);
    git(path, ['add', '.']);
    const env = { FOLDBACK__SUPPRESSIONS: file };
    expect(git(path, ['commit', '-qm', 'one'], env)).toEqual({
      code: 0,
      said: expect.stringContaining('1 place left out'),
    });
    write('src/a.txt', `${token}\n`);
    git(path, ['add', '.']);
    expect(git(path, ['commit', '-qm', 'two'], env).code).toBe(1);
  });

  test('works in a linked worktree and in a submodule', () => {
    const { path, write } = withHook();
    write('a.txt', 'one\n');
    git(path, ['add', '.']);
    git(path, ['commit', '-qm', 'one']);
    const beside = `${path}-beside`;
    gone.push(() => rmSync(beside, { recursive: true, force: true }));
    git(path, ['worktree', 'add', '-q', beside]);
    const above = repository();
    git(above.path, ['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', path, 'part']);
    hookInto(join(above.path, '.git/modules/part'), 'pre-commit');
    for (const folder of [beside, join(above.path, 'part')]) {
      writeFileSync(join(folder, 'b.txt'), `${token}\n`);
      git(folder, ['add', '.']);
      const ran = git(folder, ['commit', '-qm', 'two']);
      expect([ran.code, ran.said]).toEqual([1, expect.stringContaining('b.txt, line 1')]);
      writeFileSync(join(folder, 'b.txt'), 'clean\n');
      expect(git(folder, ['commit', '-qam', 'two']).code).toBe(0);
    }
  });

  test('a hostile file name stays one inert line', () => {
    const { path, write } = withHook();
    write('a\u001b[31m\u202eb.txt', `${token}\n`);
    git(path, ['add', '.']);
    const ran = git(path, ['commit', '-qm', 'one']);
    expect(ran.code).toBe(1);
    expect(ran.said).not.toMatch(/[\u001b\u202e]/u);
  });

  test.each([
    ['allow', 0, 'The commit goes on'],
    ['deny', 1, 'The commit was stopped'],
  ])('when it cannot look, onError "%s" decides, and is said', (onError, code, said) => {
    const { path, write } = withHook();
    write('a.txt', 'one\n');
    git(path, ['add', '.']);
    const object = git(path, ['rev-parse', ':a.txt']).said.trim();
    rmSync(join(path, '.git/objects', object.slice(0, 2), object.slice(2)));
    const hook = spawnSync(join(path, '.git/hooks/pre-commit'), {
      cwd: path,
      encoding: 'utf8',
      env: cleanEnvironment({ FOLDBACK__HOOK__ON_ERROR: onError }),
    });
    expect([hook.status, hook.stderr]).toEqual([code, expect.stringContaining(said)]);
  });
});

describe('the hook of a push', () => {
  const pair = () => {
    const remote = repository({ bare: true });
    const local = repository();
    local.commit({ 'README.md': 'hello\n' });
    git(local.path, ['push', '-q', remote.path, 'main']);
    hookInto(remote.path, 'pre-receive');
    return { remote, local };
  };

  test('takes a push without a secret, a new branch and a deleted one', () => {
    const { remote, local } = pair();
    local.commit({ 'a.txt': 'one\n' });
    expect(git(local.path, ['push', '-q', remote.path, 'main', 'main:next']).code).toBe(0);
    expect(git(local.path, ['push', '-q', remote.path, ':next']).code).toBe(0);
    expect(remote.git('rev-parse', 'main')).toBe(local.git('rev-parse', 'HEAD'));
  });

  test('refuses a secret in any new commit, though a later one took it out, and names the commit', () => {
    const { remote, local } = pair();
    const before = remote.git('rev-parse', 'main');
    const leak = local.commit({ 'config/app.env': `A=1\nTOKEN=${token}\n` });
    local.commit({ 'config/app.env': 'A=1\n' });
    const ran = git(local.path, ['push', '-q', remote.path, 'main']);
    expect(ran.code).toBe(1);
    expect(ran.said).toContain(`config/app.env, line 2, commit ${leak.slice(0, 10)}: a GitHub token`);
    expect(ran.said).not.toContain(token);
    expect(remote.git('rev-parse', 'main')).toBe(before);
  });

  test('looks at new commits only, and at a merge for what it adds itself', () => {
    const { remote, local } = pair();
    rmSync(join(remote.path, 'hooks/pre-receive'));
    local.commit({ 'old.txt': `${token}\n` });
    git(local.path, ['push', '-q', remote.path, 'main']);
    hookInto(remote.path, 'pre-receive');
    git(local.path, ['checkout', '-qb', 'side', 'HEAD~1']);
    local.commit({ 'side.txt': 'side\n' });
    git(local.path, ['merge', '-q', '--no-edit', 'main']);
    expect(git(local.path, ['push', '-q', remote.path, 'side']).code).toBe(0);
    local.write('side.txt', `${stripe}\n`);
    git(local.path, ['commit', '-qa', '--amend', '--no-edit']);
    const ran = git(local.path, ['push', '-q', remote.path, 'side:other']);
    expect([ran.code, ran.said]).toEqual([1, expect.stringContaining('side.txt, line 1')]);
  });

  test('tells a server that is known: one opportunity a run, one failure a secret, and no value', async () => {
    const bodies: string[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        bodies.push(
          `${request.url} ${request.headers.authorization} ${Buffer.concat(chunks).toString('utf8')}`,
        );
        response.writeHead(202).end('{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      const { remote, local } = pair();
      const env = { FOLDBACK__SERVER: `http://127.0.0.1:${port}`, FOLDBACK__TOKEN: 'a-token-for-tests' };
      local.commit({ 'a.txt': 'one\n' });
      expect((await gitBeside(local.path, ['push', '-q', remote.path, 'main'], env)).code).toBe(0);
      const leak = local.commit({ 'b.txt': `${token}\n` });
      expect((await gitBeside(local.path, ['push', '-q', remote.path, 'main'], env)).code).toBe(1);
      expect(bodies).toHaveLength(2);
      expect(bodies.join()).not.toContain(token);
      const [clean, failing] = bodies.map((body) => {
        expect(body).toMatch(/^\/v1\/events Bearer a-token-for-tests \[/u);
        const events: { type: string; data: Record<string, unknown> }[] = JSON.parse(
          body.replace(/^\S+ Bearer \S+ /u, ''),
        );
        return events;
      });
      expect(clean?.map(({ type }) => type)).toEqual(['dev.foldback.push.made']);
      expect(failing?.map(({ type }) => type)).toEqual([
        'dev.foldback.push.made',
        'dev.foldback.secret.stopped',
      ]);
      expect(failing?.[1]?.data).toMatchObject({
        commit: leak,
        branch: 'main',
        file: 'b.txt',
        line: 1,
        provider: 'github',
        author: { name: 'Ana Costa', email: 'ana@example.com' },
      });
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  test('waits for no server that does not answer', async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      const { remote, local } = pair();
      const env = { FOLDBACK__SERVER: `http://127.0.0.1:${port}`, FOLDBACK__TOKEN: 'a-token-for-tests' };
      local.commit({ 'a.txt': 'one\n' });
      const ran = await gitBeside(local.path, ['push', '-q', remote.path, 'main'], env);
      expect([ran.code, ran.said]).toEqual([0, expect.stringContaining('could not be told')]);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  test('input that is not from git is refused', () => {
    const { remote } = pair();
    const run = (input: string) =>
      spawnSync(process.execPath, [launcher, 'hook', 'pre-receive'], {
        cwd: remote.path,
        input,
        env: cleanEnvironment(),
      }).status;
    expect(run('--all main refs/heads/main\n')).toBe(2);
    expect(run('')).toBe(0);
  });
});

test('outside of a repository the hooks say so', () => {
  const folder = mkdtempSync(join(tmpdir(), 'foldback-test-none-'));
  gone.push(() => rmSync(folder, { recursive: true, force: true }));
  expect(() =>
    execFileSync(process.execPath, [launcher, 'hook', 'pre-commit'], {
      cwd: folder,
      stdio: 'pipe',
      env: cleanEnvironment(),
    }),
  ).toThrow(/no git repository/u);
});
