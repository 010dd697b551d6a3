import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openPostgres } from '../src/adapters/stores/postgres/open.ts';
import { createGroupedIngest, type GroupedIngest } from '../src/http/capture/grouped-ingest.ts';
import { appendCheckpoint } from '../src/ledger/checkpoint-file.ts';
import { sealRows } from '../src/ledger/rows.ts';
import { signingKey } from '../src/lib/ed25519.ts';
import { createLog } from '../src/lib/log.ts';
import { importReport } from '../src/loop/import-report.ts';
import type { LoopParts } from '../src/loop/parts.ts';
import type { Sealer } from '../src/loop/seal.ts';
import type { Channel } from '../src/ports/channel.ts';
import { startWorker } from '../src/worker.ts';
import { fillStore } from '../test/support/fill-store.ts';
import { fakeSecret, leak, openHouse, personOf, testKeys } from '../test/support/house.ts';
import { type Figure, figure, note, percentile, size } from './support/figure.ts';
import { readFile } from './support/import-file.ts';
import { bytesOf, mixedEvents } from './support/mixed-events.ts';
import { withPostgres } from './support/with-postgres.ts';

const tickMs = 10;
/** What is not handed over by then counts as lost. */
const patienceMs = 30_000;

/** From the answer "accepted" to the hand-over to a channel, in a store of 100,000 loops, alone and during an import. */
export async function bench(): Promise<Figure> {
  const rate = size('LIVE_RATE', 500);
  const seconds = size('LIVE_SECONDS', 30);
  const loops = size('LIVE_LOOPS', 100_000);
  const folder = mkdtempSync(join(tmpdir(), 'foldback-bench-'));
  try {
    const file = join(folder, 'mixed.ndjson');
    // More than an import can take meanwhile.
    await pipeline(Readable.from(bytesOf(mixedEvents().lines(60_000 * seconds))), createWriteStream(file));
    return await withPostgres(async (url) => {
      await (await openPostgres(url)).close();
      await fillStore(url, { events: 2 * loops, loops, habits: ['0'.repeat(32)] });
      const house = await openLive(url, 2 * rate * seconds, folder);
      try {
        const alone = await run(house, 0, rate, seconds);
        const stop = new AbortController();
        const importing = importUntil(house.parts, file, stop.signal);
        const during = await run(house, rate * seconds, rate, seconds);
        stop.abort();
        note(`${Math.round((await importing) / seconds)} events/s were imported meanwhile`);
        return figure(1, Math.max(alone, during), 's');
      } finally {
        await house.close();
      }
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Live = {
  readonly parts: LoopParts;
  readonly ingest: GroupedIngest;
  /** When the channel was given a message for a person, by person. */
  readonly handedOver: ReadonlyMap<string, number>;
  close(): Promise<void>;
};

/** One process as `serve` runs it: deliveries, worker and import share a store and an event loop. */
async function openLive(url: string, people: number, folder: string): Promise<Live> {
  const store = await openPostgres(url);
  const handedOver = new Map<string, number>();
  const recording: Channel = {
    id: 'recording',
    title: 'Recording',
    leavesMachine: false,
    reconcile: 'none',
    address: ({ id }) => id,
    send: async ({ recipient }) => {
      handedOver.set(recipient.id, performance.now());
      return { kind: 'accepted' };
    },
    checkSetup: async () => [],
  };
  const house = openHouse({
    store,
    clock: { now: () => Date.now(), set: () => undefined, pass: () => undefined },
    people: Array.from({ length: people }, (_, n) => personOf(`u${n}`)),
    channels: [recording],
    delivery: { channel: 'recording', quietHours: { from: 0, to: 0 } },
  });
  let rouse: () => void = () => undefined;
  const parts: LoopParts = { ...house.parts, wake: () => rouse() };
  const key = signingKey(testKeys.event);
  const sealer: Sealer = {
    seal: (heads, previous, at) => sealRows(heads, previous, at, key),
    keep: ({ leaves: _leaves, ...checkpoint }) =>
      appendCheckpoint(join(folder, 'checkpoints.jsonl'), checkpoint),
    missing: async () => [],
  };
  const worker = startWorker({ parts, sealer, log: createLog({ level: 'warn' }) });
  rouse = worker.wake;
  return {
    parts,
    ingest: createGroupedIngest(parts),
    handedOver,
    close: async () => {
      await worker.stop();
      await store.close();
    },
  };
}

/** Sends one leak a person, each as a delivery of its own; returns the 99th percentile in seconds. */
async function run(house: Live, first: number, rate: number, seconds: number): Promise<number> {
  const accepted = new Map<string, number>();
  const answers: number[] = [];
  const pending: Promise<void>[] = [];
  const startedAt = performance.now();
  for (let n = 0; n < rate * seconds; n += 1) {
    const wait = startedAt + (n / rate) * 1000 - performance.now();
    if (wait > tickMs) await new Promise((resolve) => setTimeout(resolve, wait));
    const at = Date.now();
    const person = `u${first + n}`;
    const event = leak({
      at,
      secret: fakeSecret(1_000_000 + first + n),
      author: person,
      file: `live/${person}.py`,
    });
    const sentAt = performance.now();
    const taking = house.ingest.take({ source: event.source, events: [event], receipts: [`live-${person}`] });
    pending.push(
      taking.then(() => {
        accepted.set(person, performance.now());
        answers.push(performance.now() - sentAt);
      }),
    );
  }
  await Promise.all(pending);
  const until = performance.now() + patienceMs;
  const isMissing = () => [...accepted.keys()].some((person) => !house.handedOver.has(person));
  while (isMissing() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 100));
  const delays = [...accepted].map(([person, at]) =>
    Math.max(0, (house.handedOver.get(person) ?? Number.POSITIVE_INFINITY) - at),
  );
  const shown = (values: readonly number[]) =>
    [0.5, 0.99, 1].map((p) => Math.round(percentile(values, p))).join(' / ');
  note(
    `${delays.length} accepted in ${shown(answers)} ms, handed over ${shown(delays)} ms later (p50 / p99 / max)`,
  );
  return percentile(delays, 0.99) / 1000;
}

async function importUntil(parts: LoopParts, file: string, signal: AbortSignal): Promise<number> {
  let events = 0;
  const input = { id: 'bench', receivedAt: parts.clock.now(), batches: readFile(createReadStream(file)) };
  for await (const step of importReport(parts, input)) {
    events = step.events;
    if (signal.aborted) break;
  }
  return events;
}
