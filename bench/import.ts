import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Event } from '../src/core/event.ts';
import { type Figure, figure, note, rssMb, size } from './support/figure.ts';
import { importFile, readFile } from './support/import-file.ts';
import { insertRows } from './support/insert-rows.ts';
import { bytesOf, mixedEvents } from './support/mixed-events.ts';
import { withPostgres } from './support/with-postgres.ts';

/** Bulk import against the fastest plain way to write the same rows durably. */
export async function bench(): Promise<Figure> {
  const count = size('IMPORT_EVENTS', 1_000_000);
  const folder = mkdtempSync(join(tmpdir(), 'foldback-bench-'));
  try {
    const file = join(folder, 'mixed.ndjson');
    await pipeline(Readable.from(bytesOf(mixedEvents().lines(count))), createWriteStream(file));
    return await withPostgres(async (url) => {
      // Half of the limit before and half after, so that a busier minute on the machine falls on both.
      const before = await insertRows(url, events(file), 0, Math.floor(count / 2));
      const foldback = await importFile(url, createReadStream(file), count, progress(count));
      const after = await insertRows(url, events(file), Math.floor(count / 2), count);
      return figure(count / ((before + after) / 1000), foldback, 'events/s');
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function* events(file: string): AsyncGenerator<readonly Event[]> {
  for await (const { items } of readFile(createReadStream(file))) {
    yield items.flatMap((item) => ('event' in item ? [item.event] : []));
  }
}

/** Notes rate and memory after every fifth. */
function progress(count: number): (step: { readonly records: number }) => void {
  const startedAt = performance.now();
  let part = 1;
  return ({ records }) => {
    if (records < (part * count) / 5) return;
    part += 1;
    const rate = Math.round(records / ((performance.now() - startedAt) / 1000));
    note(`${records} events, ${rate}/s, RSS ${rssMb()} MB`);
  };
}
