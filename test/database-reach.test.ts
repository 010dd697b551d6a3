import { randomBytes } from 'node:crypto';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createSecureContext, TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import {
  isEmptyPostgres,
  removeTables,
  restorePostgres,
} from '../src/adapters/stores/postgres/backup/restore.ts';
import { databaseClock } from '../src/adapters/stores/postgres/database-clock.ts';
import { hasTables } from '../src/adapters/stores/postgres/has-tables.ts';
import { openPostgres } from '../src/adapters/stores/postgres/open.ts';
import { runChecks } from '../src/cli/doctor-checks.ts';
import { checkDatabaseWay } from '../src/cli/doctor-surroundings.ts';
import { loadConfig } from '../src/config/load.ts';
import { baseSchema } from '../src/config/schema.ts';
import { AppError } from '../src/core/errors.ts';
import { loopPrincipal } from '../src/loop/parts.ts';
import { selfSigned } from './support/certificate.ts';
import { runCli } from './support/run-cli.ts';

let folder = '';
const servers: Server[] = [];
const key = () => randomBytes(32).toString('base64');
const keyList = { fingerprint: [key()], token: [key()], ledger: [key()], assignment: key(), event: key() };
const keys = Object.fromEntries(
  Object.entries(keyList).map(([name, value]) => [`FOLDBACK__KEYS__${name.toUpperCase()}`, String(value)]),
);
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'foldback-reach-')));
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function listen(take: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    take(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function faultOf(work: Promise<unknown>): Promise<AppError> {
  const fault = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(fault instanceof AppError)) throw new Error(`no fault of ours: ${String(fault)}`);
  return fault;
}

/** What a client of PostgreSQL says first when it wants TLS: a length of eight, and a number for that. */
const sslRequest = Buffer.from('0000000804d2162f', 'hex').toString('hex');

describe('a database on another machine', () => {
  test('that speaks no TLS is told nothing, neither the user nor the password', async () => {
    const heard: Buffer[] = [];
    const port = await listen((socket) => {
      socket.on('data', (bytes) => {
        heard.push(bytes);
        socket.write('N');
      });
    });
    // An address that is not loopback and leads here.
    const url = `postgres://ana:hunter2@0.0.0.0:${port}/foldback`;
    const fault = await faultOf(openPostgres(url));
    expect([fault.code, fault.detail]).toEqual([
      'store-unreachable',
      expect.stringMatching(/^0\.0\.0\.0:\d+\/foldback: it does not speak TLS\. .*database\.tls: plain/u),
    ]);
    expect(Buffer.concat(heard).toString('hex')).toBe(sslRequest);
  });

  const { url: plain, reason } = inject('postgres');
  test.skipIf(plain === undefined)(
    `is spoken to by TLS, and only if its certificate holds${reason === undefined ? '' : ` (${reason})`}`,
    async () => {
      const { key, cert } = selfSigned(['localhost']);
      const secureContext = createSecureContext({ key, cert });
      const behind = new URL(plain ?? '');
      let speaksTls = 0;
      const shown: (string | undefined)[] = [];
      // PostgreSQL's own opening, then TLS, then the real database behind it.
      const port = await listen((socket) => {
        socket.once('data', () => {
          socket.write('S');
          const tls = new TLSSocket(socket, {
            isServer: true,
            secureContext,
            requestCert: true,
            rejectUnauthorized: false,
          });
          tls.on('error', () => undefined);
          tls.once('secure', () => {
            speaksTls += 1;
            shown.push(tls.getPeerCertificate().raw?.toString('base64'));
            const far = connect(Number(behind.port), behind.hostname);
            far.on('error', () => undefined);
            tls.pipe(far).pipe(tls);
          });
        });
      });
      const rootFile = join(folder, 'root.crt');
      writeFileSync(rootFile, cert);
      const at = (host: string, more: string) =>
        `postgres://foldback@${host}:${port}/postgres?sslmode=verify-full${more}`;
      await expect(hasTables(at('localhost', `&sslrootcert=${rootFile}`))).resolves.toEqual(
        expect.any(Boolean),
      );
      expect(speaksTls).toBeGreaterThan(0);
      expect(new Set(shown)).toEqual(new Set([undefined]));

      // Instead of a password: a certificate of the client's own, where its address names one.
      const own = selfSigned(['foldback']);
      const [certFile, keyFile] = [join(folder, 'own.crt'), join(folder, 'own.key')];
      writeFileSync(certFile, own.cert);
      writeFileSync(keyFile, own.key, { mode: 0o600 });
      await hasTables(at('localhost', `&sslrootcert=${rootFile}&sslcert=${certFile}&sslkey=${keyFile}`));
      expect(shown.at(-1)).toBe(own.cert.replaceAll(/-----[A-Z ]+-----|\s/gu, ''));

      const unknown = await faultOf(hasTables(at('localhost', '')));
      expect(unknown.detail).toMatch(/its certificate does not hold .*NODE_EXTRA_CA_CERTS/u);
      const otherName = await faultOf(hasTables(at('127.0.0.1', `&sslrootcert=${rootFile}`)));
      expect(otherName.detail).toMatch(/its certificate does not hold/u);
    },
  );

  test('may be spoken to in plain text by a setting, which the doctor remarks; what the address says goes first', () => {
    const urlOf = (url: string, tls?: string) => {
      const environment = {
        ...keys,
        DATABASE_URL: url,
        ...(tls === undefined ? {} : { FOLDBACK__DATABASE__TLS: tls }),
      };
      const loaded = loadConfig({ environment, folder });
      if (loaded.kind === 'refused') throw new Error(JSON.stringify(loaded.problems));
      return loaded.config.database.url ?? '';
    };
    const results = (url: string) => checkDatabaseWay(url).map(({ result }) => result);
    const url = 'postgres://ana:x@db.example/foldback';
    expect(urlOf(url)).toBe(url);
    expect(results(urlOf(url))).toEqual(['ok']);
    expect(results(urlOf(url, 'plain'))).toEqual(['note']);
    expect(results(urlOf(`${url}?sslmode=verify-full`, 'plain'))).toEqual(['ok']);
    expect(results(urlOf('postgres://127.0.0.1/foldback', 'required'))).toEqual(['ok']);
    expect(checkDatabaseWay(undefined)).toEqual([]);
  });
});

describe('a database that does not answer', { timeout: 60_000 }, () => {
  test('is named by every command that needs it, with the reason and without the password', async () => {
    const port = await listen(() => undefined);
    await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
    const url = `postgres://ana:hunter2@127.0.0.1:${port}/foldback`;
    const env = { ...keys, DATABASE_URL: url, FOLDBACK__HTTP__PORT: '0' };
    const faults = await Promise.all([
      faultOf(openPostgres(url)),
      faultOf(hasTables(url)),
      faultOf(databaseClock(url)),
      faultOf(isEmptyPostgres(url)),
      faultOf(removeTables(url)),
      faultOf(restorePostgres(url, Readable.from([]))),
    ]);
    const said = `127.0.0.1:${port}/foldback: nothing listens there.`;
    for (const { code, detail } of faults)
      expect([code, detail]).toEqual(['store-unreachable', expect.stringContaining(said)]);

    const ran = await Promise.all(
      [['serve'], ['simulate', '--people', '8', '--days', '7', '--database', url]].map((args) =>
        runCli(args, { cwd: folder, env }),
      ),
    );
    for (const { code, stderr, stdout } of ran) {
      expect([code, stderr]).toEqual([1, expect.stringContaining(said)]);
      expect(stderr).toContain('The database cannot be reached.');
      expect(stdout + stderr).not.toMatch(/hunter2|went wrong/u);
    }

    const config = baseSchema.parse({ data: { dir: folder }, database: { url }, keys: keyList });
    const checks = await runChecks(config);
    const store = checks.find(({ name }) => name === 'store');
    expect(store).toMatchObject({ result: 'problem', detail: expect.stringContaining(said) });
    expect(JSON.stringify(checks)).not.toContain('hunter2');
  });

  const { url: plain } = inject('postgres');
  test.skipIf(plain === undefined)('is told from one that lacks the database of that name', async () => {
    const url = new URL(plain ?? '');
    url.pathname = '/nobody-made-it';
    const fault = await faultOf(openPostgres(url.href));
    expect([fault.code, fault.detail]).toEqual([
      'store-unreachable',
      expect.stringContaining('/nobody-made-it: it has no database of this name.'),
    ]);
    const store = await openPostgres(plain ?? '', { schema: 'reached_again', connectionsMax: 1 });
    expect((await store.read.totals(loopPrincipal)).events).toBe(0);
    await store.close();
  });
});
