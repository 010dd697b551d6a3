import { dictOf, isDict, textOf } from '../../../lib/guards.ts';
import type { Sample, Source } from '../../../ports/source.ts';
import { map } from './map.ts';

/** The audit log of a Slack organisation: the answer of its interface, a list, or one entry a line. */
export const source: Source = {
  id: 'slack-audit',
  title: 'Slack audit log',
  recognise,
  shapes: [
    { format: 'array', path: ['entries'] },
    { format: 'array', path: [] },
    { format: 'lines' },
    { format: 'document' },
  ],
  map,
};

function recognise(sample: Sample): number {
  if (sample.format === 'csv') return 0;
  const listed = dictOf(sample.first)?.entries;
  if (Array.isArray(listed) && listed.length === 0)
    return isDict(dictOf(sample.first)?.response_metadata) ? 0.6 : 0;
  const list = Array.isArray(listed) ? listed : sample.first;
  const first = Array.isArray(list) ? list[0] : list;
  if (!isDict(first) || textOf(first.action) === undefined) return 0;
  const actor = dictOf(first.actor);
  const place = dictOf(first.context);
  const isActor = isDict(actor?.user) || isDict(actor?.app);
  const isPlace = place !== undefined && ('ua' in place || 'ip_address' in place || isDict(place.location));
  return isActor && isPlace ? 0.95 : 0;
}
