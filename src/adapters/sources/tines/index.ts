import { dictOf, isDict, textOf } from '../../../lib/guards.ts';
import type { Sample, Source } from '../../../ports/source.ts';
import { map } from './map.ts';

/** The audit log of Tines: the answer of its interface, a list, or one entry a line. */
export const source: Source = {
  id: 'tines',
  title: 'Tines audit log',
  recognise,
  shapes: [
    { format: 'array', path: ['audit_logs'] },
    { format: 'array', path: [] },
    { format: 'lines' },
    { format: 'document' },
  ],
  map,
};

function recognise(sample: Sample): number {
  if (sample.format === 'csv') return 0;
  const listed = dictOf(sample.first)?.audit_logs;
  if (Array.isArray(listed) && listed.length === 0) return isDict(dictOf(sample.first)?.meta) ? 0.6 : 0;
  const list = Array.isArray(listed) ? listed : sample.first;
  const first = Array.isArray(list) ? list[0] : list;
  if (!isDict(first) || textOf(first.operation_name) === undefined) return 0;
  const typical = ['tenant_id', 'request_ip', 'request_user_agent', 'user_email', 'created_at'];
  const found = typical.filter((name) => name in first).length;
  return found >= 4 ? 0.95 : found >= 3 ? 0.6 : 0;
}
