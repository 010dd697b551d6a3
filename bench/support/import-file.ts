import { sources } from '../../src/adapters/index.ts';
import { readEventBatches } from '../../src/adapters/read-events.ts';
import { openPostgres } from '../../src/adapters/stores/postgres/open.ts';
import { keyedHash } from '../../src/lib/hmac.ts';
import { type ImportStep, importReport } from '../../src/loop/import-report.ts';
import type { MapContext } from '../../src/ports/source.ts';
import { monday, openHouse, testKeys } from '../../test/support/house.ts';
import { note } from './figure.ts';
import { benchPeople } from './mixed-events.ts';

const hashId = keyedHash(testKeys.event);
const hashFingerprint = keyedHash(testKeys.fingerprint);

export const context: MapContext = {
  receivedAt: monday,
  fingerprint: (kind, parts) => [{ kind, keyId: 'k1', value: hashFingerprint([kind, ...parts]) }],
  eventId: (parts) => hashId(parts),
};

export const readFile = (input: AsyncIterable<Uint8Array>) => readEventBatches(input, { sources, context });

let imports = 0;

/** Imports a report as the product does, over a store of its own connection; returns events a second. */
export async function importFile(
  url: string,
  input: AsyncIterable<Uint8Array>,
  count: number,
  onStep: (step: ImportStep) => void = () => undefined,
): Promise<number> {
  const store = await openPostgres(url);
  imports += 1;
  try {
    const { parts } = openHouse({ store, people: benchPeople });
    const startedAt = performance.now();
    const cpu = process.cpuUsage();
    let last: ImportStep | undefined;
    for await (const step of importReport(parts, {
      id: `bench-${imports}`,
      receivedAt: monday,
      batches: readFile(input),
    })) {
      last = step;
      onStep(step);
    }
    const seconds = (performance.now() - startedAt) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const { events, accepted, duplicates, unmatched } = last ?? {};
    if (events !== count) throw new Error(`${events} of ${count} events were read`);
    note(
      `${JSON.stringify({ accepted, duplicates, unmatched })}, CPU ${Math.round((user + system) / count)} µs/event`,
    );
    return count / seconds;
  } finally {
    await store.close();
  }
}
