import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { formatOfFolder, formatOfLogType } from '../../adapters/log-formats.ts';
import { type ReadItem, readEventBatches } from '../../adapters/read-events.ts';
import type { Event } from '../../core/event.ts';
import { isDict, listOf } from '../../lib/guards.ts';
import { limits } from '../../lib/limits.ts';
import { parseRecord } from '../../lib/records/parse-record.ts';
import type { ByteStream } from '../../lib/records/read-text.ts';
import type { MapContext, Source } from '../../ports/source.ts';
import { openTally, type Rejected, type SourceFigures } from './figures.ts';
import { type HeldLog, heldBy } from './held.ts';
import { filesBelow } from './walk.ts';

export type CorpusOptions = {
  readonly folder: string;
  readonly sources: readonly Source[];
  readonly context: MapContext;
  /** Told of every event, in the order of files and of what they hold. */
  readonly onEvent: (found: FoundEvent) => void;
  readonly onFile?: (done: number, total: number) => void;
};

export type FoundEvent = { readonly file: string; readonly key: string; readonly event: Event };

export type Corpus = {
  readonly figures: readonly SourceFigures[];
  /** Files that are no events, by what they are. */
  readonly context: readonly { readonly what: string; readonly files: number }[];
  readonly files: number;
};

/** A longer file is streamed to the sources, and is nothing else. */
const wholeBytesMax = limits.documentCharsMax;

/** Reads every file below a folder: which source knows it, and what it says. Stores and sends nothing. */
export async function readCorpus(options: CorpusOptions): Promise<Corpus> {
  const { folder, sources, onEvent } = options;
  const ids = new Set(sources.map(({ id }) => id));
  const tally = openTally([...ids]);
  const context = new Map<string, number>();
  const files = await filesBelow(folder);
  for (const [index, file] of files.entries()) {
    options.onFile?.(index, files.length);
    const path = join(folder, file);
    const { size } = await stat(path);
    const text = size > wholeBytesMax ? undefined : await readFile(path, 'utf8');
    const held = heldBy(file, text);
    const folderFormat = formatOfFolder(file, ids) ?? 'other';
    if (held.kind === 'context') {
      context.set(held.what, (context.get(held.what) ?? 0) + 1);
      continue;
    }
    if (held.kind === 'other') {
      tally.add(held.format, file, { events: 1, unsupported: 1 });
      continue;
    }
    if (held.kind === 'logs') {
      for (const one of held.logs) {
        const started = performance.now();
        const read = await readLog(one, file, options, folderFormat, ids);
        for (const event of read.events) onEvent({ file, key: one.event, event });
        tally.add(read.format, file, { ...read.sums, ms: performance.now() - started });
      }
      continue;
    }
    const started = performance.now();
    const read = await readAll(
      text === undefined ? createReadStream(path) : [Buffer.from(text)],
      file,
      options,
    );
    const ms = performance.now() - started;
    if (read.source === undefined && held.otherwise !== undefined) {
      context.set(held.otherwise, (context.get(held.otherwise) ?? 0) + 1);
      continue;
    }
    for (const { key, event } of read.events) onEvent({ file, key, event });
    if (read.source === undefined && read.refusal !== undefined) {
      const events = countOf(text);
      tally.add(folderFormat, file, { events, unsupported: events, ms });
    } else {
      const rejected = read.rejected.map(({ line, reason }) => ({ file, reason: `line ${line}: ${reason}` }));
      const { records: events, parsed } = read;
      tally.add(read.source?.id ?? folderFormat, file, { events, parsed, rejected, ms });
    }
  }
  const contexts = [...context].map(([what, count]) => ({ what, files: count }));
  return {
    figures: tally.figures(),
    context: contexts.toSorted((one, other) => other.files - one.files),
    files: files.length,
  };
}

type ReadAll = {
  readonly source: Source | undefined;
  readonly events: readonly { readonly key: string; readonly event: Event }[];
  readonly records: number;
  readonly parsed: number;
  readonly rejected: readonly { readonly line: number; readonly reason: string }[];
  /** Why no source read it at all. */
  readonly refusal?: string;
};

async function readAll(
  input: ByteStream,
  file: string,
  { sources, context }: CorpusOptions,
  source?: Source,
): Promise<ReadAll> {
  const events: { key: string; event: Event }[] = [];
  const faults = new Map<number, Extract<ReadItem, { rejected: string }>>();
  let records = 0;
  let chosen: Source | undefined;
  const options = { sources, context, fileName: file, ...(source === undefined ? {} : { source }) };
  for await (const batch of readEventBatches(input, options)) {
    records = Math.max(records, batch.records);
    chosen = batch.source ?? chosen;
    for (const item of batch.items) {
      if ('event' in item) events.push({ key: String(item.index), event: item.event });
      else faults.set(item.index, item);
    }
  }
  const rejected = [...faults.values()].map(({ line, rejected: reason, pointer }) => ({
    line,
    reason: pointer === undefined ? reason : `${reason} (${pointer})`,
  }));
  const refusal = [...faults.values()].find(
    ({ code, fatal }) => fatal && code === 'unrecognised-file',
  )?.rejected;
  const total = Math.max(records, rejected.length);
  return {
    source: chosen,
    events,
    records: total,
    parsed: total - rejected.length,
    rejected,
    ...(refusal === undefined ? {} : { refusal }),
  };
}

type ReadLog = {
  readonly format: string;
  readonly events: readonly Event[];
  readonly sums: {
    readonly events: number;
    readonly parsed: number;
    readonly rejected: readonly Rejected[];
    readonly unsupported: number;
    readonly byName: number;
  };
};

/**
 * A log goes to the source that recognises it. Where none does, its type in the wrapper names the source, as `--source`
 * does for a report; without a type its folder may.
 */
async function readLog(
  { event, log, type, types }: HeldLog,
  file: string,
  options: CorpusOptions,
  folderFormat: string,
  ids: ReadonlySet<string>,
): Promise<ReadLog> {
  const named = type === undefined ? [folderFormat, ...types.map(formatOfLogType)] : [formatOfLogType(type)];
  const format = named.find((candidate) => ids.has(candidate)) ?? named[0] ?? folderFormat;
  if (log === null || log === undefined) return unsupported('empty');
  const input = () => [Buffer.from(JSON.stringify(log))];
  let read = await readAll(input(), file, options);
  let isByName = false;
  if (read.source === undefined) {
    const source = options.sources.find(({ id }) => id === format);
    if (source === undefined) return unsupported(format);
    read = await readAll(input(), file, options, source);
    // The source's name for other files: `gitlab` reads GitLab's secret reports, not its audit log.
    if (read.refusal !== undefined) return unsupported(format);
    isByName = true;
  }
  const [fault] = read.rejected;
  return {
    format: read.source?.id ?? format,
    events: read.events.map((one) => one.event),
    sums: {
      events: 1,
      parsed: fault === undefined ? 1 : 0,
      rejected: fault === undefined ? [] : [{ file, reason: `${event}: ${fault.reason}` }],
      unsupported: 0,
      byName: isByName ? 1 : 0,
    },
  };
}

function unsupported(format: string): ReadLog {
  return { format, events: [], sums: { events: 1, parsed: 0, rejected: [], unsupported: 1, byName: 0 } };
}

/** How much a file of an unknown format holds: members of its only list, lines of JSON, else one. */
function countOf(text: string | undefined): number {
  if (text === undefined) return 1;
  const whole = parseRecord(text, { ...limits, recordCharsMax: limits.documentCharsMax });
  if (whole.ok) {
    if (Array.isArray(whole.value)) return whole.value.length;
    const lists = isDict(whole.value) ? Object.values(whole.value).filter(isRecords) : [];
    return lists.length === 1 ? Math.max(1, listOf(lists[0]).length) : 1;
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const isLines = lines.length > 1 && lines.every((line) => parseRecord(line, limits).ok);
  return isLines ? lines.length : 1;
}

function isRecords(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isDict);
}
