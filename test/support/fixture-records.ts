import { readdirSync, readFileSync } from 'node:fs';
import { fitsSample, peekRecords } from '../../src/lib/records/peek-records.ts';
import type { Source } from '../../src/ports/source.ts';

export type FixtureRecord = {
  readonly fixture: string;
  readonly record: unknown;
  readonly document: Readonly<Record<string, unknown>> | undefined;
};

/** The reports in the folder of a source, as bytes. */
export function fixturesOf(source: Source): readonly { readonly name: string; readonly bytes: Buffer }[] {
  const folder = new URL(`../../src/adapters/sources/${source.id}/fixtures/`, import.meta.url);
  return readdirSync(folder)
    .filter((name) => !name.endsWith('.expected.json'))
    .map((name) => ({ name, bytes: readFileSync(new URL(name, folder)) }));
}

/** The records of these reports, cut as the source has them. */
export async function recordsOf(source: Source): Promise<readonly FixtureRecord[]> {
  const records: FixtureRecord[] = [];
  for (const { name, bytes } of fixturesOf(source)) {
    const peeked = await peekRecords([bytes]);
    const shape = source.shapes.find((candidate) => fitsSample(candidate, peeked.sample));
    if (shape === undefined) continue;
    for await (const batch of peeked.records(shape)) {
      for (const item of batch)
        if (item.kind === 'record')
          records.push({ fixture: name, record: item.value, document: item.context });
    }
  }
  return records;
}
