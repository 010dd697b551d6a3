import { keyedHash } from '../../src/lib/hmac.ts';
import type { MapContext } from '../../src/ports/source.ts';

const keyed = keyedHash(Buffer.from('a key for tests, used nowhere else'));

/** A context whose keys and time never change, so that what a source makes of a file can be written down. */
export const sourceContext: MapContext = {
  receivedAt: Date.UTC(2024, 5, 1, 12),
  fingerprint: (kind, parts) => [{ kind, keyId: 'test', value: keyed(['fingerprint', kind, ...parts]) }],
  eventId: (parts) => keyed(['event', ...parts]),
};
