import { type Kysely, sql } from 'kysely';
import type { Principal } from '../../../../ports/principal.ts';
import type { FactorRow } from '../../../../ports/store.ts';
import { idOf, textArray } from '../rows.ts';

type Db = Kysely<unknown>;

type FactorRecord = {
  readonly secret: string;
  readonly last_step: number;
  readonly made_at: number;
  readonly codes_left: number;
};

async function factor(db: Db, principal: Principal, accountId: string): Promise<FactorRow | undefined> {
  if (principal.teams !== 'all' || !/^[0-9a-f]{32}$/u.test(accountId)) return undefined;
  const found = await sql<FactorRecord>`select secret, last_step, made_at, (select count(*)
      from account_recovery_codes where account_id = ${accountId}::uuid and used_at is null) as codes_left
    from account_factors where account_id = ${accountId}::uuid`.execute(db);
  const record = found.rows[0];
  if (record === undefined) return undefined;
  return {
    accountId,
    secret: record.secret,
    lastStep: Number(record.last_step),
    madeAt: Number(record.made_at),
    codesLeft: Number(record.codes_left),
  };
}

async function factorHolders(db: Db, principal: Principal): Promise<readonly string[]> {
  if (principal.teams !== 'all') return [];
  const found = await sql<{ id: string }>`select account_id as id from account_factors limit 10000`.execute(
    db,
  );
  return found.rows.map(({ id }) => idOf(id));
}

async function saveFactor(
  db: Db,
  row: Omit<FactorRow, 'codesLeft'>,
  codeHashes: readonly string[],
): Promise<void> {
  await sql`insert into account_factors (account_id, secret, last_step, made_at)
    values (${row.accountId}::uuid, ${row.secret}, ${row.lastStep}, ${row.madeAt})
    on conflict (account_id) do update set secret = excluded.secret, last_step = excluded.last_step,
      made_at = excluded.made_at`.execute(db);
  await sql`delete from account_recovery_codes where account_id = ${row.accountId}::uuid`.execute(db);
  await sql`insert into account_recovery_codes (hash, account_id)
    select hash, ${row.accountId}::uuid from unnest(${textArray(codeHashes)}) as hash`.execute(db);
}

async function takeStep(db: Db, accountId: string, step: number): Promise<boolean> {
  const done = await sql`update account_factors set last_step = ${step}
    where account_id = ${accountId}::uuid and last_step < ${step} returning account_id`.execute(db);
  return done.rows.length === 1;
}

async function takeRecoveryCode(db: Db, accountId: string, hash: string, at: number): Promise<boolean> {
  const done = await sql`update account_recovery_codes set used_at = ${at}
    where hash = ${hash} and account_id = ${accountId}::uuid and used_at is null returning hash`.execute(db);
  return done.rows.length === 1;
}

async function removeFactor(db: Db, accountId: string): Promise<boolean> {
  await sql`delete from account_recovery_codes where account_id = ${accountId}::uuid`.execute(db);
  const done = await sql`delete from account_factors where account_id = ${accountId}::uuid
    returning account_id`.execute(db);
  return done.rows.length === 1;
}

export const factorReads = { factor, factorHolders };
export const factorWrites = { saveFactor, takeStep, takeRecoveryCode, removeFactor };
