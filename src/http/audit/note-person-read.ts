import type { Principal } from '../../access/principal.ts';
import type { Person } from '../../core/owner.ts';
import type { Room } from '../room.ts';
import { noteAccess } from './note-access.ts';

/** Looks of one caller at one person within this time are one look: a screen asks again by itself. */
const sameLookMs = 3_600_000;
const looksMax = 10_000;

export type PersonReads = {
  /** Notes that somebody reads what is known of one person, before they do. */
  note(caller: Principal, person: Person, purpose: string): Promise<void>;
};

/** Who it was stands beside the purpose, where it can be erased; the chain has the id of the entry alone. */
export function openPersonReads({ given }: Pick<Room, 'given'>): PersonReads {
  const { store, clock, randomId, idOf } = given.parts;
  const looks = new Map<string, number>();
  return {
    note: async (caller, person, purpose) => {
      const at = clock.now();
      const look = idOf(['look', caller.id, person.id, purpose]);
      if (at - (looks.get(look) ?? Number.NEGATIVE_INFINITY) < sameLookMs) return;
      const row = {
        id: randomId(),
        at,
        byId: caller.id,
        byName: caller.name,
        report: 'person-page',
        purpose,
      };
      await store.transaction(async (tx) => {
        await tx.recordExport({ ...row, about: { person: person.id } });
        await noteAccess(tx, at, [{ kind: 'access.person-read', by: caller.id, body: { export: row.id } }]);
      });
      looks.delete(look);
      looks.set(look, at);
      const [oldest] = looks.keys();
      if (looks.size > looksMax && oldest !== undefined) looks.delete(oldest);
    },
  };
}
