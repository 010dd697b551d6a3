import type { Sample, Source } from '../../../ports/source.ts';
import { isCloudEvent } from './cloud-event.ts';
import { map } from './map.ts';
import { isOcsf } from './map-ocsf.ts';

/** CloudEvents 1.0 and OCSF Detection Findings: single, as a list, or one a line. */
export const source: Source = {
  id: 'generic',
  title: 'CloudEvents and OCSF',
  recognise,
  shapes: [{ format: 'array', path: [] }, { format: 'document' }, { format: 'lines' }],
  map,
};

function recognise(sample: Sample): number {
  const first = Array.isArray(sample.first) ? sample.first[0] : sample.first;
  return isCloudEvent(first) || isOcsf(first) ? 0.9 : 0;
}
