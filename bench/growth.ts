import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { openPostgres } from '../src/adapters/stores/postgres/open.ts';
import { keyedHash } from '../src/lib/hmac.ts';
import { fillStore } from '../test/support/fill-store.ts';
import { testKeys } from '../test/support/house.ts';
import { type Figure, note, rounded, size } from './support/figure.ts';
import { importFile } from './support/import-file.ts';
import { bytesOf, mixedEvents, owners } from './support/mixed-events.ts';
import { withPostgres } from './support/with-postgres.ts';

/** Stored events a loop in the history. */
const eventsALoop = 10;
/** What both stores take first, so that the batches repeat events that are stored. */
const known = 100_000;
const rounds = 4;

/** The cost of an event in a large store against that in a small one, the same batches in both, in turns. */
export async function bench(): Promise<Figure> {
  const sizes = [100_000, size('GROWTH_ROWS', 10_000_000)];
  const batch = size('GROWTH_BATCH', 50_000);
  const folder = mkdtempSync(join(tmpdir(), 'foldback-bench-'));
  try {
    const mixed = mixedEvents();
    const files: string[] = [];
    for (const count of [known, ...Array.from({ length: rounds }, () => batch)]) {
      const file = join(folder, `${files.length}.ndjson`);
      await pipeline(Readable.from(bytesOf(mixed.lines(count))), createWriteStream(file));
      files.push(file);
    }
    return await withPostgres(async (server) => {
      const urls: string[] = [];
      for (const events of sizes) urls.push(await filled(server, events, files[0] ?? ''));
      const costs: number[][] = [[], []];
      for (const [round, file] of files.slice(1).entries()) {
        // Each goes first as often as the other.
        for (const at of round % 2 === 0 ? [0, 1] : [1, 0]) {
          const rate = await importFile(urls[at] ?? '', createReadStream(file), batch);
          costs[at]?.push(1_000_000 / rate);
          note(`${sizes[at]} stored: ${rounded(1_000_000 / rate)} µs/event`);
        }
      }
      const [small = 0, large = 0] = costs.map((each) => Math.min(...each));
      return {
        ratio: rounded(large / small),
        limit: rounded(small),
        foldback: rounded(large),
        unit: 'µs/event',
      };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A database of its own with so many stored events, those of the first file among them. */
async function filled(server: string, events: number, first: string): Promise<string> {
  const name = `stored_${events}`;
  const admin = new pg.Client({ connectionString: server });
  await admin.connect();
  await admin.query(`create database ${name}`);
  await admin.end();
  const url = server.replace(/\/[^/]*$/u, `/${name}`);
  await (await openPostgres(url)).close();
  const startedAt = performance.now();
  const hash = keyedHash(testKeys.event);
  const habits = Array.from({ length: owners }, (_, n) =>
    hash(['habit', 'secret-in-repository', 'person', `p${n}`]),
  );
  await fillStore(url, { events, loops: Math.ceil(events / eventsALoop), habits });
  await importFile(url, createReadStream(first), known);
  note(`${events} stored in ${Math.round((performance.now() - startedAt) / 1000)} s`);
  return url;
}
