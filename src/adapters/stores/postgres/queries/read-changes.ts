import { type Kysely, sql } from 'kysely';
import type { Principal } from '../../../../ports/principal.ts';

/** The ends of three indexes and nothing else, however much is stored. */
export async function changeMark(db: Kysely<unknown>, _principal: Principal): Promise<string> {
  const found = await sql<{ mark: string }>`select concat_ws('.',
      (select max(n) from checkpoints),
      (select last_occurred_at from loops where not is_stub order by last_occurred_at desc, id limit 1),
      (select created_at from messages order by created_at desc, id limit 1),
      (select max(asked_at) from policy_exceptions)
    ) as mark`.execute(db);
  return found.rows[0]?.mark ?? '';
}
