import {
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LeakyRepository, makeLeakyRepository } from '../support/leaky-repository.ts';
import { type Ran, runCli } from '../support/run-cli.ts';
import { type RunningServer, startServer } from '../support/running-server.ts';

let leaky: LeakyRepository;
let folder: string;
let server: RunningServer;
const env = { FOLDBACK__HTTP__PORT: '0', FOLDBACK__LOG__LEVEL: 'warn' };

const foldback = (args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Ran> =>
  runCli(args, { cwd: folder, env: { ...env, ...more } });
const report = (name: string): string => join(leaky.repository.path, 'reports', name);
const serverFile = (): string => join(folder, '.foldback', 'server.json');
const urlOf = (): string => String(JSON.parse(readFileSync(serverFile(), 'utf8')).url);
const firstCode = async (): Promise<string> => {
  const { stdout } = await foldback(['loops', 'list', '--json']);
  return String(JSON.parse(stdout.split('\n')[0] ?? '{}').caseCode);
};

beforeAll(async () => {
  leaky = makeLeakyRepository();
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'foldback-serve-')));
  const settings = `people: ${leaky.people}
repositories:
  - { name: acme/shop, path: ${leaky.repository.path}, team: payments }
`;
  writeFileSync(join(folder, 'foldback.yaml'), settings);
  server = await startServer(folder, env);
}, 120_000);
afterAll(async () => {
  await server.stop('SIGKILL');
  leaky.remove();
  rmSync(folder, { recursive: true, force: true });
});

// Each test starts processes, and the last one opens the store four times.
describe('serve and the commands beside it', { timeout: 120_000 }, () => {
  test('the start says where it listens, how to get in, that nobody is told, and how to feed it', () => {
    const said = server.said();
    expect(said).toMatch(/Foldback listens on http:\/\/127\.0\.0\.1:\d+/u);
    expect(said).toMatch(/http:\/\/127\.0\.0\.1:\d+\/claim\/fbl_claim_\w+/u);
    expect(said).toContain('Mode: shadow');
    expect(said).toContain('Evaluation storage');
    for (const command of ['npx foldback try', 'npx foldback import', 'curl -X POST'])
      expect(said).toContain(command);
    expect(statSync(serverFile()).mode & 0o077).toBe(0);
  });

  test('an import through the running server adds a report once, whatever its form, and tells nobody', async () => {
    const first = await foldback(['import', report('v8.json'), '--repository', 'acme/shop', '--json']);
    expect(first).toMatchObject({ code: 0 });
    expect(JSON.parse(first.stdout)).toMatchObject({ events: 1, accepted: 1, duplicates: 0, rejected: 0 });
    const again = await foldback(['import', report('v8.json'), '--repository', 'acme/shop']);
    expect(again.code).toBe(0);
    expect(again.stdout).toContain('was imported before');
    for (const name of ['v8.csv', 'sarif.json', 'v7.json']) {
      const ran = await foldback(['import', report(name), '--repository', 'acme/shop', '--json']);
      expect(ran.code).toBe(0);
      expect(ran.stdout + ran.stderr).not.toContain(leaky.secret);
    }
    const { stdout } = await foldback(['loops', 'list', '--json']);
    const loops = stdout.trimEnd().split('\n');
    expect(loops).toHaveLength(1);
    expect(JSON.parse(loops[0] ?? '')).toMatchObject({ state: 'backlog', owner: { name: 'Ana Costa' } });
  });

  test('a file that is no report ends the import with 2 and says why; no finding is good news', async () => {
    const bad = await foldback(['import', 'foldback.yaml']);
    expect(bad.code).toBe(2);
    expect(bad.stderr).toContain('no source recognises it');
    writeFileSync(join(folder, 'empty.json'), '[]');
    const empty = await foldback(['import', 'empty.json']);
    expect(empty.code).toBe(0);
    expect(empty.stdout).toContain('No finding');
  });

  test('a release lets the loop be spoken of, and its story and owner can be read', async () => {
    expect((await foldback(['loops', 'release'])).code).toBe(2);
    const released = await foldback(['loops', 'release', '--team', 'payments', '--json']);
    expect(JSON.parse(released.stdout)).toEqual({ released: 1 });
    const code = await firstCode();
    const shown = await foldback(['loops', 'show', code]);
    expect(shown.stdout).toContain('Ana Costa');
    expect(shown.stdout).toContain('src/pay.py:3');
    expect(shown.stdout).not.toContain(leaky.secret);
    const coverage = await foldback(['owners', 'coverage', '--json']);
    expect(JSON.parse(coverage.stdout)).toMatchObject({ n: 1, person: 1, team: 0, unknown: 0 });
    // So few people: the figures would be about one of them.
    const measured = await foldback(['measure', 'secret-in-repository']);
    expect(measured).toMatchObject({ code: 0, stdout: '' });
    expect(measured.stderr).toContain('too small');
    expect((await foldback(['measure', 'nothing'])).code).toBe(3);
    expect((await foldback(['measure', 'secret-in-repository', '--by', 'person'])).code).toBe(2);
  });

  test('an exported story is whole, and an altered one is found out', async () => {
    const code = await firstCode();
    const exported = await foldback(['evidence', 'export', code, '--out', 'evidence.json']);
    expect(exported.code).toBe(0);
    const good = await foldback(['evidence', 'verify', 'evidence.json']);
    expect(good).toMatchObject({ code: 0 });
    expect(good.stdout).toContain('whole');
    const text = readFileSync(join(folder, 'evidence.json'), 'utf8');
    expect(text).not.toContain(leaky.secret);
    writeFileSync(
      join(folder, 'altered.json'),
      text.replace('"behaviour":"secret-in-repository"', '"behaviour":"other"'),
    );
    const bad = await foldback(['evidence', 'verify', 'altered.json']);
    expect(bad.code).toBe(1);
    expect(bad.stdout).toContain('altered');
    const untrusted = await foldback([
      'evidence',
      'verify',
      'evidence.json',
      '--public-key',
      '0123456789abcdef',
    ]);
    expect(untrusted.code).toBe(1);
    expect(untrusted.stdout).toContain('unknown-key');
    expect((await foldback(['evidence', 'verify', 'foldback.yaml'])).code).toBe(2);
    const page = await foldback(['evidence', 'export', code, '--html']);
    expect(page.stdout).toContain('<!doctype html>');
  });

  test('a ticket opens one loop, however often it is reported', async () => {
    const args = ['loops', 'new', '--title', 'Stripe key in a wiki page', '--ticket', 'SEC-12'];
    const first = await foldback(args);
    const second = await foldback(args);
    expect(first.code).toBe(0);
    expect(second.stdout).toBe(first.stdout);
    expect((await foldback(['loops', 'show', 'SEC-12'])).stdout).toContain(first.stdout.trim());
  });

  test('any behaviour is reported by hand, and what its form asks for is told when it is missing', async () => {
    const click = ['loops', 'new', '--behaviour', 'clicked-simulated-phish', '--title', 'Told on the phone'];
    const asked = await foldback(click);
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain('/who');
    expect(asked.stderr).toContain('/campaign');
    const full = [...click, '--who', 'ana@example.com', '--campaign', '7', '--ticket', 'SEC-13', '--json'];
    const [first, second] = [await foldback(full), await foldback(full)];
    expect(JSON.parse(first.stdout)).toMatchObject({
      behaviour: 'clicked-simulated-phish',
      aliases: ['SEC-13'],
    });
    expect(JSON.parse(second.stdout)).toMatchObject({ id: JSON.parse(first.stdout).id });
    const listed = await foldback(['loops', 'list', '--needs', 'risk', '--json']);
    expect([listed.code, listed.stdout]).toEqual([0, '']);
    expect((await foldback(['loops', 'list', '--needs', 'hugs'])).code).toBe(2);
  });

  test('pause holds and resume lets go', async () => {
    const paused = await foldback(['pause', '--json']);
    expect(JSON.parse(paused.stdout)).toMatchObject({ on: true });
    expect(JSON.parse((await foldback(['resume', '--json'])).stdout)).toMatchObject({ on: false });
  });

  test('a token does what its scopes say and nothing else; what is not there is 3, what is not allowed 4', async () => {
    const made = await foldback([
      'admin',
      'token',
      '--name',
      'reader',
      '--scope',
      'loops:read',
      '--days',
      '7',
    ]);
    const token = made.stdout.trim();
    expect(token).toMatch(/^fbl_/u);
    expect(made.stderr).not.toContain(token);
    const asked = (args: readonly string[], given = token) =>
      foldback([...args, '--server', urlOf()], { FOLDBACK__TOKEN: given });
    expect((await asked(['loops', 'list'])).code).toBe(0);
    expect((await asked(['pause'])).code).toBe(4);
    expect((await asked(['loops', 'list'], 'fbl_wrong')).code).toBe(4);
    expect((await asked(['loops', 'show', 'FB-00000-00000'])).code).toBe(3);
    expect((await foldback(['admin', 'token', '--name', 'x', '--scope', 'nothing'])).code).toBe(2);
  });

  test('a claim link is made anew', async () => {
    const { stdout, code } = await foldback(['admin', 'claim']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/claim\/fbl_claim_\w+\n$/u);
  });

  test('doctor finds nothing wrong, and what is wrong comes with what fixes it', async () => {
    const good = await foldback(['doctor', '--json']);
    expect(good.code).toBe(0);
    const { checks } = JSON.parse(good.stdout);
    expect(checks).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: 'server', result: 'ok' })]),
    );
    const bad = await foldback(['doctor', '--json'], { FOLDBACK__PEOPLE: '/no/such/people.yaml' });
    expect(bad.code).toBe(1);
    const problems = JSON.parse(bad.stdout).checks.filter(
      (check: { result: string }) => check.result === 'problem',
    );
    expect(problems.length).toBeGreaterThan(0);
    for (const { fix } of problems) expect(fix).toMatch(/\S/u);
  });

  test('a second server on the same data does not start, and says who has it', async () => {
    const ran = await foldback(['serve']);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('already running');
  });

  test('a server whose port is taken ends, says which one, and leaves nothing running', async () => {
    const other = mkdtempSync(join(tmpdir(), 'foldback-port-'));
    try {
      const taken = { FOLDBACK__HTTP__PORT: new URL(urlOf()).port, FOLDBACK__DATA__DIR: other };
      const ran = await foldback(['serve'], taken);
      expect(ran.code).toBe(2);
      expect(ran.stderr).toContain(`port ${taken.FOLDBACK__HTTP__PORT} is in use`);
      expect(ran.stderr).not.toContain('a duty failed');
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });

  test('every problem of the settings is named at once, with exit 2', async () => {
    const wrong = { FOLDBACK__HTTP__PORT: 'many', FOLDBACK__DELIVERY__MODE: 'loud', FOLDBACK__NOPE: '1' };
    const ran = await foldback(['serve'], wrong);
    expect(ran.code).toBe(2);
    for (const name of Object.keys(wrong)) expect(ran.stderr).toContain(name);
  });

  test('roles apart need a PostgreSQL', async () => {
    const ran = await foldback(['serve', '--role', 'api']);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('DATABASE_URL');
  });

  test('SIGTERM ends it well, and commands open the store themselves then', async () => {
    expect(await server.stop()).toBe(0);
    expect(server.said()).toContain('Stopped.');
    expect(existsSync(serverFile())).toBe(false);
    const { stdout, code } = await foldback(['loops', 'list', '--json']);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(3);
    const again = await foldback(['import', report('v8.json'), '--repository', 'acme/shop', '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({ takenBefore: 1, events: 1 });
    expect((await foldback(['db', 'migrate'])).code).toBe(0);
  });
});
