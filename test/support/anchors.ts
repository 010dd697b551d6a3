import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const folder = join(
  process.env.FOLDBACK_STANDARDS ?? join(import.meta.dirname, '../../../shared/standards'),
  'anchors',
);

/** Why the anchors cannot be read, or undefined where they can. */
export const anchorsAbsent = existsSync(join(folder, 'anchors.json'))
  ? undefined
  : `no anchors in ${folder}: set FOLDBACK_STANDARDS`;

const anchorSchema = z.looseObject({
  id: z.string(),
  input: z.unknown().optional(),
  expected: z.unknown(),
  relTol: z.number().optional(),
});
export type Anchor = z.infer<typeof anchorSchema>;

/** The anchors of methods that are in use; those planned for later are left out. */
export function readAnchors(): readonly Anchor[] {
  if (anchorsAbsent !== undefined) return [];
  const { anchors } = z.looseObject({ anchors: z.array(anchorSchema) }).parse(readJson('anchors'));
  return anchors.filter(({ id }) => !id.startsWith('later.'));
}

const tableSchema = z.looseObject({ columns: z.record(z.string(), z.array(z.unknown())) });

/** The rows of a data set, by the names of its columns. */
export function readRows<Row>(name: string, row: z.ZodType<Row>): readonly Row[] {
  const { columns } = tableSchema.parse(readJson(name));
  const names = Object.keys(columns);
  const length = columns[names[0] ?? '']?.length ?? 0;
  return Array.from({ length }, (_, at) =>
    row.parse(Object.fromEntries(names.map((column) => [column, columns[column]?.[at]]))),
  );
}

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
}

/** Where two values differ: numbers by a relative tolerance, null is null, "Infinity" is infinite. */
export function differences(found: unknown, expected: unknown, relTol: number, path = ''): readonly string[] {
  if (Array.isArray(expected)) {
    if (!Array.isArray(found) || found.length !== expected.length)
      return [`${path}: not ${expected.length} entries`];
    return expected.flatMap((value, at) => differences(found[at], value, relTol, `${path}[${at}]`));
  }
  if (typeof expected === 'object' && expected !== null) {
    const own = new Map(typeof found === 'object' && found !== null ? Object.entries(found) : []);
    return Object.entries(expected).flatMap(([key, value]) =>
      differences(own.get(key), value, relTol, `${path}.${key}`),
    );
  }
  const wanted = expected === 'Infinity' ? Number.POSITIVE_INFINITY : expected;
  if (typeof wanted !== 'number' || typeof found !== 'number' || !Number.isFinite(wanted)) {
    return found === wanted ? [] : [`${path}: ${String(found)}, not ${String(wanted)}`];
  }
  const most = wanted === 0 ? 1e-12 : Math.abs(wanted) * relTol;
  return Math.abs(found - wanted) <= most ? [] : [`${path}: ${found}, not ${wanted}`];
}
