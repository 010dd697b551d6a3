import { type Kysely, sql } from 'kysely';
import { shadowOccasion } from '../../../../core/loop/rollout.ts';
import type { Coached, CoachingWrite } from '../../../../ports/store-coaching.ts';
import { recordset } from '../rows.ts';

type Db = Kysely<unknown>;

const columns = 'p text, s boolean';

function rowsOf(coached: readonly Coached[]) {
  const unique = new Map(coached.map((one) => [keyOf(one), one]));
  return [...unique.values()].map(({ person, isShadow }) => ({ p: person, s: isShadow }));
}

function keyOf({ person, isShadow }: Coached): string {
  return `${isShadow} ${person}`;
}

export async function lockCoaching(db: Db, coached: readonly Coached[]): Promise<readonly number[]> {
  if (coached.length === 0) return [];
  const rows = rowsOf(coached);
  // In one order, so that two workers never wait for each other in a ring.
  await sql`insert into coaching (person, is_shadow, last_at) select p, s, 0 from ${recordset(rows, columns)}
    order by p, s on conflict do nothing`.execute(db);
  const found = await sql<{ person: string; is_shadow: boolean; last_at: number | string }>`
    select c.* from coaching c join ${recordset(rows, columns)} on c.person = t.p and c.is_shadow = t.s
    order by c.person, c.is_shadow for update of c`.execute(db);
  const last = new Map(
    found.rows.map(({ person, is_shadow, last_at }) => [
      keyOf({ person, isShadow: is_shadow }),
      Number(last_at),
    ]),
  );
  return coached.map((one) => last.get(keyOf(one)) ?? 0);
}

export async function noteCoaching(db: Db, coached: readonly Coached[], at: number): Promise<void> {
  if (coached.length === 0) return;
  await sql`update coaching set last_at = ${at} from ${recordset(rowsOf(coached), columns)}
    where person = t.p and is_shadow = t.s`.execute(db);
}

/** How much later than the first the last one of them is due, milliseconds: enough to keep their order. */
const spreadMs = 1_000;

export async function postponeCoaching(
  db: Db,
  late: Parameters<CoachingWrite['postponeCoaching']>[0],
): Promise<void> {
  if (late.length === 0) return;
  const rows = late.map(({ person, isShadow, lane, lastAt, dueAt }) => ({
    p: person,
    s: isShadow,
    l: lane,
    a: lastAt,
    d: dueAt,
  }));
  await sql`update wants set
      due_at = t.d + greatest(0, ${spreadMs}::bigint * (due_at - t.a) / greatest(1, t.d - t.a))::bigint
    from ${recordset(rows, 'p text, s boolean, l smallint, a bigint, d bigint')}
    where recipient_kind = 'person' and recipient_id = t.p and lane = t.l and is_coaching and message_id is null
      and (occasion like ${`%${shadowOccasion('')}`}) = t.s and due_at < t.d`.execute(db);
}
