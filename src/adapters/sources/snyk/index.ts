import { dictOf, isDict, textOf } from '../../../lib/guards.ts';
import type { Sample, Source } from '../../../ports/source.ts';
import { map } from './map.ts';

/** Audit logs of Snyk groups and organisations: the answer of its interface, a list, or one a line. */
export const source: Source = {
  id: 'snyk',
  title: 'Snyk audit log',
  recognise,
  shapes: [
    { format: 'array', path: ['data', 'items'] },
    { format: 'array', path: [] },
    { format: 'lines' },
    { format: 'document' },
  ],
  map,
};

function recognise(sample: Sample): number {
  if (sample.format === 'csv') return 0;
  const listed = dictOf(dictOf(sample.first)?.data)?.items;
  const list = Array.isArray(listed) ? listed : sample.first;
  const first = Array.isArray(list) ? list[0] : list;
  if (!isDict(first)) return 0;
  const isNamed = /^(?:org|group|user|api)\.[a-z_.]{1,80}$/u.test(textOf(first.event) ?? '');
  const isPlaced = ['groupId', 'orgId', 'group_id', 'org_id'].some((name) => name in first);
  return isNamed && isPlaced && textOf(first.created) !== undefined ? 0.95 : 0;
}
