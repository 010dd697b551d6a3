import { dictOf, isDict, listOf } from '../../../lib/guards.ts';
import type { Sample, Source } from '../../../ports/source.ts';
import { map } from './map.ts';
import { isSurelyTrailRecord, unwrap } from './schema.ts';
import { webhook } from './verify.ts';

/** AWS CloudTrail: files of a trail, lists, lines, events by EventBridge and notifications by SNS. */
export const source: Source = {
  id: 'cloudtrail',
  title: 'AWS CloudTrail',
  recognise,
  shapes: [
    { format: 'array', path: [] },
    { format: 'array', path: ['Records'] },
    { format: 'document' },
    { format: 'lines' },
  ],
  map,
  webhook,
  masked: [
    '**.accessKeyId',
    '**.secretAccessKey',
    '**.sessionToken',
    '**.accessToken',
    '**.refreshToken',
    '**.idToken',
    '**.keyMaterial',
    '**.userData',
    '**.passwordData',
    '**.password',
    '**.masterUserPassword',
    '**.servicePassword',
    'tlsDetails',
  ],
};

function recognise(sample: Sample): number {
  if (sample.format === 'csv') return 0;
  const { first } = sample;
  const inFile = dictOf(first)?.Records;
  const record = unwrap(listOf(Array.isArray(first) ? first : inFile)[0] ?? first);
  return isDict(record) && isSurelyTrailRecord(record) ? 0.95 : 0;
}
