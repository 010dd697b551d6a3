import { dictOf, firstListed, isDict, textOf } from '../../../lib/guards.ts';
import type { Sample, Source } from '../../../ports/source.ts';
import { map } from './map.ts';

/** The activity feed of an organisation at Anthropic: the answer of the Compliance API, a list, or one a line. */
export const source: Source = {
  id: 'anthropic',
  title: 'Anthropic activity feed',
  recognise,
  shapes: [
    { format: 'array', path: ['data'] },
    { format: 'array', path: [] },
    { format: 'lines' },
    { format: 'document' },
  ],
  map,
};

function recognise(sample: Sample): number {
  if (sample.format === 'csv') return 0;
  const first = firstListed(sample.first, 'data');
  if (!isDict(first)) return 0;
  const isActor = /_actor$/u.test(textOf(dictOf(first.actor)?.type)?.slice(0, 100) ?? '');
  const isTyped = textOf(first.type) !== undefined && textOf(first.created_at) !== undefined;
  if (!isActor || !isTyped) return 0;
  return 'organization_id' in first || 'organization_uuid' in first ? 0.95 : 0.7;
}
