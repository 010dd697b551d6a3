import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Principal } from '../../../../ports/principal.ts';
import type { AccountRow } from '../../../../ports/store.ts';
import { idOf, optional } from '../rows.ts';

type Db = Kysely<unknown>;

type AccountRecord = {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly issuer: string | null;
  readonly subject: string | null;
  readonly login: string | null;
  readonly password_hash: string | null;
  readonly invite_hash: string | null;
  readonly invite_expires_at: number | null;
  readonly roles: readonly string[];
  readonly teams: 'all' | readonly string[];
  readonly created_at: number;
  readonly signed_in_at: number | null;
  readonly expires_at: number | null;
  readonly disabled_at: number | null;
};

function accountOf(record: AccountRecord): AccountRow {
  const instant = (value: number | null) => (value === null ? undefined : Number(value));
  return {
    id: idOf(record.id),
    name: record.name,
    ...optional('email', record.email),
    ...optional('issuer', record.issuer),
    ...optional('subject', record.subject),
    ...optional('login', record.login),
    ...optional('passwordHash', record.password_hash),
    ...optional('inviteHash', record.invite_hash),
    ...optional('inviteExpiresAt', instant(record.invite_expires_at)),
    roles: record.roles,
    teams: record.teams,
    createdAt: Number(record.created_at),
    ...optional('signedInAt', instant(record.signed_in_at)),
    ...optional('expiresAt', instant(record.expires_at)),
    ...optional('disabledAt', instant(record.disabled_at)),
  };
}

/** Accounts concern everybody: they are seen by those who see all teams. */
async function one(
  db: Db,
  principal: Principal,
  where: RawBuilder<unknown>,
): Promise<AccountRow | undefined> {
  if (principal.teams !== 'all') return undefined;
  const found = await sql<AccountRecord>`select * from accounts where ${where}`.execute(db);
  const record = found.rows[0];
  return record === undefined ? undefined : accountOf(record);
}

export async function account(db: Db, principal: Principal, id: string): Promise<AccountRow | undefined> {
  return /^[0-9a-f]{32}$/u.test(id) ? one(db, principal, sql`id = ${id}::uuid`) : undefined;
}

export function accountBySubject(
  db: Db,
  principal: Principal,
  issuer: string,
  subject: string,
): Promise<AccountRow | undefined> {
  return one(db, principal, sql`issuer = ${issuer} and subject = ${subject}`);
}

export function accountByLogin(db: Db, principal: Principal, login: string): Promise<AccountRow | undefined> {
  return one(db, principal, sql`login = ${login}`);
}

export function accountByInvite(db: Db, principal: Principal, hash: string): Promise<AccountRow | undefined> {
  return one(db, principal, sql`invite_hash = ${hash}`);
}

export async function accounts(db: Db, principal: Principal): Promise<readonly AccountRow[]> {
  if (principal.teams !== 'all') return [];
  const found = await sql<AccountRecord>`select * from accounts order by created_at, id limit 10000`.execute(
    db,
  );
  return found.rows.map(accountOf);
}

export async function isSubjectInactive(db: Db, principal: Principal, subject: string): Promise<boolean> {
  if (principal.teams !== 'all') return false;
  // Whoever was added again under the same id is active: the entry that was deleted says nothing more.
  const found = await sql<{ inactive: boolean | null }>`select bool_and(not is_active) as inactive
    from directory_entries where kind = 'user' and external_id = ${subject}`.execute(db);
  return found.rows[0]?.inactive === true;
}
