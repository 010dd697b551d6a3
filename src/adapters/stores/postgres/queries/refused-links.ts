import { type Kysely, sql } from 'kysely';
import type { LinkRefusal } from '../../../../core/link-refusal.ts';
import type { Principal } from '../../../../ports/principal.ts';
import type { LinkRefusalRow } from '../../../../ports/store-links.ts';

type Db = Kysely<unknown>;

export async function refusedLinks(
  db: Db,
  _principal: Principal,
  limit: number,
): Promise<readonly LinkRefusalRow[]> {
  const found = await sql<Omit<LinkRefusalRow, 'by'> & { by_id: string }>`select * from refused_links
    order by directory, entry, account limit ${limit}`.execute(db);
  return found.rows.map(({ by_id: by, at, ...row }) => ({ ...row, by, at: Number(at) }));
}

export async function refuseLink(db: Db, row: LinkRefusalRow): Promise<boolean> {
  const done = await sql`insert into refused_links (directory, entry, account, person, by_id, at)
    values (${row.directory}, ${row.entry}, ${row.account}, ${row.person}, ${row.by}, ${row.at})
    on conflict do nothing`.execute(db);
  return Number(done.numAffectedRows ?? 0) === 1;
}

export async function restoreLink(db: Db, { directory, entry, account }: LinkRefusal): Promise<boolean> {
  const done = await sql`delete from refused_links
    where directory = ${directory} and entry = ${entry} and account = ${account}`.execute(db);
  return Number(done.numAffectedRows ?? 0) === 1;
}
