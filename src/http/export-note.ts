import { z } from 'zod';
import type { Principal } from '../access/principal.ts';
import type { Json } from '../core/event.ts';
import { noteAccess } from './audit/note-access.ts';
import type { Room } from './room.ts';

/** Why somebody takes a report out of the house. It is kept with who and when. */
export const purposeQuery = z
  .string()
  .trim()
  .min(3)
  .max(500)
  .default('not stated')
  .describe('Why it is exported; kept with who exported it and when.');

/** Notes that a report leaves, before it does: beside its purpose, and in the chain of the audit. */
export async function noteExport(
  { given }: Room,
  caller: Principal,
  report: string,
  purpose: string,
  about: { readonly [member: string]: Json },
): Promise<void> {
  const { store, clock, randomId } = given.parts;
  const row = { id: randomId(), at: clock.now(), byId: caller.id, byName: caller.name, report, purpose };
  await store.transaction(async (tx) => {
    await tx.recordExport({ ...row, about });
    // Ids only: the purpose is a text that somebody typed.
    const body = { export: row.id, report };
    await noteAccess(tx, row.at, [{ kind: 'access.report-exported', by: caller.id, body }]);
  });
}
