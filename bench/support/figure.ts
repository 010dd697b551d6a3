/** What a bench found. `limit` and `foldback` are in `unit`; `ratio` is Foldback's share of the limit. */
export type Figure = {
  readonly ratio: number;
  readonly limit: number;
  readonly foldback: number;
  readonly unit: string;
};

export function figure(limit: number, foldback: number, unit: string): Figure {
  return { ratio: rounded(foldback / limit), limit: rounded(limit), foldback: rounded(foldback), unit };
}

/** Three significant digits: more would be noise. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

/** A size from the environment, so that a bench can be tried small. */
export function size(name: string, usual: number): number {
  const given = Number(process.env[name] ?? usual);
  if (!Number.isInteger(given) || given < 1) throw new Error(`${name} must be a whole number from 1 on`);
  return given;
}

export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function rssMb(): number {
  return Math.round(process.memoryUsage().rss / 1_048_576);
}

/** The value below which the share `p` of the values lies (nearest rank). */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))] ?? 0;
}
