import type { Sample, Source } from '../../../ports/source.ts';
import { map } from './map.ts';
import { likeness } from './schema.ts';

/** HashiCorp Vault, and OpenBao: what an audit device writes, in lines, also indented ones. */
export const source: Source = {
  id: 'vault',
  title: 'HashiCorp Vault',
  recognise,
  shapes: [{ format: 'array', path: [] }, { format: 'document' }, { format: 'lines' }],
  map,
  masked: [
    'auth.client_token',
    'auth.accessor',
    'request.client_token',
    'request.client_token_accessor',
    'request.headers',
    'response.data',
    'response.secret',
    'response.wrap_info',
    'response.auth.client_token',
    'response.auth.accessor',
  ],
};

function recognise(sample: Sample): number {
  if (sample.format === 'csv') return 0;
  return likeness(Array.isArray(sample.first) ? sample.first[0] : sample.first);
}
