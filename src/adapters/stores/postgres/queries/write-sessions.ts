import { type Kysely, sql } from 'kysely';
import type { SessionRow } from '../../../../ports/store.ts';

type Db = Kysely<unknown>;

export async function insertSession(db: Db, row: SessionRow): Promise<void> {
  await sql`insert into sessions (id, hash, token_id, account_id, created_at, expires_at, seen_at,
      proved_at)
    values (${row.id}::uuid, ${row.hash}, ${row.tokenId ?? null}::uuid, ${row.accountId ?? null}::uuid,
      ${row.createdAt}, ${row.expiresAt}, ${row.seenAt ?? null}, ${row.provedAt ?? null})`.execute(db);
  // What ended a month ago tells nobody anything.
  await sql`delete from sessions where expires_at < ${row.createdAt - 30 * 86_400_000}`.execute(db);
}

export async function revokeSession(db: Db, id: string, at: number): Promise<boolean> {
  const done = await sql`update sessions set revoked_at = ${at}
    where id = ${id}::uuid and revoked_at is null returning id`.execute(db);
  return done.rows.length === 1;
}
