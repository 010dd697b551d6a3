import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Limits, limits } from '../src/lib/limits.ts';
import { parseBody } from '../src/lib/records/parse-body.ts';
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

describe('what a file is', () => {
  async function peek(input: string | Uint8Array, caps: Partial<Limits> = {}) {
    const bytes = typeof input === 'string' ? Buffer.from(input) : input;
    return await peekRecords(pieces(bytes, 11), { fileName: 'f', limits: { ...limits, ...caps } });
  }

  test.each([
    ['', 'empty'],
    [' \n\t\n', 'empty'],
    ['[{"a":1}]', 'json'],
    ['{"a":\n1}', 'json'],
    ['null', 'json'],
    ['{"a":1}\n{"a":2}', 'lines'],
    ['[1]\n[2]', 'lines'],
    ['some banner\n{"a":1}\n', 'lines'],
    ['{"a": 1\n{"a":2}\n', 'lines'],
    ['a,b\n1,2', 'csv'],
    ['<?xml version="1.0"?>', 'csv'],
    ['a","b\n', 'csv'],
  ])('%j is %s', async (text, format) => {
    expect((await peek(text)).sample.format).toBe(format);
  });

  test.each([
    '',
    '\n',
    '[]',
    ' [ ] ',
    'null',
    '{}',
    '{"results":[]}',
    '{"version":"2","runs":[],"generated":"x"}',
  ])('%j says that nothing was found', async (text) => {
    expect((await peek(text)).isNothing).toBe(true);
  });

  test.each(['{"error":"x"}', '[1]', '{"runs":[{}]}', 'a,b', '{"a":1}\n{"b":2}'])(
    '%j is not nothing',
    async (text) => {
      expect((await peek(text)).isNothing).toBe(false);
    },
  );

  test('the beginning of a document too large for the sample is parsed as far as it goes', async () => {
    const text = JSON.stringify({
      runs: [{ tool: { name: 'x' }, results: Array.from({ length: 50 }, (_, n) => ({ n })) }],
    });
    const { sample } = await peek(text, { sampleChars: 70 });
    expect(sample.first).toEqual({
      runs: [{ tool: { name: 'x' }, results: [{ n: 0 }, { n: 1 }, { n: 2 }, { n: 3 }] }],
    });
    expect(fitsSample(results, sample)).toBe(true);
    expect(fitsSample(list, sample)).toBe(false);
  });

  test('gzip, byte order marks and UTF-16 are seen through', async () => {
    const text = '[{"a":"é€😀"}]';
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    const inputs = [
      Buffer.from(text),
      Buffer.from(`\ufeff${text}`),
      gzipSync(text),
      gzipSync(`\ufeff${text}`),
      utf16,
    ];
    inputs.push(Buffer.concat([gzipSync('[{"a":"é€'), gzipSync('😀"}]')]));
    for (const input of inputs)
      expect(values(await read(input, list, { pieceBytes: 1 }))).toEqual([{ a: 'é€😀' }]);
  });

  test('damaged gzip is one clear end', async () => {
    const packed = gzipSync(
      JSON.stringify(Array.from({ length: 5000 }, (_, n) => ({ n, x: String(n * 7919) }))),
    );
    const items = await read(packed.subarray(0, packed.length / 2), list, { caps: { sampleChars: 100 } });
    expect(items.at(-1)).toMatchObject({
      kind: 'unreadable',
      reason: 'the gzip data is damaged or ends too early',
    });
  });

  test('what the stream itself throws is passed on', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield gzipSync('[1]').subarray(0, 8);
      throw new Error('disk gone');
    }
    await expect(peekRecords(failing())).rejects.toThrow('disk gone');
  });

  test('a reader that stops early lets the stream be closed', async () => {
    let isClosed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield Buffer.from('{"a":1}\n'.repeat(100));
      } finally {
        isClosed = true;
      }
    }
    const peeked = await peekRecords(endless());
    for await (const batch of peeked.records(lines)) if (batch.length > 0) break;
    expect(isClosed).toBe(true);
  });
});

describe('caps, each by its name', () => {
  const deep = `${'['.repeat(70)}${']'.repeat(70)}`;
  const cases: readonly [keyof Limits, string, RecordShape, Partial<Limits>][] = [
    ['depthMax', `[${deep},1]`, list, {}],
    ['depthMax', `{"a":${deep}}\n`, lines, {}],
    ['stringCharsMax', '[{"a":"123456789"}]', list, { stringCharsMax: 8 }],
    ['membersMax', '[[1,2,3,4,5,6]]', list, { membersMax: 5 }],
    ['recordCharsMax', `[{"a":"${'x'.repeat(500)}"},{"b":1}]`, list, { recordCharsMax: 100 }],
    ['recordCharsMax', `{"a":"${'x'.repeat(500)}"}\n{"b":1}\n`, lines, { recordCharsMax: 100 }],
    ['recordCharsMax', `{\n${' "a":1,\n'.repeat(100)}"b":1}\n{"b":1}\n`, lines, { recordCharsMax: 100 }],
    ['documentCharsMax', `{"a":"${'x'.repeat(500)}"}`, { format: 'document' }, { documentCharsMax: 100 }],
    ['columnsMax', 'a,b,c\n1,2,3\n', csv, { columnsMax: 2 }],
    ['fileBytesMax', '[1,2,3,4,5,6]', list, { fileBytesMax: 10, sampleChars: 1 }],
  ];
  test.each(cases)('%s', async (name, text, shape, caps) => {
    const faults = (await read(text, shape, { caps })).filter((item) => item.kind !== 'record');
    expect(faults).toHaveLength(1);
    expect(faults[0]).toHaveProperty('reason', expect.stringContaining(name));
  });

  test('a record past a cap does not take its neighbours with it', async () => {
    const text = `[{"a":1},{"a":"${'x'.repeat(5000)}"},{"a":3}]`;
    expect(values(await read(text, list, { caps: { recordCharsMax: 100 } }))).toEqual([
      { a: 1 },
      'bad@1',
      { a: 3 },
    ]);
    const asLines = `{"a":1}\n{"a":"${'x'.repeat(5000)}"}\n{"a":3}`;
    expect(values(await read(asLines, lines, { caps: { recordCharsMax: 100 } }))).toEqual([
      { a: 1 },
      'bad@2',
      { a: 3 },
    ]);
  });

  test('unpackedRatioMax: a decompression bomb is refused before it fills memory', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, '['));
    const items = await read(bomb, list, { pieceBytes: 1000 });
    expect(items.slice(-1)).toEqual([
      expect.objectContaining({ kind: 'unreadable', code: 'compression-ratio' }),
    ]);
  });

  test('sampleChars bounds what is read to tell what a file is', async () => {
    let given = 0;
    function* counted(): Generator<Uint8Array> {
      for (; given < 1000; given++) yield Buffer.from('{"a":1}\n');
    }
    await peekRecords(counted(), { limits: { ...limits, sampleChars: 80 } });
    expect(given).toBeLessThan(20);
  });

  test('bodies have the same caps and bodyBytesMax', () => {
    const body = (text: string, caps: Partial<Limits> = {}) =>
      parseBody(Buffer.from(text), { ...limits, ...caps });
    expect(body('\ufeff{"a":[1]}')).toEqual({ ok: true, value: { a: [1] } });
    expect(body('[1,2]', { bodyBytesMax: 4 })).toMatchObject({ ok: false, code: 'too-large' });
    expect(body(deep)).toMatchObject({ ok: false, code: 'too-deep' });
    expect(body('[1,2,3]', { membersMax: 2 })).toMatchObject({ ok: false, code: 'too-many' });
    expect(body('["123"]', { stringCharsMax: 2 })).toMatchObject({ ok: false, code: 'too-large' });
    expect(body('')).toMatchObject({ ok: false, code: 'bad-json' });
  });

  test('a reason names a place and never quotes the data', async () => {
    const secret = 'hunter2hunter2';
    for (const text of [`{"a":"${secret}" "b"}`, `{"a":${secret}}`, `{"${secret}`, secret]) {
      const parsed = parseBody(Buffer.from(text));
      expect(parsed.ok).toBe(false);
      expect(JSON.stringify(parsed)).not.toContain('hunter');
      for (const shape of [lines, list])
        expect(JSON.stringify(await read(text, shape))).not.toContain('hunter');
    }
    expect(parseBody(Buffer.from('{"a":\n 1 2}'))).toHaveProperty(
      'reason',
      expect.stringContaining('line 2'),
    );
  });

  test('text of any kind is read without a crash', async () => {
    const shapes = [lines, list, results, csv, { format: 'document' } as const];
    const junk = fc.string({
      unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', '\n', 'a', '1', ' ', 'null', '"a":'),
    });
    await fc.assert(
      fc.asyncProperty(
        junk,
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(...shapes),
        async (text, pieceBytes, shape) => {
          const inPieces = await read(text, shape, { pieceBytes });
          expect(inPieces).toEqual(await read(text, shape, { pieceBytes: 10_000 }));
        },
      ),
      { numRuns: 500 },
    );
  });
});

test('memory stays flat over a list of any length', async () => {
  const record = JSON.stringify({ text: 'x'.repeat(500) });
  function* long(): Generator<Uint8Array> {
    yield Buffer.from('{"skipped":[');
    for (let n = 0; n < 200; n++) yield Buffer.from(`${`${record},`.repeat(200)}`);
    yield Buffer.from('1],"list":[1');
    for (let n = 0; n < 300; n++) yield Buffer.from(`,${record}`.repeat(200));
    yield Buffer.from(']}');
  }
  const peeked = await peekRecords(long());
  let count = 0;
  let peakBytes = 0;
  const before = process.memoryUsage().rss;
  for await (const batch of peeked.records({ format: 'array', path: ['list'] })) {
    count += batch.length;
    peakBytes = Math.max(peakBytes, process.memoryUsage().rss - before);
  }
  expect(count).toBe(60_001);
  // The input is 50 MB; what is kept at a time is below 1 MB, the rest is the collector's slack.
  expect(peakBytes).toBeLessThan(150 * 1024 * 1024);
});
