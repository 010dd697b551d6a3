/**
 * `npm run soak` hands 20,000 messages to Slack-shaped, webhook and mail servers on loopback that answer 429 and 5xx,
 * take and never answer, or hang up; two workers are processes of their own on a real PostgreSQL, and one after the
 * other is killed. The channels go beside each other: what takes long is waiting for the next attempt. The last line of
 * stdout is one JSON object. Sizes come from SOAK_CASES (a channel) and SOAK_KILLS, SOAK_CHANNELS names some (`email`).
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { stringify } from 'yaml';
import { keyToText } from '../../src/config/key-text.ts';
import { baseSchema } from '../../src/config/schema.ts';
import { testKeySet } from '../support/installation.ts';
import { launchPostgres } from '../support/launch-postgres.ts';
import { startServer } from '../support/running-server.ts';
import { mailSide, slackSide, webhookSide } from './far-sides.ts';
import { deliveriesPerCase, type SoakFigures, type SoakWorker, type SoakWorld, soak } from './soak.ts';

const sizeOf = (name: string, usual: number): number => Number(process.env[name] ?? usual);
const kills = sizeOf('SOAK_KILLS', 5);
const everySide = [
  { name: 'slack', openSide: slackSide, cases: sizeOf('SOAK_CASES', 1700) },
  { name: 'webhook', openSide: webhookSide, cases: sizeOf('SOAK_CASES', 1700) },
  { name: 'email', openSide: mailSide, cases: sizeOf('SOAK_CASES', 1600) },
];
const names = process.env['SOAK_CHANNELS']?.split(',') ?? everySide.map(({ name }) => name);
const sides = everySide.filter(({ name }) => names.includes(name));
if (sides.length < names.length)
  throw new Error(`SOAK_CHANNELS: ${everySide.map(({ name }) => name).join(', ')}`);

const server = await launchPostgres();
let results: readonly SoakFigures[];
try {
  results = await Promise.all(
    sides.map(async ({ openSide, cases }, at) => {
      const figures = await oneChannel(openSide, cases, at + 1);
      process.stderr.write(`${JSON.stringify(figures)}\n`);
      return figures;
    }),
  );
} finally {
  await server.stop();
}
const sum = (of: (figures: SoakFigures) => number) => results.reduce((all, figures) => all + of(figures), 0);
const total = {
  soak: results.map(({ channel }) => channel).join('+'),
  deliveries: sum(({ deliveries }) => deliveries),
  faults: sum(({ faults }) => faults),
  kills: sum((figures) => figures.kills),
  arrived: sum(({ arrived }) => arrived),
  repeated: sum(({ repeated }) => repeated),
  uncertain: sum(({ uncertain }) => uncertain),
  doubled: sum(({ doubled }) => doubled),
  lost: sum(({ lost }) => lost),
  misordered: sum(({ misordered }) => misordered),
};
process.stdout.write(`${JSON.stringify(total)}\n`);
process.exitCode = total.doubled + total.lost + total.misordered === 0 ? 0 : 1;

async function oneChannel(
  openSide: (typeof everySide)[number]['openSide'],
  cases: number,
  seed: number,
): Promise<SoakFigures> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'foldback-soak-')));
  const name = `soak_${randomBytes(6).toString('hex')}`;
  await ask(server.url, `create database ${name}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  const place = {
    dir,
    databaseUrl: url.href,
    config: (over: Readonly<Record<string, unknown>>) =>
      baseSchema.parse({ data: { dir }, database: { url: url.href }, ...over }),
    sql: (text: string, values?: readonly unknown[]) => ask(url.href, text, values),
    remove: async () => rmSync(dir, { recursive: true, force: true }),
  };
  process.stderr.write(`${cases * deliveriesPerCase} deliveries …\n`);
  try {
    return await soak({
      place,
      openSide,
      cases,
      seed,
      share: 0.1,
      clock: { now: () => Date.now() },
      kills,
      minutesMax: 30,
      lookEveryMs: 500,
      begin: (world) => beginProcess(dir, url.href, world),
    });
  } finally {
    await place.remove();
  }
}

async function beginProcess(dir: string, databaseUrl: string, world: SoakWorld): Promise<SoakWorker> {
  const keys = testKeySet('soak');
  const file = join(dir, 'foldback.yaml');
  writeFileSync(
    file,
    stringify({
      ...world.settings,
      data: { dir },
      keys: {
        fingerprint: keys.fingerprint.map(({ key }) => keyToText(key)),
        token: keys.token.map(({ key }) => keyToText(key)),
        ledger: keys.ledger.map(({ key }) => keyToText(key)),
        assignment: keyToText(keys.assignment.key),
        event: keyToText(keys.event.key),
      },
    }),
  );
  const worker = await startServer(dir, { DATABASE_URL: databaseUrl }, ['--role', 'worker']);
  const end = (signal: NodeJS.Signals) => async () => {
    await worker.stop(signal);
  };
  return { kill: end('SIGKILL'), stop: end('SIGTERM') };
}

async function ask(url: string, text: string, values: readonly unknown[] = []) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}
