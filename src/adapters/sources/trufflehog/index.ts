import { isDict } from '../../../lib/guards.ts';
import type { Sample, Source } from '../../../ports/source.ts';
import { map } from './map.ts';
import { isVersion2, isVersion3 } from './schema.ts';

/** Results of TruffleHog 2 and 3, one JSON value a line or as one list. */
export const source: Source = {
  id: 'trufflehog',
  title: 'TruffleHog',
  recognise,
  shapes: [{ format: 'array', path: [] }, { format: 'lines' }],
  map,
};

function recognise(sample: Sample): number {
  const first = Array.isArray(sample.first) ? sample.first[0] : sample.first;
  if (isVersion3(first) || isVersion2(first)) return 0.95;
  // Its own log may come before the first result.
  return isDict(first) && first.logger === 'trufflehog' ? 0.7 : 0;
}
