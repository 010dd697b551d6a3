import { type Kysely, sql } from 'kysely';
import type { DirectoryRow } from '../../../../ports/store.ts';

type Db = Kysely<unknown>;

/** False when another entry of this kind has the name. */
export async function saveDirectoryEntry(db: Db, row: DirectoryRow): Promise<boolean> {
  const done =
    await sql`insert into directory_entries (id, kind, name, external_id, is_active, body, created_at,
      updated_at, left_at, reported_at, deleted_at)
    select ${row.id}::uuid, ${row.kind}, ${row.name}, ${row.externalId ?? null}::text, ${row.isActive},
      ${JSON.stringify(row.body)}::text::json, ${row.createdAt}::bigint, ${row.updatedAt}::bigint,
      ${row.leftAt ?? null}::bigint, ${row.reportedAt ?? null}::bigint, ${row.deletedAt ?? null}::bigint
    where ${row.deletedAt ?? null}::bigint is not null or not exists (select 1 from directory_entries
      where kind = ${row.kind} and name = ${row.name} and deleted_at is null and id <> ${row.id}::uuid)
    on conflict (id) do update set name = excluded.name, external_id = excluded.external_id,
      is_active = excluded.is_active, body = excluded.body, updated_at = excluded.updated_at,
      left_at = excluded.left_at, reported_at = excluded.reported_at, deleted_at = excluded.deleted_at
    returning id`.execute(db);
  return done.rows.length === 1;
}

export async function markLeaverReported(db: Db, id: string, leftAt: number, at: number): Promise<void> {
  await sql`update directory_entries set reported_at = ${at} where id = ${id}::uuid and left_at = ${leftAt}`.execute(
    db,
  );
}
