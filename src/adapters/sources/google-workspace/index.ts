import { dictOf, firstListed, isDict, listOf, textOf } from '../../../lib/guards.ts';
import type { Sample, Source } from '../../../ports/source.ts';
import { map } from './map.ts';

/** Activities of Google Workspace: the answer of the Reports API, its push messages, lists, or one a line. */
export const source: Source = {
  id: 'google-workspace',
  title: 'Google Workspace activities',
  recognise,
  shapes: [
    { format: 'array', path: ['items'] },
    { format: 'array', path: [] },
    { format: 'lines' },
    { format: 'document' },
  ],
  map,
};

function recognise(sample: Sample): number {
  if (sample.format === 'csv') return 0;
  const first = firstListed(sample.first, 'items');
  if (!isDict(first) || textOf(dictOf(first.id)?.applicationName) === undefined) return 0;
  if (first.kind === 'admin#reports#activity') return 0.95;
  // Some collectors take the events of an activity apart.
  const isTaken = textOf(first.name) !== undefined || textOf(first.type) !== undefined;
  return isTaken || isDict(listOf(first.events)[0]) ? 0.9 : 0;
}
