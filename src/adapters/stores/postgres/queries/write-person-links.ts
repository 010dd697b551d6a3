import { type Kysely, sql } from 'kysely';
import type { PersonLinkRow } from '../../../../ports/store.ts';

type Db = Kysely<unknown>;

/** A day after its end nobody wonders any more why a link does not work. */
const keptMs = 86_400_000;

export async function savePersonLink(db: Db, row: PersonLinkRow): Promise<void> {
  await sql`delete from person_links where expires_at < ${row.createdAt - keptMs}`.execute(db);
  await sql`insert into person_links (hash, person, created_at, expires_at)
    values (${row.hash}, ${row.person}, ${row.createdAt}, ${row.expiresAt})`.execute(db);
}

export async function usePersonLink(db: Db, hash: string, now: number): Promise<boolean> {
  const used = await sql<{ hash: string }>`update person_links set used_at = ${now}
    where hash = ${hash} and used_at is null and expires_at > ${now} returning hash`.execute(db);
  return used.rows.length > 0;
}
