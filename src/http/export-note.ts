import { z } from 'zod';
import type { Principal } from '../access/principal.ts';
import type { Json } from '../core/event.ts';
import type { Room } from './room.ts';

/** Why somebody takes a report out of the house. It is kept with who and when. */
export const purposeQuery = z
  .string()
  .trim()
  .min(3)
  .max(500)
  .default('not stated')
  .describe('Why it is exported; kept with who exported it and when.');

/** Notes that a report leaves, before it does. */
export async function noteExport(
  { given }: Room,
  caller: Principal,
  report: string,
  purpose: string,
  about: { readonly [member: string]: Json },
): Promise<void> {
  const { store, clock, randomId } = given.parts;
  const row = { id: randomId(), at: clock.now(), byId: caller.id, byName: caller.name, report, purpose };
  await store.transaction((tx) => tx.recordExport({ ...row, about }));
}
