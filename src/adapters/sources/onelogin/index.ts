import { firstListed, isDict } from '../../../lib/guards.ts';
import type { Sample, Source } from '../../../ports/source.ts';
import { map } from './map.ts';

/** Events of OneLogin: its webhook, the answer of its interface, a list, or one a line. */
export const source: Source = {
  id: 'onelogin',
  title: 'OneLogin events',
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
  if (!isDict(first) || !('event_type_id' in first)) return 0;
  return 'actor_user_id' in first || 'actor_user_name' in first || 'user_id' in first ? 0.95 : 0;
}
