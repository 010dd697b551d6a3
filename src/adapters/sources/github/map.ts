import { isDict } from '../../../lib/guards.ts';
import type { Source } from '../../../ports/source.ts';
import { mapAudit } from './audit/map-audit.ts';
import { auditScore } from './audit/record.ts';
import { mapDelivery } from './delivery/map-delivery.ts';
import { mapAlert, mapListedAlert, mapLocation } from './map-alert.ts';
import { mapPush } from './map-push.ts';
import { isDelivery, kindOf } from './schema.ts';

export const map: Source['map'] = (record, context) => {
  if (!isDict(record)) return { rejected: 'a payload is an object' };
  const name = context.headers?.['x-github-event'];
  switch (kindOf(record, name)) {
    case 'alert':
      return mapAlert(record, context);
    case 'location':
      return mapLocation(record, context);
    case 'push':
      return mapPush(record, context);
    case 'listed-alert':
      return mapListedAlert(record, context);
    case 'other':
      if (name !== undefined && name !== '') return mapDelivery(record, name, context);
      if (auditScore(record) > 0) return mapAudit(record, context);
      return isDelivery(record) ? mapDelivery(record, undefined, context) : [];
  }
};
