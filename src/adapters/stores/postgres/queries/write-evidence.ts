import { type Kysely, sql } from 'kysely';
import type { ExportRow } from '../../../../ports/store.ts';

type Db = Kysely<unknown>;

export async function recordExport(db: Db, row: ExportRow): Promise<void> {
  await sql`insert into report_exports (id, at, by_id, by_name, report, purpose, about)
    values (${row.id}::uuid, ${row.at}, ${row.byId}, ${row.byName}, ${row.report}, ${row.purpose},
      ${JSON.stringify(row.about)}::text::json)`.execute(db);
}
