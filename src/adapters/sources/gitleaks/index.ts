import { dictOf, isDict, listOf, scalarText } from '../../../lib/guards.ts';
import type { Sample, Source } from '../../../ports/source.ts';
import { map } from './map.ts';
import { isVersion7, isVersion8, sarifTool } from './schema.ts';

/** Findings of gitleaks 7 and 8: JSON, CSV and SARIF. */
export const source: Source = {
  id: 'gitleaks',
  title: 'gitleaks',
  recognise,
  shapes: [
    { format: 'array', path: [] },
    { format: 'array', path: ['runs', '*', 'results'], context: ['tool', 'versionControlProvenance'] },
    { format: 'lines' },
    { format: 'csv', header: ['RuleID', 'Commit', 'File', 'StartLine'] },
  ],
  map,
};

function recognise(sample: Sample): number {
  if (sample.format === 'csv') {
    return ['RuleID', 'Commit', 'File', 'StartLine'].every((name) => sample.header?.includes(name))
      ? 0.95
      : 0;
  }
  const first = Array.isArray(sample.first) ? sample.first[0] : sample.first;
  if (isVersion8(first)) return 0.95;
  if (isVersion7(first)) return 0.95;
  return isDict(first) ? recogniseSarif(first.runs, first) : 0;
}

function recogniseSarif(runs: unknown, document: { readonly [key: string]: unknown }): number {
  const tools = listOf(runs).map((run) => dictOf(run)?.tool);
  if (tools.some((tool) => sarifTool(tool) !== undefined)) return 0.95;
  // A report without runs names no tool; it holds no finding whoever wrote it.
  return Array.isArray(runs) && runs.length === 0 && scalarText(document.$schema).includes('sarif') ? 0.6 : 0;
}
