import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { stringify } from 'yaml';
import { channels, sources } from '../../src/adapters/index.ts';
import { type App, openApp } from '../../src/app.ts';
import { keyToText } from '../../src/config/key-text.ts';
import { newKeySet } from '../../src/config/keys.ts';
import { loadConfigOrThrow } from '../../src/config/load.ts';
import { type Doors, openDoors } from '../../src/in-process.ts';
import { createLog } from '../../src/lib/log.ts';
import { deliver } from '../../src/loop/deliver.ts';
import { plan } from '../../src/loop/plan.ts';
import { sweep } from '../../src/loop/sweep.ts';
import { monday, type TestClock, testClock } from '../support/house.ts';
import { openSmtpSink, type SmtpSink } from '../support/smtp-sink.ts';

/** The product as it is composed, live, with a real SMTP server, over one of the stores, on a clock of the test's. */
export type Production = {
  readonly app: App;
  readonly clock: TestClock;
  readonly mails: SmtpSink['mails'];
  readonly doors: Doors;
  /** Undefined on the embedded store, which has one opener only. */
  readonly database?: pg.Client;
  ask(
    path: string,
    init?: { readonly method?: string; readonly body?: string; readonly type?: string },
  ): Promise<Response>;
  post(path: string, body: unknown): Promise<Response>;
  import(report: string, source?: string): Promise<Response>;
  settleDown(): Promise<void>;
  close(): Promise<void>;
};

export type ProductionOptions = {
  readonly postgres?: string;
  readonly people: string;
  readonly repository: { readonly name: string; readonly path: string };
};

export async function openProduction(options: ProductionOptions): Promise<Production> {
  const folder = mkdtempSync(join(tmpdir(), 'foldback-e2e-'));
  const sink = await openSmtpSink();
  const schema = `e_${randomBytes(6).toString('hex')}`;
  const database =
    options.postgres === undefined ? undefined : new pg.Client({ connectionString: options.postgres });
  await database?.connect();
  await database?.query(`create schema ${schema}`);
  await database?.query(`set search_path to ${schema}`);
  const keys = newKeySet((count) => randomBytes(count));
  const texts = (ring: readonly { readonly key: Uint8Array }[]) => ring.map(({ key }) => keyToText(key));
  const settings = {
    data: { dir: join(folder, 'data') },
    http: { publicUrl: 'http://127.0.0.1:4400' },
    people: options.people,
    repositories: [options.repository],
    delivery: { mode: 'live', channel: 'email' },
    channels: {
      email: {
        host: '127.0.0.1',
        port: sink.port,
        tls: 'none',
        from: 'foldback@corp.example',
      },
    },
    log: { level: 'silent' },
    ...(options.postgres === undefined
      ? {}
      : {
          database: { url: `${options.postgres}?options=-c%20search_path%3D${schema}` },
          keys: {
            fingerprint: texts(keys.fingerprint),
            token: texts(keys.token),
            ledger: texts(keys.ledger),
            assignment: keyToText(keys.assignment.key),
            event: keyToText(keys.event.key),
          },
        }),
  };
  const file = join(folder, 'foldback.yaml');
  writeFileSync(file, stringify(settings));
  const { config } = loadConfigOrThrow({
    environment: {},
    folder,
    file,
    adapters: { channels, sources: sources.map(({ id }) => ({ id })) },
  });
  const clock = testClock(monday);
  const app = await openApp({ config, keys, log: createLog({ level: 'silent' }), clock });
  const doors = openDoors(app);
  const ask: Production['ask'] = (path, init = {}) =>
    doors.fetch(
      new Request(`${doors.url}${path}`, {
        method: init.method ?? 'GET',
        headers: {
          Authorization: `Bearer ${doors.token}`,
          ...(init.type === undefined ? {} : { 'Content-Type': init.type }),
        },
        ...(init.body === undefined ? {} : { body: init.body }),
      }),
    );
  return {
    app,
    clock,
    mails: sink.mails,
    doors,
    ...(database === undefined ? {} : { database }),
    ask,
    post: (path, body) => ask(path, { method: 'POST', body: JSON.stringify(body), type: 'application/json' }),
    import: (report, source) => {
      const id = createHash('sha256').update(report).digest('hex');
      const query = `id=${id}&repository=acme/shop${source === undefined ? '' : `&source=${source}`}`;
      return ask(`/v1/imports?${query}`, { method: 'POST', body: report, type: 'application/octet-stream' });
    },
    settleDown: async () => {
      for (let turn = 0; turn < 20; turn += 1) {
        const planned = await plan(app.parts);
        const { sent, failed, uncertain } = await deliver(app.parts);
        if (planned + sent + failed + uncertain + (await sweep(app.parts)) === 0) return;
      }
    },
    close: async () => {
      await app.close();
      await database?.query(`drop schema ${schema} cascade`);
      await database?.end();
      await sink.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
