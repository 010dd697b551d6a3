import { readEventBatches } from './adapters/read-events.ts';
import { sources } from './adapters/readers.ts';
import { AppError, type ErrorPlace } from './core/errors.ts';
import type { Event } from './core/event.ts';
import type { ByteStream } from './lib/records/read-text.ts';
import type { Told } from './loop/ingest.ts';
import { type Candidate, marksBy } from './loop/judge.ts';
import type { LoopParts } from './loop/parts.ts';
import { failingCandidates, tell } from './loop/tell.ts';
import type { MapContext, Source } from './ports/source.ts';
import type { MarkRow } from './ports/store.ts';

/** Rejections that are listed; the rest is counted. */
export const rejectedShownMax = 20;
/** Everything is held in memory; what is larger goes through an import. */
export const tryEventsMax = 100_000;

export type TryInput = {
  readonly input: ByteStream;
  readonly fileName?: string;
  readonly source: Source | undefined;
  readonly context: MapContext;
};

export type TryRead = {
  /** What the behaviours speak of, each event once. */
  readonly told: readonly Told[];
  readonly counts: {
    readonly events: number;
    /** Events that stand more than once in the input. */
    readonly duplicates: number;
    /** Events that no behaviour speaks of. */
    readonly unmatched: number;
    readonly rejected: number;
  };
  /** The first records that could not be taken, with their lines. */
  readonly rejected: readonly ErrorPlace[];
  /** Which source read the input; undefined when it held nothing at all. */
  readonly source: Source | undefined;
};

/** Errors: `unknown-source`, with the names that are known. */
export function findSource(id: string): Source {
  const source = sources.find((candidate) => candidate.id === id);
  if (source !== undefined) return source;
  const known = sources.map((candidate) => candidate.id).join(', ');
  throw new AppError('unknown-source', `there is no source of this name; known: ${known}`);
}

/** Reads a report whole. Errors: those of reading, with the line; `too-many`. */
export async function readReport(given: TryInput, parts: LoopParts): Promise<TryRead> {
  const { source: named, fileName } = given;
  const batches = readEventBatches(given.input, {
    sources,
    context: given.context,
    ...(named === undefined ? {} : { source: named }),
    ...(fileName === undefined ? {} : { fileName }),
  });
  const read = { told: [] as Told[], candidates: [] as Candidate[], marks: [] as MarkRow[] };
  const rejected: ErrorPlace[] = [];
  const seen = new Set<string>();
  const counts = { events: 0, duplicates: 0, unmatched: 0, rejected: 0 };
  let source: Source | undefined;
  for await (const batch of batches) {
    source = batch.source;
    for (const item of batch.items) {
      if ('event' in item) {
        takeEvent(item.event, parts, seen, counts, read);
        continue;
      }
      const pointer = item.pointer === undefined ? {} : { pointer: item.pointer };
      const place: ErrorPlace = { line: item.line, detail: item.rejected, ...pointer };
      if (item.fatal)
        throw new AppError(item.code, `line ${item.line}: ${item.rejected}`, { places: [place] });
      counts.rejected += 1;
      if (rejected.length < rejectedShownMax) rejected.push(place);
    }
    if (counts.events > tryEventsMax) {
      throw new AppError(
        'too-many',
        `past the limit tryEventsMax (${tryEventsMax}); import the file instead`,
      );
    }
  }
  // The report is all that is known: paths and histories are judged by what stands in it.
  const failing = failingCandidates(parts, read.candidates, marksBy(read.marks));
  return { told: [...read.told, ...failing], counts, rejected, source };
}

function takeEvent(
  event: Event,
  parts: LoopParts,
  seen: Set<string>,
  counts: { events: number; duplicates: number; unmatched: number },
  read: { readonly told: Told[]; readonly candidates: Candidate[]; readonly marks: MarkRow[] },
): void {
  counts.events += 1;
  if (seen.has(event.id)) {
    counts.duplicates += 1;
    return;
  }
  seen.add(event.id);
  const meanings = parts.classify(event);
  if (meanings.length === 0) counts.unmatched += 1;
  const telling = tell(parts, event, meanings);
  read.told.push(...telling.told);
  read.candidates.push(...telling.candidates);
  read.marks.push(...telling.marks);
}
