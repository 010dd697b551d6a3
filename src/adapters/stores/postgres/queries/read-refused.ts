import { type Kysely, sql } from 'kysely';
import type { Json } from '../../../../core/event.ts';
import type { Principal } from '../../../../ports/principal.ts';
import type { RefusedReplyRow } from '../../../../ports/store.ts';
import { idOf } from '../rows.ts';

/** Answers that were not taken, the latest first. They belong to no team: whoever sees everything sees them. */
export async function refusedReplies(
  db: Kysely<unknown>,
  principal: Principal,
  limit: number,
): Promise<readonly RefusedReplyRow[]> {
  if (principal.teams !== 'all') return [];
  const found = await sql<{ id: string; at: number; reason: string; body: Json }>`
    select id, at, reason, body from refused_replies order by at desc, id limit ${limit}`.execute(db);
  return found.rows.map(({ id, at, reason, body }) => ({ id: idOf(id), at: Number(at), reason, body }));
}
