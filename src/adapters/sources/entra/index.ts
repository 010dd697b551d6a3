import type { RecordShape, Sample, Source } from '../../../ports/source.ts';
import { map } from './map.ts';
import { likeness } from './read.ts';

/** Sign-ins and changes of Microsoft Entra ID, and the activity log of Azure. */
export const source: Source = {
  id: 'entra',
  title: 'Microsoft Entra ID and Azure activity',
  recognise,
  shapes: [
    { format: 'array', path: ['records'] },
    { format: 'array', path: ['value'], follows: ['@odata.context'] },
    { format: 'array', path: [] },
    { format: 'lines' },
    { format: 'document' },
  ] satisfies readonly RecordShape[],
  map,
  masked: ['identity.claims', 'authorization.evidence'],
};

function recognise(sample: Sample): number {
  if (sample.format === 'csv') return 0;
  return likeness(Array.isArray(sample.first) ? sample.first[0] : sample.first);
}
