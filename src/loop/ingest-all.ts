import { type Batch, commit, type Taken } from './ingest.ts';
import type { LoopParts } from './parts.ts';
import { prepare } from './prepare.ts';

/**
 * Takes batches one after another, as `ingest` does each. While the store commits one, the next is prepared and the
 * one after it is read: a bulk import is bound by the slower of the two, not by their sum.
 */
export async function* ingestAll(
  parts: LoopParts,
  batches: AsyncIterable<Batch>,
): AsyncGenerator<{ readonly batch: Batch; readonly taken: Taken }, void, undefined> {
  const prepared = oneAhead(prepareAll(parts, oneAhead(batches)));
  for await (const next of prepared) yield { batch: next.batch, taken: await commit(parts, next) };
}

async function* prepareAll(parts: LoopParts, batches: AsyncIterable<Batch>) {
  for await (const batch of batches) yield await prepare(parts, batch);
}

/** Asks for the next item while the last one is worked on. */
async function* oneAhead<T>(items: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  const iterator = items[Symbol.asyncIterator]();
  const ask = () => {
    const asked = iterator.next();
    // A fault is thrown where it is awaited; until then it must not count as unhandled.
    asked.catch(() => undefined);
    return asked;
  };
  try {
    for (let next = ask(); ; ) {
      const result = await next;
      if (result.done === true) return;
      next = ask();
      yield result.value;
    }
  } finally {
    await iterator.return?.();
  }
}
