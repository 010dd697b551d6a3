import { isDict } from '../guards.ts';
import { limits as defaults, type Limits } from '../limits.ts';
import { cutArray } from './cut-array.ts';
import { cutCsv } from './cut-csv.ts';
import { cutLines } from './cut-lines.ts';
import { parseRecord } from './parse-record.ts';
import { type ByteStream, readText } from './read-text.ts';
import { type Cutter, ReadFault, type RecordItem, type RecordShape, type Sample } from './record-shape.ts';
import { takeSample } from './take-sample.ts';

export type PeekedRecords = {
  readonly sample: Sample;
  /** True when the input holds nothing to report: empty, `null`, `[]`, `{}`, an object of empty lists. */
  readonly isNothing: boolean;
  /** What kept the beginning from being read; then `records` gives only this. */
  readonly fault?: ReadFault;
  /** The records from the very beginning on, in batches as the input arrives. To be called once. */
  records(shape: RecordShape): AsyncGenerator<readonly RecordItem[], void, undefined>;
  /** Lets the input go unread. */
  close(): Promise<void>;
};

/**
 * Reads the beginning of a byte stream and tells what it is; the stream then goes on without loss. Memory stays
 * flat however long the input is: one sample, one piece, one record.
 */
export async function peekRecords(
  input: ByteStream,
  options: { readonly fileName?: string; readonly limits?: Limits } = {},
): Promise<PeekedRecords> {
  const limits = options.limits ?? defaults;
  const pieces = readText(input, limits);
  let beginning = '';
  let isWhole = false;
  let fault: ReadFault | undefined;
  try {
    while (beginning.length < limits.sampleChars && !isWhole) {
      const next = await pieces.next();
      if (next.done === true) isWhole = true;
      else beginning += next.value;
    }
  } catch (error) {
    if (!(error instanceof ReadFault)) throw error;
    fault = error;
  }
  const sample = takeSample(beginning, isWhole, limits);
  const known = fault;
  async function* texts(): AsyncGenerator<string> {
    try {
      if (beginning !== '') yield beginning;
      beginning = '';
      if (known !== undefined) throw known;
      yield* pieces;
    } finally {
      await pieces.return();
    }
  }
  return {
    sample: options.fileName === undefined ? sample : { ...sample, fileName: options.fileName },
    isNothing: fault === undefined && isWhole && isNothing(sample),
    ...(fault === undefined ? {} : { fault }),
    records: (shape) => cutAll(texts(), cutterFor(shape, limits)),
    close: async () => {
      await pieces.return();
    },
  };
}

/** Whether a shape fits what the sample shows. An empty or null list fits: it holds no finding. */
export function fitsSample(shape: RecordShape, sample: Sample): boolean {
  switch (shape.format) {
    case 'csv':
      return sample.format === 'csv' && shape.header.every((name) => sample.header?.includes(name) === true);
    case 'lines':
      return (
        (sample.format === 'lines' && !Array.isArray(sample.first)) ||
        (sample.format === 'json' && isDict(sample.first))
      );
    case 'document':
      return sample.format === 'json' && isDict(sample.first);
    case 'array':
      return (sample.format === 'json' || sample.format === 'lines') && reachesShape(shape, sample);
  }
}

function reachesShape(shape: Extract<RecordShape, { format: 'array' }>, sample: Sample): boolean {
  if (reaches(sample.first, shape.path, Array.isArray)) return true;
  const { follows, path } = shape;
  if (follows === undefined || sample.isPartial !== true) return false;
  const isBefore = (value: unknown) => isDict(value) && follows.some((name) => Object.hasOwn(value, name));
  return reaches(sample.first, path.slice(0, -1), isBefore);
}

function reaches(value: unknown, path: readonly string[], isEnd: (value: unknown) => boolean): boolean {
  const [segment, ...rest] = path;
  if (segment === undefined) return isEnd(value);
  if (segment !== '*') {
    if (!isDict(value) || !Object.hasOwn(value, segment)) return false;
    return value[segment] === null || reaches(value[segment], rest, isEnd);
  }
  if (!isDict(value) && !Array.isArray(value)) return false;
  const children = Object.values(value);
  return children.length === 0 || children.some((child) => reaches(child, rest, isEnd));
}

/** "No finding" as the scanners write it. */
function isNothing(sample: Sample): boolean {
  if (sample.format === 'empty') return true;
  if (sample.format === 'csv') return false;
  const { first } = sample;
  if (first === null) return sample.format === 'json';
  if (Array.isArray(first)) return sample.format === 'json' && first.length === 0;
  if (!isDict(first)) return false;
  const members = Object.values(first);
  const lists = members.filter((member) => typeof member === 'object' && member !== null);
  if (lists.some((list) => Object.keys(list ?? {}).length > 0)) return false;
  return members.length === 0 || lists.some(Array.isArray);
}

function cutterFor(shape: RecordShape, limits: Limits): Cutter {
  switch (shape.format) {
    case 'array':
      return cutArray(shape.path, shape.context ?? [], limits);
    case 'lines':
      return cutLines(limits);
    case 'csv':
      return cutCsv(limits);
    case 'document':
      return cutDocument(limits);
  }
}

function cutDocument(limits: Limits): Cutter {
  let text = '';
  return {
    push(piece) {
      text += piece;
      if (text.length > limits.documentCharsMax)
        throw new ReadFault('too-large', `past the limit documentCharsMax (${limits.documentCharsMax})`);
      return [];
    },
    end() {
      const parsed = parseRecord(text, { ...limits, recordCharsMax: limits.documentCharsMax });
      if (parsed.ok) return [{ kind: 'record', value: parsed.value, index: 0, line: 1 }];
      return [{ kind: 'unreadable', code: parsed.code, reason: parsed.reason, index: 0, line: 1 }];
    },
  };
}

async function* cutAll(
  texts: AsyncIterable<string>,
  cutter: Cutter,
): AsyncGenerator<readonly RecordItem[], void, undefined> {
  let last: RecordItem | undefined;
  try {
    for await (const text of texts) {
      const items = cutter.push(text);
      last = items.at(-1) ?? last;
      if (items.length > 0) yield items;
      if (last?.kind === 'unreadable') return;
    }
    const items = cutter.end();
    if (items.length > 0) yield items;
  } catch (error) {
    if (!(error instanceof ReadFault)) throw error;
    const index = last === undefined ? 0 : last.index + 1;
    yield [{ kind: 'unreadable', code: error.code, reason: error.reason, index, line: last?.line ?? 1 }];
  }
}
