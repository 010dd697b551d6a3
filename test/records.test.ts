import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Limits, limits } from '../src/lib/limits.ts';
import { fitsSample, peekRecords } from '../src/lib/records/peek-records.ts';
import type { RecordItem, RecordShape } from '../src/lib/records/record-shape.ts';

const lines: RecordShape = { format: 'lines' };
const list: RecordShape = { format: 'array', path: [] };
const results: RecordShape = { format: 'array', path: ['runs', '*', 'results'], context: ['tool'] };
const csv: RecordShape = { format: 'csv', header: ['a'] };

function* pieces(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(
  input: string | Uint8Array,
  shape: RecordShape,
  options: { pieceBytes?: number; caps?: Partial<Limits> } = {},
): Promise<RecordItem[]> {
  const bytes = typeof input === 'string' ? Buffer.from(input) : input;
  const peeked = await peekRecords(pieces(bytes, options.pieceBytes ?? 7), {
    limits: { ...limits, ...options.caps },
  });
  const items: RecordItem[] = [];
  for await (const batch of peeked.records(shape)) items.push(...batch);
  return items;
}

function values(items: readonly RecordItem[]): unknown[] {
  return items.map((item) => (item.kind === 'record' ? item.value : `${item.kind}@${item.line}`));
}

describe('lists in a document', () => {
  test('every element of a list is a record with its index and line, whatever the size of the pieces', async () => {
    const text = '[\n {"a": "x,]}\\"["},\n {"a": [1, {"b": 2}]},\n 7\n]\n';
    for (const pieceBytes of [1, 2, 3, 5, 64]) {
      expect(await read(text, list, { pieceBytes })).toEqual([
        { kind: 'record', value: { a: 'x,]}"[' }, index: 0, line: 2 },
        { kind: 'record', value: { a: [1, { b: 2 }] }, index: 1, line: 3 },
        { kind: 'record', value: 7, index: 2, line: 4 },
      ]);
    }
  });

  test('the member under which a list stood goes along with its records', async () => {
    const shape: RecordShape = { format: 'array', path: ['results', '*'], context: ['*', 'version'] };
    const lists = { 'a.py': [{ n: 1 }, { n: 2 }], version: [{ n: 3 }], __proto: [], 'b.py': [{ n: 4 }] };
    for (const document of [
      { version: '1', results: lists },
      { results: lists, version: '1' },
    ]) {
      const items = await read(JSON.stringify(document), shape, { pieceBytes: 4 });
      expect(
        items.map((item) => (item.kind === 'record' ? [item.value, item.context?.['*']] : item)),
      ).toEqual([
        [{ n: 1 }, 'a.py'],
        [{ n: 2 }, 'a.py'],
        [{ n: 3 }, 'version'],
        [{ n: 4 }, 'b.py'],
      ]);
    }
  });

  test('a list that the sample does not reach is found by what stands before it', async () => {
    const shape: RecordShape = { format: 'array', path: ['timeline'], follows: ['name', 'results'] };
    const filler = Array.from({ length: 50 }, (_, n) => ({ n }));
    const text = JSON.stringify({ id: 1, results: filler, timeline: [{ m: 1 }] });
    const short = { limits: { ...limits, sampleChars: 100 } };
    const peeked = await peekRecords(pieces(Buffer.from(text), 7), short);
    expect(fitsSample(shape, peeked.sample)).toBe(true);
    expect(values(await read(text, shape, { caps: { sampleChars: 100 } }))).toEqual([{ m: 1 }]);
    const whole = await peekRecords([Buffer.from(JSON.stringify({ id: 1, results: filler }))]);
    expect(fitsSample(shape, whole.sample)).toBe(false);
    const other = await peekRecords(pieces(Buffer.from(text.replace('results', 'rest')), 7), short);
    expect(fitsSample(shape, other.sample)).toBe(false);
  });

  test('lists deep in a document are found, with the context that stands before or after them', async () => {
    const text = JSON.stringify({
      $schema: 'x',
      runs: [
        { tool: 'one', results: [{ n: 1 }, { n: 2 }] },
        { results: [{ n: 3 }], tool: 'two' },
        { results: [], tool: 'three' },
        { results: null },
        { results: [{ n: 4 }] },
      ],
    });
    const items = await read(text, results, { pieceBytes: 4 });
    expect(items.map((item) => (item.kind === 'record' ? [item.value, { ...item.context }] : item))).toEqual([
      [{ n: 1 }, { tool: 'one' }],
      [{ n: 2 }, { tool: 'one' }],
      [{ n: 3 }, { tool: 'two' }],
      [{ n: 4 }, {}],
    ]);
  });

  test('records that wait for their context are let go when they are too many to hold', async () => {
    const text = JSON.stringify({
      runs: [{ results: Array.from({ length: 50 }, (_, n) => ({ n })), tool: 'late' }],
    });
    const items = await read(text, results, { caps: { heldBackCharsMax: 100 } });
    expect(items).toHaveLength(50);
    expect(items[0]).not.toHaveProperty('context.tool');
    expect(items.at(-1)).toHaveProperty('context.tool', 'late');
  });

  test('a bad element costs only itself', async () => {
    expect(values(await read('[{"a":1},\n{"a":tru},\n{"a":3}]', list))).toEqual([
      { a: 1 },
      'bad@2',
      { a: 3 },
    ]);
  });

  test('concatenated documents are read one after the other', async () => {
    expect(values(await read('[{"a":1}]\n[]\n[{"a":2}]', list))).toEqual([{ a: 1 }, { a: 2 }]);
  });

  test.each([
    ['[{"a":1},', [{ a: 1 }, 'unreadable@1']],
    ['[{"a":1}{"a":2}]', [{ a: 1 }, 'unreadable@1']],
    ['[{"a":1},\n{"a":"x', [{ a: 1 }, 'unreadable@2']],
    ['[{"a":1}},]', [{ a: 1 }, 'unreadable@1']],
    ['[{"a":1}] x', [{ a: 1 }]],
  ])('a broken document %j gives what came before and one clear end', async (text, expected) => {
    expect(values(await read(text, list))).toEqual(expected);
  });

  test('any document gives the elements that JSON.parse gives, in pieces of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue({ maxDepth: 3 })),
        fc.integer({ min: 1, max: 40 }),
        async (array, pieceBytes) => {
          const text = JSON.stringify(
            { before: array, runs: [{ results: array, tool: 1 }] },
            null,
            pieceBytes % 3,
          );
          const expected: unknown = JSON.parse(JSON.stringify(array));
          expect(values(await read(text, results, { pieceBytes }))).toEqual(expected);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('lines', () => {
  test('one value a line, several a line, and values over many lines are all records', async () => {
    const text =
      '{"n":1}\n\n{"n":2}{"n":3} {"n":4}\r\n{\n  "n": 5,\n  "in": {\n    "x": "}"\n  }\n}\n{"n":6}';
    for (const pieceBytes of [1, 3, 200]) {
      const items = await read(text, lines, { pieceBytes });
      expect(
        values(items).map((value) => (typeof value === 'object' && value && 'n' in value ? value.n : value)),
      ).toEqual([1, 2, 3, 4, 5, 6]);
      expect(items.map((item) => item.line)).toEqual([1, 3, 3, 3, 4, 10]);
    }
  });

  test('a bad line is reported with its number and the rest goes on', async () => {
    const text =
      'banner text\n{"n":1}\n{"n": tru}\n{"n": [1, 2\n{"n":2}\n{"n": "cut\n{"n":3}\nnull\n{"n":4} tail\n{"n":';
    expect(values(await read(text, lines))).toEqual([
      'bad@1',
      { n: 1 },
      'bad@3',
      'bad@4',
      { n: 2 },
      'bad@6',
      { n: 3 },
      { n: 4 },
      'bad@9',
      'bad@10',
    ]);
  });

  test('values without any line break between them do not need to fit into memory together', async () => {
    const text = Array.from({ length: 3000 }, (_, n) => JSON.stringify({ n, pad: 'x'.repeat(60) })).join('');
    expect(await read(text, lines, { pieceBytes: 65536, caps: { recordCharsMax: 150_000 } })).toHaveLength(
      3000,
    );
  });
});

describe('rows', () => {
  test('a row is an object named by the header; wrong columns and quotes cost only their row', async () => {
    const text = 'a,b\r\n1,"two ""2"""\r\n1\r\n"multi\nline",x\r\n1,2,3\r\nlast,row';
    expect(await read(text, csv)).toEqual([
      { kind: 'record', value: { a: '1', b: 'two "2"' }, index: 0, line: 2 },
      { kind: 'bad', reason: '1 columns, the header has 2', index: 1, line: 3 },
      { kind: 'record', value: { a: 'multi\nline', b: 'x' }, index: 2, line: 4 },
      { kind: 'bad', reason: '3 columns, the header has 2', index: 3, line: 6 },
      { kind: 'record', value: { a: 'last', b: 'row' }, index: 4, line: 7 },
    ]);
  });

  test('semicolons and tabs are told from the header', async () => {
    expect(values(await read('a;b\n1;x,y\n', csv))).toEqual([{ a: '1', b: 'x,y' }]);
    expect(values(await read('a\tb\n1\t2\n', csv))).toEqual([{ a: '1', b: '2' }]);
  });

  test('a quote that never closes costs its row and not the file', async () => {
    const text = `a,b\n1,"open\n${'3,4\n'.repeat(100)}`;
    const items = await read(text, csv, { pieceBytes: 50, caps: { recordCharsMax: 120 } });
    expect(items[0]?.kind).toBe('bad');
    expect(items.filter((item) => item.kind === 'record').length).toBeGreaterThan(60);
  });
});
