import { parentPort, workerData } from 'node:worker_threads';
import { limits } from '../../src/lib/limits.ts';
import { isRejection, type Source } from '../../src/ports/source.ts';
import { heavyTexts, withHeavyLists, withHeavyTexts } from './heavy-records.ts';
import { sourceContext } from './source-context.ts';

/**
 * A thread with little memory that maps records as heavy as a reader lets through, and tells how many events came of
 * them and how large the largest was. A source that needs more memory ends the thread; one that needs more time is
 * still at work when the test's patience ends.
 */
const { id, records }: { readonly id: string; readonly records: readonly unknown[] } = workerData;
// The others stay unread: to load them all takes longer than the work.
const { source }: { readonly source: Source } = await import(`../../src/adapters/sources/${id}/index.ts`);

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
parentPort?.postMessage({ events, charsMax });
