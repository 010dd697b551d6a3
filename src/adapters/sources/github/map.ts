import { isDict } from '../../../lib/guards.ts';
import type { Source } from '../../../ports/source.ts';
import { mapAlert, mapListedAlert, mapLocation } from './map-alert.ts';
import { mapPush } from './map-push.ts';
import { kindOf } from './schema.ts';

export const map: Source['map'] = (record, context) => {
  if (!isDict(record)) return { rejected: 'a payload is an object' };
  switch (kindOf(record, context.headers?.['x-github-event'])) {
    case 'alert':
      return mapAlert(record, context);
    case 'location':
      return mapLocation(record, context);
    case 'push':
      return mapPush(record, context);
    case 'listed-alert':
      return mapListedAlert(record, context);
    case 'other':
      return [];
  }
};
