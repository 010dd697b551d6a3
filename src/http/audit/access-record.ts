import type { Context } from 'hono';
import type { AccessNote } from '../../access/access-note.ts';
import { createDenials, type Denial } from '../../access/denials.ts';
import { clientAddress } from '../hardening/client-address.ts';
import type { HttpParts } from '../http-parts.ts';
import { noteAccess } from './note-access.ts';

/** Records decisions about access from the doors. */
export type AccessRecord = {
  /** Where a request comes from, as far as it is known. */
  address(c: Context): string | undefined;
  /** Before the answer leaves: what nobody hears of has not happened. */
  note(c: Context, note: Omit<AccessNote, 'address'>): Promise<void>;
  /** The first of its kind within a minute at once; the others are counted. */
  refused(c: Context, denial: Omit<Denial, 'address'>): Promise<void>;
  /** What was counted until now and is over. */
  settle(): Promise<void>;
};

export function createAccessRecord({
  parts,
  config,
  log,
}: Pick<HttpParts, 'parts' | 'config' | 'log'>): AccessRecord {
  const { store, clock } = parts;
  const denials = createDenials();
  const address = (c: Context) => clientAddress(c, config.http.trustedProxies ?? []);
  const write = (notes: readonly AccessNote[]): Promise<void> =>
    notes.length === 0 ? Promise.resolve() : store.transaction((tx) => noteAccess(tx, clock.now(), notes));
  return {
    address,
    note: (c, note) => write([{ ...note, address: address(c) }]),
    refused: async (c, denial) => {
      try {
        await write(denials.note({ ...denial, address: address(c) }, clock.now()));
      } catch (error) {
        // The refusal stands all the same, and is what the caller hears.
        log.error({ error, what: denial.what }, 'a refusal could not be recorded');
      }
    },
    settle: () => write(denials.flush(clock.now())),
  };
}
