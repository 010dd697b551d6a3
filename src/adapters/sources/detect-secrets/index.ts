import { isDict, listOf } from '../../../lib/guards.ts';
import type { Sample, Source } from '../../../ports/source.ts';
import { map } from './map.ts';
import { isFinding } from './schema.ts';

/** Baselines and reports of detect-secrets 0.x and 1.x, audited or not. */
export const source: Source = {
  id: 'detect-secrets',
  title: 'detect-secrets',
  recognise,
  // The version stands before the results since 1.0, after them before that.
  shapes: [{ format: 'array', path: ['results', '*'], context: ['*', 'version'] }],
  map,
};

function recognise(sample: Sample): number {
  const { first } = sample;
  if (!isDict(first) || !isDict(first.results)) return 0;
  if (Array.isArray(first.plugins_used)) return 0.95;
  return Object.values(first.results).some((list) => isFinding(listOf(list)[0])) ? 0.95 : 0;
}
