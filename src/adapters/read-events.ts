import type { ErrorCode } from '../core/errors.ts';
import type { Event } from '../core/event.ts';
import { type Limits, limits } from '../lib/limits.ts';
import { fitsSample, peekRecords } from '../lib/records/peek-records.ts';
import type { ByteStream } from '../lib/records/read-text.ts';
import type { RecordItem } from '../lib/records/record-shape.ts';
import { isRejection, type MapContext, type Sample, type Source } from '../ports/source.ts';
import { chooseSource } from './choose-source.ts';

/**
 * One thing read. A `fatal` rejection is the last item: the rest of the input cannot be read, and `code` says why
 * (it is the code of an `AppError`). `index` counts records from 0, `line` lines from 1. No reason quotes the data.
 */
export type ReadItem =
  | { readonly event: Event; readonly line: number; readonly index: number }
  | {
      readonly rejected: string;
      readonly pointer?: string;
      readonly line: number;
      readonly index: number;
      readonly code: ErrorCode;
      readonly fatal: boolean;
    };

export type ReadEventsOptions = {
  /** The source, when the sender names it; else it is told from the beginning of the input. */
  readonly source?: Source;
  readonly sources: readonly Source[];
  readonly context: Omit<MapContext, 'document'>;
  readonly fileName?: string;
  readonly limits?: Limits;
};

/** What a batch holds: the items of one piece of input, the records read so far, and the source that reads them. */
export type ReadBatch = {
  readonly items: readonly ReadItem[];
  /** Records seen up to here, also those that gave no event: for progress. */
  readonly records: number;
  readonly source: Source | undefined;
};

/**
 * Events of a report of any length, in batches as the input arrives: gzip or not, JSON, lines or CSV. A bad record is
 * one rejection and the rest goes on. An input in which nothing was found gives nothing, whoever wrote it.
 */
export async function* readEventBatches(
  input: ByteStream,
  options: ReadEventsOptions,
): AsyncGenerator<ReadBatch, void, undefined> {
  const peeked = await peekRecords(input, {
    limits: options.limits ?? limits,
    ...(options.fileName === undefined ? {} : { fileName: options.fileName }),
  });
  if (peeked.fault !== undefined) {
    await peeked.close();
    yield stop(peeked.fault.code, peeked.fault.reason);
    return;
  }
  const { sample } = peeked;
  const source = options.source ?? chooseSource(sample, options.sources);
  if (peeked.isNothing && (source === undefined || !holdsDocument(source, sample))) {
    await peeked.close();
    yield { items: [], records: 0, source };
    return;
  }
  const shape = source?.shapes.find((candidate) => fitsSample(candidate, sample));
  if (source === undefined || shape === undefined) {
    await peeked.close();
    yield stop('unrecognised-file', whyUnrecognised(sample, source), source);
    return;
  }
  let records = 0;
  for await (const batch of peeked.records(shape)) {
    const items: ReadItem[] = [];
    for (const item of batch) readItem(item, source, options.context, items);
    records = (batch.at(-1)?.index ?? records - 1) + 1;
    yield { items, records, source };
  }
}

/** As `readEventBatches`, one by one. */
export async function* readEvents(
  input: ByteStream,
  options: ReadEventsOptions,
): AsyncGenerator<ReadItem, void, undefined> {
  for await (const batch of readEventBatches(input, options)) yield* batch.items;
}

function readItem(
  item: RecordItem,
  source: Source,
  context: ReadEventsOptions['context'],
  into: ReadItem[],
): void {
  const { line, index } = item;
  if (item.kind !== 'record') {
    const isFatal = item.kind === 'unreadable';
    into.push({
      rejected: item.reason,
      line,
      index,
      code: isFatal ? item.code : 'bad-record',
      fatal: isFatal,
    });
    return;
  }
  const result = mapSafely(
    item.value,
    source,
    item.context === undefined ? context : { ...context, document: item.context },
  );
  if (!isRejection(result)) {
    for (const event of result) into.push({ event, line, index });
    return;
  }
  const pointer = result.pointer === undefined ? {} : { pointer: result.pointer };
  into.push({ rejected: result.rejected, ...pointer, line, index, code: 'bad-record', fatal: false });
}

/** A record that a source fails on is a fault of ours; it may hold a secret, so nothing of the error is told. */
function mapSafely(record: unknown, source: Source, context: MapContext): ReturnType<Source['map']> {
  try {
    return source.map(record, context);
  } catch {
    return { rejected: `the source ${source.id} failed on this record` };
  }
}

function stop(code: ErrorCode, reason: string, source?: Source): ReadBatch {
  return { items: [{ rejected: reason, line: 1, index: 0, code, fatal: true }], records: 0, source };
}

/** A webhook of the source may look like "nothing found": an object whose only list is empty. */
function holdsDocument(source: Source, sample: Sample): boolean {
  return (
    source.recognise(sample) > 0 &&
    source.shapes.some((shape) => shape.format === 'document' && fitsSample(shape, sample))
  );
}

const formatNames: Readonly<Record<Sample['format'], string>> = {
  json: 'JSON of another shape, or cut off',
  lines: 'lines of JSON',
  csv: 'no JSON, and no CSV with known columns',
  empty: 'empty',
};

function whyUnrecognised(sample: Sample, source: Source | undefined): string {
  const found = `the input is ${formatNames[sample.format]}`;
  return source === undefined ? `no source recognises it; ${found}` : `not a file of ${source.id}; ${found}`;
}
