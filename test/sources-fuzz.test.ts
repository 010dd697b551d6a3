import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sources } from '../src/adapters/index.ts';
import { readEvents } from '../src/adapters/read-events.ts';
import { isRejection, type Source } from '../src/ports/source.ts';
import { eventProblems } from './support/event-problems.ts';
import { sourceContext } from './support/source-context.ts';

function fixturesOf(source: Source): readonly Uint8Array[] {
  const folder = new URL(`../src/adapters/sources/${source.id}/fixtures/`, import.meta.url);
  return readdirSync(folder)
    .filter((name) => !name.endsWith('.expected.json'))
    .map((name) => readFileSync(new URL(name, folder)));
}

/** One damage to a report: a piece lost, doubled or moved, or bytes exchanged. */
const damage = fc.record({
  kind: fc.constantFrom('cut', 'double', 'move', 'bytes'),
  from: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(200),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
});
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

function damaged(report: Uint8Array, { kind, from, length, bytes }: Damage): Uint8Array {
  const start = Math.floor(from * report.length);
  const [before, piece, after] = [
    report.subarray(0, start),
    report.subarray(start, start + length),
    report.subarray(start + length),
  ];
  if (kind === 'cut') return Buffer.concat([before, after]);
  if (kind === 'double') return Buffer.concat([before, piece, piece, after]);
  if (kind === 'move') return Buffer.concat([piece, before, after]);
  return Buffer.concat([before, bytes, report.subarray(start + bytes.length)]);
}

async function problemsOf(report: Uint8Array, source: Source | undefined): Promise<readonly unknown[]> {
  const problems: unknown[] = [];
  const options = { sources, context: sourceContext, ...(source === undefined ? {} : { source }) };
  for await (const item of readEvents([report], options)) {
    if ('event' in item) problems.push(...eventProblems(item.event));
    // A source that threw is a fault of ours.
    else if (/^the source \S+ failed/u.test(item.rejected)) problems.push(item.rejected);
  }
  return problems;
}

describe.each(sources.map((source) => [source.id, source] as const))('%s', (_, source) => {
  test('a damaged report gives valid events and clear rejections, and never an error', async () => {
    const reports = fixturesOf(source);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(reports.length - 1),
        fc.array(damage, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        async (which, damages, isNamed) => {
          const report = damages.reduce(damaged, reports[which] ?? new Uint8Array());
          expect(await problemsOf(report, isNamed ? source : undefined)).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('whatever JSON may be is judged and read without an error', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 3 }), (record, around) => {
        const score = source.recognise({ format: 'json', first: record });
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
        const document = typeof around === 'object' && around !== null ? { document: { ...around } } : {};
        const found = source.map(record, { ...sourceContext, ...document });
        expect(isRejection(found) ? [] : found.flatMap(eventProblems)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
