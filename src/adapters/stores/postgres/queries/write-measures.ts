import { type Kysely, sql } from 'kysely';
import type { ExitRow } from '../../../../ports/store.ts';
import { recordset } from '../rows.ts';

type Db = Kysely<unknown>;

export async function addExits(db: Db, exits: readonly ExitRow[]): Promise<void> {
  if (exits.length === 0) return;
  await sql`insert into unit_exits (unit, at, reason)
    select unit, at, reason from ${recordset(exits, 'unit uuid, at bigint, reason text')}
    order by unit, at, reason on conflict do nothing`.execute(db);
}

export async function closeMonths(db: Db, after: string, through: string, at: number): Promise<void> {
  await sql`insert into closed_months (behaviour, month, team, failures, opportunities, closed_at)
    select behaviour, month, team, sum(x), sum(n), ${at} from (
      select behaviour, month, team, count(*) as x, 0 as n from outcomes where is_counted group by 1, 2, 3
      union all select behaviour, month, scope, 0, sum(n) from opportunities group by 1, 2, 3) months
    where month > ${after} and month <= ${through} group by 1, 2, 3 on conflict do nothing`.execute(db);
}
