import { type Kysely, sql } from 'kysely';
import type { Json } from '../../../../core/event.ts';
import type { Principal } from '../../../../ports/principal.ts';
import type { DirectoryFilter, DirectoryRow } from '../../../../ports/store.ts';
import { idOf, optional } from '../rows.ts';

type Db = Kysely<unknown>;

type DirectoryRecord = {
  readonly id: string;
  readonly kind: DirectoryRow['kind'];
  readonly name: string;
  readonly external_id: string | null;
  readonly is_active: boolean;
  readonly body: { readonly [key: string]: Json };
  readonly created_at: number;
  readonly updated_at: number;
  readonly left_at: number | null;
  readonly reported_at: number | null;
  readonly deleted_at: number | null;
};

const number = (value: number | null): number | undefined => (value === null ? undefined : Number(value));

function rowOf(record: DirectoryRecord): DirectoryRow {
  return {
    id: idOf(record.id),
    kind: record.kind,
    name: record.name,
    ...optional('externalId', record.external_id),
    isActive: record.is_active,
    body: record.body,
    createdAt: Number(record.created_at),
    updatedAt: Number(record.updated_at),
    ...optional('leftAt', number(record.left_at)),
    ...optional('reportedAt', number(record.reported_at)),
    ...optional('deletedAt', number(record.deleted_at)),
  };
}

export async function directoryEntry(
  db: Db,
  principal: Principal,
  kind: DirectoryRow['kind'],
  id: string,
): Promise<DirectoryRow | undefined> {
  if (principal.teams !== 'all' || !/^[0-9a-f]{32}$/u.test(id)) return undefined;
  const found = await sql<DirectoryRecord>`select * from directory_entries
    where id = ${id}::uuid and kind = ${kind} and deleted_at is null`.execute(db);
  const record = found.rows[0];
  return record === undefined ? undefined : rowOf(record);
}

export async function directoryEntries(
  db: Db,
  principal: Principal,
  filter: DirectoryFilter,
): Promise<{ readonly total: number; readonly items: readonly DirectoryRow[] }> {
  if (principal.teams !== 'all') return { total: 0, items: [] };
  const where = sql`kind = ${filter.kind} and deleted_at is null
    and (${filter.name ?? null}::text is null or name = ${filter.name ?? null}::text)
    and (${filter.externalId ?? null}::text is null or external_id = ${filter.externalId ?? null}::text)`;
  const counted = await sql<{
    n: number;
  }>`select count(*) as n from directory_entries where ${where}`.execute(db);
  const found = await sql<DirectoryRecord>`select * from directory_entries where ${where}
    order by created_at, id offset ${filter.offset} limit ${filter.limit}`.execute(db);
  return { total: Number(counted.rows[0]?.n ?? 0), items: found.rows.map(rowOf) };
}

/** Everything that changed since, also what was deleted, in the order of the changes. */
export async function directoryChanges(
  db: Db,
  principal: Principal,
  since: number,
): Promise<readonly DirectoryRow[]> {
  if (principal.teams !== 'all') return [];
  const found = await sql<DirectoryRecord>`select * from directory_entries where updated_at >= ${since}
    order by updated_at, id`.execute(db);
  return found.rows.map(rowOf);
}

/** Those who left and of whom nothing was passed on yet. */
export async function directoryLeavers(
  db: Db,
  principal: Principal,
  limit: number,
): Promise<readonly DirectoryRow[]> {
  if (principal.teams !== 'all') return [];
  const found = await sql<DirectoryRecord>`select * from directory_entries
    where kind = 'user' and left_at is not null and reported_at is null
    order by left_at, id limit ${limit}`.execute(db);
  return found.rows.map(rowOf);
}
