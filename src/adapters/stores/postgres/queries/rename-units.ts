import { type Kysely, sql } from 'kysely';
import type { UnitName } from '../../../../ports/store.ts';
import { idOf, recordset } from '../rows.ts';

type Db = Kysely<unknown>;

export async function unitNames(db: Db): Promise<readonly string[]> {
  const found = await sql<{ unit: string }>`select habit as unit from loops where habit is not null
    union select unit from outcomes where unit is not null union select unit from unit_exits
    union select habit from experiment_units where habit is not null order by 1`.execute(db);
  return found.rows.map(({ unit }) => idOf(unit));
}

export async function renameUnits(db: Db, names: readonly UnitName[]): Promise<void> {
  if (names.length === 0) return;
  const given = recordset(names, 'old uuid, name uuid');
  await sql`update loops set habit = t.name from ${given} where habit = t.old`.execute(db);
  await sql`update outcomes set unit = t.name from ${given} where unit = t.old`.execute(db);
  await sql`update unit_exits set unit = t.name from ${given} where unit = t.old`.execute(db);
  await sql`update experiment_units set habit = t.name from ${given} where habit = t.old`.execute(db);
}
