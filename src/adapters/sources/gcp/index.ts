import { dictOf, listOf } from '../../../lib/guards.ts';
import type { Sample, Source } from '../../../ports/source.ts';
import { map } from './map.ts';
import { likeness } from './schema.ts';

/** Cloud Audit Logs of Google Cloud: log entries, as lists and lines, and as messages of Pub/Sub. */
export const source: Source = {
  id: 'gcp',
  title: 'Google Cloud audit logs',
  recognise,
  shapes: [
    { format: 'array', path: [] },
    { format: 'array', path: ['entries'] },
    { format: 'document' },
    { format: 'lines' },
  ],
  map,
  masked: [
    '**.privateKeyData',
    '**.private_key_data',
    '**.signedJwt',
    '**.signed_jwt',
    '**.signedBlob',
    '**.signed_blob',
    '**.payload',
    '**.bytesToSign',
    '**.bytes_to_sign',
    '**.keyString',
    '**.key_string',
    '**.accessToken',
    '**.access_token',
    '**.idToken',
    '**.id_token',
    '**.secret',
    '**.password',
  ],
};

function recognise(sample: Sample): number {
  if (sample.format === 'csv') return 0;
  const { first } = sample;
  const listed = listOf(Array.isArray(first) ? first : dictOf(first)?.entries)[0];
  return likeness(listed ?? first);
}
