import type { RecordShape, Sample, Source } from '../../../ports/source.ts';
import { map } from './map.ts';
import { likeness } from './unwrap.ts';

/** The audit log of Kubernetes, as the API server writes it and as EKS, AKS and GKE deliver it. */
export const source: Source = {
  id: 'kubernetes',
  title: 'Kubernetes audit log',
  recognise,
  shapes: [
    { format: 'array', path: ['items'], follows: ['apiVersion', 'kind'] },
    { format: 'array', path: ['logEvents'], follows: ['messageType', 'logGroup'] },
    { format: 'array', path: ['events'] },
    { format: 'array', path: ['records'] },
    { format: 'array', path: [] },
    { format: 'lines' },
    { format: 'document' },
  ] satisfies readonly RecordShape[],
  map,
  masked: [
    'responseObject',
    'requestObject.data',
    'requestObject.stringData',
    'requestObject.status',
    'requestObject.spec.token',
    'protoPayload.response',
  ],
};

function recognise(sample: Sample): number {
  if (sample.format === 'csv') return 0;
  return likeness(Array.isArray(sample.first) ? sample.first[0] : sample.first);
}
