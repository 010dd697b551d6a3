import { dictOf, isDict, textOf } from '../../../lib/guards.ts';
import type { Sample, Source } from '../../../ports/source.ts';
import { map } from './map.ts';

/** The audit log of a Notion workspace: events as its streams send them, as a list, or one a line. */
export const source: Source = {
  id: 'notion',
  title: 'Notion audit log',
  recognise,
  shapes: [{ format: 'array', path: [] }, { format: 'lines' }, { format: 'document' }],
  map,
};

function recognise(sample: Sample): number {
  if (sample.format === 'csv') return 0;
  const first = Array.isArray(sample.first) ? sample.first[0] : sample.first;
  if (!isDict(first)) return 0;
  const event = dictOf(first.event) ?? first;
  const isTyped = /^[a-z_]+(?:\.[a-z_]+)+$/u.test(textOf(event.type)?.slice(0, 150) ?? '');
  const isActor = dictOf(event.actor)?.object === 'user';
  return isTyped && isActor && 'workspace_id' in event ? 0.95 : 0;
}
