import type { Event } from '../core/event.ts';
import { coverReport } from './cover.ts';
import type { Batch, Taken } from './ingest.ts';
import { ingestAll } from './ingest-all.ts';
import { type LoopParts, loopPrincipal } from './parts.ts';

/** Events of one transaction: large enough to be cheap, small enough to let live events through. */
export const chunkEvents = 1000;

/** Rejections told in one step; the rest is counted. */
const rejectionsMax = 50;

/** One thing that was read of a file. */
export type ImportItem =
  | { readonly event: Event; readonly index: number; readonly line: number }
  | ImportRejection;
export type ImportRejection = {
  readonly rejected: string;
  readonly pointer?: string;
  readonly index: number;
  readonly line: number;
  /** Nothing more can be read after this one. */
  readonly fatal: boolean;
};

export type ImportInput = {
  /** The same file has the same id: a repeated import goes on where the first one ended. */
  readonly id: string;
  readonly receivedAt: number;
  /** When the report was taken, if that is known: an old one brings no news of today. */
  readonly takenAt?: number;
  /** The report looked at all of this repository: what it no longer has is part of a fix. */
  readonly complete?: { readonly repository: string; readonly at: number };
  readonly batches: AsyncIterable<{
    readonly items: readonly ImportItem[];
    readonly records: number;
    readonly source: { readonly id: string } | undefined;
  }>;
};

const names = ['records', 'events', 'accepted', 'duplicates', 'unmatched', 'rejected'] as const;
export type ImportCounts = { readonly [Name in (typeof names)[number]]: number };

/** Where an import stands: counted from its beginning, also over interruptions. */
export type ImportStep = ImportCounts & {
  readonly source: string;
  /** Records that an earlier attempt at the same file had taken. */
  readonly takenBefore: number;
  /** Since the last step. */
  readonly rejections: readonly ImportRejection[];
  /** Loops that a complete report no longer has, with the last step; left out when the report was not read whole. */
  readonly missing?: number;
};

/** What goes along with a chunk on its way through the store. */
type Note = {
  /** Records that are taken once the chunk is. */
  readonly position: number;
  readonly events: number;
  readonly rejected: number;
  readonly rejections: readonly ImportRejection[];
};

/**
 * Takes a file as history, chunk by chunk; each step is durable when it is yielded. A record is never cut in two, so
 * a chunk has the same content whenever the same file is read, and its receipt keeps it from being counted twice.
 */
export async function* importReport(
  parts: LoopParts,
  input: ImportInput,
): AsyncGenerator<ImportStep, void, undefined> {
  const { complete } = input;
  // What a complete report has must be seen whole, also the part that an earlier attempt took.
  const earlier =
    complete === undefined ? await parts.store.read.importRow(loopPrincipal, input.id) : undefined;
  let counts = readCounts(earlier?.counts);
  const found = new Set<string>();
  const notes: Note[] = [];
  const reading = { source: earlier?.source ?? '', isWhole: true };

  const step = async (note: Note, taken: Taken | undefined, isLast: boolean): Promise<ImportStep> => {
    counts = {
      records: note.position,
      events: counts.events + note.events,
      accepted: counts.accepted + (taken?.accepted ?? 0),
      duplicates: counts.duplicates + (taken?.duplicates ?? 0),
      unmatched: counts.unmatched + (taken?.unmatched ?? 0),
      rejected: counts.rejected + note.rejected,
    };
    const row = {
      id: input.id,
      source: reading.source,
      startedAt: earlier?.startedAt ?? input.receivedAt,
      ...(isLast ? { finishedAt: parts.clock.now() } : {}),
      position: note.position,
      counts: { ...counts },
    };
    await parts.store.transaction(async (tx) => {
      // Also a report that found nothing, or the same as the last one, says that its scanner lives.
      if (reading.source !== '') await tx.addSourceDay(reading.source, input.receivedAt);
      await tx.saveImport(row);
    });
    const takenBefore = earlier?.position ?? 0;
    return { ...counts, source: reading.source, takenBefore, rejections: note.rejections };
  };

  const chunks = cutChunks(input, earlier?.position ?? 0, reading, notes);
  for await (const { batch, taken } of ingestAll(parts, chunks)) {
    const note = notes.shift();
    if (complete !== undefined) for (const loop of await loopsOf(parts, batch, taken)) found.add(loop);
    if (note !== undefined) yield await step(note, taken, false);
  }
  // What was read after the last chunk of events: rejections, and records that said nothing.
  const rest = notes.shift();
  if (rest === undefined) return;
  const last = await step(rest, undefined, reading.isWhole);
  // A record that could not be read may be the very one that seems to be missing.
  if (complete === undefined || !reading.isWhole || last.rejected > 0 || reading.source === '') yield last;
  else {
    yield { ...last, missing: await coverReport(parts, { ...complete, source: reading.source, found }) };
  }
}

/** The loops of a chunk, also of one that was taken before. */
async function loopsOf(parts: LoopParts, batch: Batch, taken: Taken): Promise<Iterable<string>> {
  if (taken.knownReceipts.length === 0) return taken.loops;
  return (await parts.store.loopsOfEvents(batch.events.map((event) => event.id))).values();
}

/** Cuts what is read into chunks with a receipt each, and leaves a note beside each; the last note has no chunk. */
async function* cutChunks(
  input: ImportInput,
  start: number,
  reading: { source: string; isWhole: boolean },
  notes: Note[],
): AsyncGenerator<Batch, void, undefined> {
  let events: Event[] = [];
  let rejections: ImportRejection[] = [];
  let rejected = 0;
  let first = start;
  let last = start - 1;
  let records = start;
  const cut = (position: number): Batch => {
    notes.push({ position, events: events.length, rejected, rejections });
    const receipt = `import:${input.id}#${first}`;
    const { source } = reading;
    const { receivedAt, takenAt = receivedAt } = input;
    const batch: Batch = { source, receivedAt, takenAt, mode: 'history', events, receipt };
    events = [];
    rejections = [];
    rejected = 0;
    first = position;
    return batch;
  };
  for await (const batch of input.batches) {
    reading.source = batch.source?.id ?? reading.source;
    for (const item of batch.items) {
      const isFatal = 'rejected' in item && item.fatal;
      if (item.index < start && !isFatal) continue;
      if (item.index !== last && events.length >= chunkEvents) yield cut(item.index);
      last = item.index;
      if ('event' in item) {
        events.push(item.event);
        continue;
      }
      reading.isWhole &&= !isFatal;
      rejected += 1;
      if (rejections.length < rejectionsMax) rejections.push(item);
    }
    records = Math.max(records, batch.records);
  }
  const position = reading.isWhole ? records : Math.max(start, last);
  if (events.length > 0) yield cut(position);
  notes.push({ position, events: 0, rejected, rejections });
}

function readCounts(stored: unknown): ImportCounts {
  const of = (name: (typeof names)[number]): number => {
    const value: unknown =
      typeof stored === 'object' && stored !== null ? Reflect.get(stored, name) : undefined;
    return typeof value === 'number' ? value : 0;
  };
  return {
    records: of('records'),
    events: of('events'),
    accepted: of('accepted'),
    duplicates: of('duplicates'),
    unmatched: of('unmatched'),
    rejected: of('rejected'),
  };
}
