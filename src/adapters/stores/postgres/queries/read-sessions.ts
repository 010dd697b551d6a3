import { type Kysely, sql } from 'kysely';
import type { Principal } from '../../../../ports/principal.ts';
import type { SessionRow } from '../../../../ports/store.ts';
import { idOf, optional } from '../rows.ts';

type Db = Kysely<unknown>;

type SessionRecord = {
  readonly id: string;
  readonly hash: string;
  readonly token_id: string | null;
  readonly account_id: string | null;
  readonly created_at: number;
  readonly expires_at: number;
  readonly seen_at: number | null;
  readonly proved_at: number | string | null;
  readonly revoked_at: number | null;
};

function sessionOf(record: SessionRecord): SessionRow {
  return {
    id: idOf(record.id),
    hash: record.hash,
    ...optional('tokenId', record.token_id === null ? null : idOf(record.token_id)),
    ...optional('accountId', record.account_id === null ? null : idOf(record.account_id)),
    createdAt: Number(record.created_at),
    expiresAt: Number(record.expires_at),
    ...optional('seenAt', record.seen_at === null ? null : Number(record.seen_at)),
    ...optional('provedAt', record.proved_at === null ? null : Number(record.proved_at)),
    ...optional('revokedAt', record.revoked_at),
  };
}

export async function sessions(db: Db, principal: Principal, now: number): Promise<readonly SessionRow[]> {
  if (principal.teams !== 'all') return [];
  const found = await sql<SessionRecord>`select * from sessions
    where revoked_at is null and expires_at > ${now} order by created_at, id limit 1000`.execute(db);
  return found.rows.map(sessionOf);
}

/** Those that stand on one token, or are one person's. */
export async function sessionsOf(
  db: Db,
  principal: Principal,
  holder: string,
  now: number,
): Promise<readonly SessionRow[]> {
  if (principal.teams !== 'all' || !/^[0-9a-f]{32}$/u.test(holder)) return [];
  const found = await sql<SessionRecord>`select * from sessions
    where (token_id = ${holder}::uuid or account_id = ${holder}::uuid)
      and revoked_at is null and expires_at > ${now} order by created_at, id limit 1000`.execute(db);
  return found.rows.map(sessionOf);
}

export async function sessionByHash(
  db: Db,
  principal: Principal,
  hash: string,
): Promise<SessionRow | undefined> {
  if (principal.teams !== 'all') return undefined;
  const found = await sql<SessionRecord>`select * from sessions where hash = ${hash}`.execute(db);
  const record = found.rows[0];
  return record === undefined ? undefined : sessionOf(record);
}
