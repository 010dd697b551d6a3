import { dictOf, isDict, textOf } from '../../../lib/guards.ts';
import type { Sample, Source } from '../../../ports/source.ts';
import { map } from './map.ts';

/** The administrator and authentication logs of Duo: the answers of its Admin API, lists, or one entry a line. */
export const source: Source = {
  id: 'duo',
  title: 'Duo logs',
  recognise,
  shapes: [
    { format: 'array', path: ['response', 'authlogs'] },
    { format: 'array', path: ['response'] },
    { format: 'array', path: [] },
    { format: 'lines' },
    { format: 'document' },
  ],
  map,
};

function recognise(sample: Sample): number {
  if (sample.format === 'csv') return 0;
  const response = dictOf(sample.first)?.response;
  const listed = dictOf(response)?.authlogs ?? response;
  const isAnswer = textOf(dictOf(sample.first)?.stat) !== undefined;
  if (isAnswer && Array.isArray(listed) && listed.length === 0) return 0.6;
  const list = isAnswer && Array.isArray(listed) ? listed : sample.first;
  const first = Array.isArray(list) ? list[0] : list;
  if (!isDict(first)) return 0;
  const isAdministrator =
    textOf(first.action) !== undefined && textOf(first.username) !== undefined && 'isotimestamp' in first;
  const isLogin =
    isDict(first.access_device) && textOf(first.factor) !== undefined && isDict(first.application);
  return isAdministrator || isLogin ? 0.9 : 0;
}
