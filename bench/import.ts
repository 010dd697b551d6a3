import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { sources } from '../src/adapters/index.ts';
import { readEventBatches } from '../src/adapters/read-events.ts';
import { openPostgres } from '../src/adapters/stores/postgres/open.ts';
import type { Event } from '../src/core/event.ts';
import { keyedHash } from '../src/lib/hmac.ts';
import type { Batch } from '../src/loop/ingest.ts';
import { ingestAll } from '../src/loop/ingest-all.ts';
import type { MapContext } from '../src/ports/source.ts';
import { monday, openHouse, testKeys } from '../test/support/house.ts';
import { type Figure, figure, note, rssMb, size } from './support/figure.ts';
import { insertRows } from './support/insert-rows.ts';
import { benchPeople, bytesOf, mixedLines } from './support/mixed-events.ts';
import { withPostgres } from './support/with-postgres.ts';

const chunk = 2000;

const hashId = keyedHash(testKeys.event);
const hashFingerprint = keyedHash(testKeys.fingerprint);
export const context: MapContext = {
  receivedAt: monday,
  fingerprint: (kind, parts) => [{ kind, keyId: 'k1', value: hashFingerprint([kind, ...parts]) }],
  eventId: (parts) => hashId(parts),
};

/** Bulk import against the fastest plain way to write the same rows durably. */
export async function bench(): Promise<Figure> {
  const count = size('IMPORT_EVENTS', 1_000_000);
  const folder = mkdtempSync(join(tmpdir(), 'foldback-bench-'));
  try {
    const file = join(folder, 'mixed.ndjson');
    await pipeline(Readable.from(bytesOf(mixedLines(count))), createWriteStream(file));
    return await withPostgres(async (url) => {
      // Half of the limit before and half after, so that a busier minute on the machine falls on both.
      const before = await insertRows(url, events(file), Math.floor(count / 2), 0);
      const foldback = await importFile(url, file, count);
      const after = await insertRows(url, events(file), count, Math.floor(count / 2));
      const limit = count / ((before + after) / 1000);
      return figure(limit, foldback, 'events/s');
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function* events(file: string): AsyncGenerator<readonly Event[]> {
  for await (const batch of readEventBatches(createReadStream(file), { sources, context })) {
    yield batch.items.map((item) => {
      if ('rejected' in item) throw new Error(item.rejected);
      return item.event;
    });
  }
}

async function* batches(file: string): AsyncGenerator<Batch> {
  let waiting: Event[] = [];
  let done = 0;
  const batch = (): Batch => ({
    source: 'generic',
    receivedAt: monday,
    mode: 'history',
    events: waiting,
    receipt: `mixed/${done}`,
  });
  for await (const some of events(file)) {
    waiting.push(...some);
    if (waiting.length < chunk) continue;
    yield batch();
    done += waiting.length;
    waiting = [];
  }
  if (waiting.length > 0) yield batch();
}

export async function importFile(url: string, file: string, count: number): Promise<number> {
  const store = await openPostgres(url);
  try {
    const { parts } = openHouse({ store, people: benchPeople });
    const startedAt = performance.now();
    const cpu = process.cpuUsage();
    let done = 0;
    let part = 1;
    const totals = { accepted: 0, duplicates: 0, unmatched: 0 };
    for await (const { batch, taken } of ingestAll(parts, batches(file))) {
      done += batch.events.length;
      totals.accepted += taken.accepted;
      totals.duplicates += taken.duplicates;
      totals.unmatched += taken.unmatched;
      if (done < (part * count) / 5) continue;
      part += 1;
      note(
        `${done} events, ${Math.round(done / ((performance.now() - startedAt) / 1000))}/s, RSS ${rssMb()} MB`,
      );
    }
    const seconds = (performance.now() - startedAt) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    note(`${JSON.stringify(totals)}, CPU ${((user + system) / count).toFixed(1)} µs/event`);
    return count / seconds;
  } finally {
    await store.close();
  }
}
