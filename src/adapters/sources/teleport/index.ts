import { isDict, textOf } from '../../../lib/guards.ts';
import type { Sample, Source } from '../../../ports/source.ts';
import { map } from './map.ts';

/** The audit log of Teleport: a list of events, or one a line as its event handler and its files have them. */
export const source: Source = {
  id: 'teleport',
  title: 'Teleport audit log',
  recognise,
  shapes: [{ format: 'array', path: [] }, { format: 'lines' }, { format: 'document' }],
  map,
};

function recognise(sample: Sample): number {
  if (sample.format === 'csv') return 0;
  const first = Array.isArray(sample.first) ? sample.first[0] : sample.first;
  if (!isDict(first)) return 0;
  const isEvent = /^[a-z_]+(?:\.[a-z_]+)+$/u.test(textOf(first.event)?.slice(0, 100) ?? '');
  const isCode = /^T[A-Z]*\d*[A-Z]*\d*[IWE]$/iu.test(textOf(first.code)?.slice(0, 20) ?? '');
  if (!isEvent || !isCode) return 0;
  return 'uid' in first || 'cluster_name' in first || 'ei' in first ? 0.95 : 0.6;
}
