import type { Source } from '../../../ports/source.ts';
import { map } from './map.ts';
import { pull } from './pull-settings.ts';
import { receiver } from './receiver.ts';
import { securityEventOf } from './schema.ts';

/** Shared Signals: what identity providers tell of accounts, credentials and sessions (CAEP, RISC). */
export const source: Source = {
  id: 'ssf',
  title: 'Shared Signals (CAEP, RISC)',
  recognise: ({ format, first }) => {
    if (format !== 'json' && format !== 'lines') return 0;
    const one: unknown = Array.isArray(first) ? first[0] : first;
    return securityEventOf(one) === undefined ? 0 : 0.95;
  },
  shapes: [{ format: 'array', path: [] }, { format: 'document' }, { format: 'lines' }],
  map,
  receiver,
  pull,
};
