import { parentPort } from 'node:worker_threads';
import { sources } from '../../src/adapters/readers.ts';
import { limits } from '../../src/lib/limits.ts';
import { isRejection } from '../../src/ports/source.ts';
import { heavyTexts, withHeavyLists, withHeavyTexts } from './heavy-records.ts';
import { sourceContext } from './source-context.ts';

/**
 * A thread with little memory that maps records as heavy as a reader lets through, and tells how many events came of
 * them and how large the largest was. A source that needs more memory ends the thread; one that needs more time is
 * still at work when the test's patience ends.
 */
type Asked = { readonly id: string; readonly records: readonly unknown[] };

function mapHeavy({ id, records }: Asked): { readonly events: number; readonly charsMax: number } {
  const source = sources.find((one) => one.id === id);
  if (source === undefined) throw new Error(`no source ${id}`);
  let events = 0;
  let charsMax = 0;
  for (const record of records) {
    const heavy = [
      ...heavyTexts.map((text) => withHeavyTexts(record, text, limits.recordCharsMax)),
      withHeavyLists(record, limits.recordCharsMax),
    ];
    for (const value of heavy) {
      const result = source.map(value, sourceContext);
      if (isRejection(result)) continue;
      events += result.length;
      for (const event of result) charsMax = Math.max(charsMax, JSON.stringify(event).length);
    }
  }
  return { events, charsMax };
}

parentPort?.on('message', (asked: Asked) => parentPort?.postMessage(mapHeavy(asked)));
