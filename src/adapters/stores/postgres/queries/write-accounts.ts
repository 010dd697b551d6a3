import { type Kysely, sql } from 'kysely';
import type { AccountRow } from '../../../../ports/store.ts';
import { idOf } from '../rows.ts';

type Db = Kysely<unknown>;

export async function saveAccount(db: Db, row: AccountRow): Promise<void> {
  const json = (value: unknown) => sql`${JSON.stringify(value)}::text::json`;
  await sql`insert into accounts (id, name, email, issuer, subject, login, password_hash, invite_hash,
      invite_expires_at, roles, teams, created_at, signed_in_at, expires_at, disabled_at)
    values (${row.id}::uuid, ${row.name}, ${row.email ?? null}, ${row.issuer ?? null}, ${row.subject ?? null},
      ${row.login ?? null}, ${row.passwordHash ?? null}, ${row.inviteHash ?? null}, ${row.inviteExpiresAt ?? null},
      ${json(row.roles)}, ${json(row.teams)}, ${row.createdAt}, ${row.signedInAt ?? null}, ${row.expiresAt ?? null},
      ${row.disabledAt ?? null})
    on conflict (id) do update set name = excluded.name, email = excluded.email,
      password_hash = excluded.password_hash, invite_hash = excluded.invite_hash,
      invite_expires_at = excluded.invite_expires_at, roles = excluded.roles, teams = excluded.teams,
      signed_in_at = excluded.signed_in_at, expires_at = excluded.expires_at,
      disabled_at = excluded.disabled_at`.execute(db);
}

export async function seeSession(db: Db, id: string, at: number): Promise<void> {
  await sql`update sessions set seen_at = ${at} where id = ${id}::uuid and seen_at < ${at}`.execute(db);
}

export async function revokeSessionsOf(db: Db, accountId: string, at: number): Promise<readonly string[]> {
  const done = await sql<{ id: string }>`update sessions set revoked_at = ${at}
    where account_id = ${accountId}::uuid and revoked_at is null and expires_at > ${at} returning id`.execute(
    db,
  );
  return done.rows.map(({ id }) => idOf(id));
}
