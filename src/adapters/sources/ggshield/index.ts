import { dictOf, isDict, listOf, textOf } from '../../../lib/guards.ts';
import type { Sample, Source } from '../../../ports/source.ts';
import { map } from './map.ts';

/** What `ggshield secret scan … --json` writes: a scan, or a range of them. */
export const source: Source = {
  id: 'ggshield',
  title: 'ggshield (GitGuardian)',
  recognise,
  // A scan of a folder has one scan for all its files: they are read one by one.
  shapes: [
    { format: 'array', path: ['scans'] },
    { format: 'array', path: ['entities_with_incidents'], context: ['id', 'type', 'extra_info'] },
    { format: 'document' },
  ],
  map,
};

function recognise(sample: Sample): number {
  const { first } = sample;
  if (!isDict(first)) return 0;
  return isScan(first) || isScan(dictOf(listOf(first.scans)[0])) ? 0.95 : 0;
}

function isScan(value: unknown): boolean {
  if (!isDict(value) || textOf(value.id) === undefined || textOf(value.type) === undefined) return false;
  return Array.isArray(value.entities_with_incidents) || typeof value.total_incidents === 'number';
}
