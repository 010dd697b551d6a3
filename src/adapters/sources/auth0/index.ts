import { dictOf, isDict, textOf } from '../../../lib/guards.ts';
import type { Sample, Source } from '../../../ports/source.ts';
import { map } from './map.ts';

/** Tenant logs of Auth0: log streams, the answer of its interface, lists, or one a line. */
export const source: Source = {
  id: 'auth0',
  title: 'Auth0 tenant logs',
  recognise,
  shapes: [{ format: 'array', path: [] }, { format: 'lines' }, { format: 'document' }],
  map,
};

function recognise(sample: Sample): number {
  if (sample.format === 'csv') return 0;
  const first = Array.isArray(sample.first) ? sample.first[0] : sample.first;
  if (!isDict(first)) return 0;
  const log = dictOf(first.data) ?? first;
  if (!/^[a-z\d_]{1,40}$/u.test(textOf(log.type) ?? '') || textOf(log.date) === undefined) return 0;
  const typical = [
    'log_id',
    'client_id',
    'tenant_name',
    'connection_id',
    'user_agent',
    'details',
    'hostname',
  ];
  const found = typical.filter((name) => name in log).length;
  return found >= 3 ? 0.9 : 0;
}
