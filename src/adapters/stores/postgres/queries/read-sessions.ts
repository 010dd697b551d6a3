import { type Kysely, sql } from 'kysely';
import type { Principal } from '../../../../ports/principal.ts';
import type { SessionRow } from '../../../../ports/store.ts';
import { idOf, optional } from '../rows.ts';

type Db = Kysely<unknown>;

type SessionRecord = {
  readonly id: string;
  readonly hash: string;
  readonly token_id: string;
  readonly created_at: number;
  readonly expires_at: number;
  readonly revoked_at: number | null;
};

function sessionOf(record: SessionRecord): SessionRow {
  return {
    id: idOf(record.id),
    hash: record.hash,
    tokenId: idOf(record.token_id),
    createdAt: Number(record.created_at),
    expiresAt: Number(record.expires_at),
    ...optional('revokedAt', record.revoked_at),
  };
}

export async function sessions(db: Db, principal: Principal, now: number): Promise<readonly SessionRow[]> {
  if (principal.teams !== 'all') return [];
  const found = await sql<SessionRecord>`select * from sessions
    where revoked_at is null and expires_at > ${now} order by created_at, id limit 1000`.execute(db);
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
