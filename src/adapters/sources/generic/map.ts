import { isDict } from '../../../lib/guards.ts';
import type { MapContext, Source } from '../../../ports/source.ts';
import { type CloudEvent, isCloudEvent, readBinary, readStructured } from './cloud-event.ts';
import { mapPlainCloudEvent } from './map-cloud-event.ts';
import { isOcsf, mapOcsf } from './map-ocsf.ts';

export const map: Source['map'] = (record, context) => {
  if (context.headers?.['ce-specversion'] !== undefined)
    return mapEnvelope(readBinary(context.headers, record), context);
  if (!isDict(record)) return { rejected: 'an event is an object' };
  if (isCloudEvent(record)) return mapEnvelope(readStructured(record), context);
  if ('class_uid' in record) return mapOcsf(record, context);
  return { rejected: 'neither specversion (CloudEvents) nor class_uid (OCSF) is there' };
};

function mapEnvelope(event: CloudEvent | { readonly rejected: string }, context: MapContext) {
  if ('rejected' in event) return event;
  if (isDict(event.data) && isOcsf(event.data)) return mapOcsf(event.data, context, event);
  return [mapPlainCloudEvent(event, context)];
}
