import { type Kysely, sql } from 'kysely';
import type { LoopRow } from '../../../../ports/store.ts';
import type { IdentityDecisionRow, IdentityRow } from '../../../../ports/store-identities.ts';
import { type LoopRecord, loopOf } from '../loop-rows.ts';
import { idOf, recordset, textArray, uuidArray } from '../rows.ts';
import { type IdentityRecord, identityOf } from './read-identities.ts';

type Db = Kysely<unknown>;

export async function noteIdentityNews(db: Db, loops: readonly string[]): Promise<void> {
  if (loops.length === 0) return;
  await sql`insert into identity_news (loop_id) select unnest(${uuidArray(loops)})`.execute(db);
}

export async function takeIdentityNews(
  db: Db,
  limit: number,
): Promise<{ readonly taken: number; readonly loops: readonly LoopRow[] }> {
  const taken = await sql<{ loop_id: string }>`delete from identity_news where n in
    (select n from identity_news order by n limit ${limit} for update skip locked) returning loop_id`.execute(
    db,
  );
  const ids = [...new Set(taken.rows.map(({ loop_id }) => idOf(loop_id)))];
  if (ids.length === 0) return { taken: 0, loops: [] };
  // What was merged speaks through what it was merged into.
  const found = await sql<LoopRecord>`select * from loops where not is_stub and merged_into is null
    and id in (select coalesce(merged_into, id) from loops where id = any(${uuidArray(ids)}))`.execute(db);
  return { taken: taken.rows.length, loops: found.rows.map(loopOf) };
}

const columns = `id uuid, key text, type text, name text, provider text, standing text, owner_kind text,
  owner_id text, confidence real, team text, program text, loop_id uuid, last_at bigint`;
const names =
  'id, key, type, name, provider, standing, owner_kind, owner_id, confidence, team, program, loop_id, last_at';
const ownerColumns = ['standing', 'owner_kind', 'owner_id', 'confidence', 'team'];

function recordsOf(rows: readonly IdentityRow[]): readonly object[] {
  // In one order, so that two writers never wait for each other in a ring.
  return rows
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .map((row) => ({
      id: row.id,
      key: row.key,
      type: row.type,
      name: row.name,
      provider: row.provider ?? null,
      standing: row.standing,
      owner_kind: row.owner.kind,
      owner_id: row.owner.id ?? null,
      confidence: row.owner.confidence,
      team: row.team ?? null,
      program: row.program ?? null,
      loop_id: row.loop ?? null,
      last_at: row.lastAt ?? 0,
    }));
}

/** Whom an operator named stays. */
const ownerUnlessNamed = sql.raw(
  ownerColumns
    .map((name) => `${name} = case when i.named_at is null then excluded.${name} else i.${name} end`)
    .join(', '),
);

export async function saveSeenIdentities(
  db: Db,
  rows: readonly IdentityRow[],
  cases: readonly { readonly key: string; readonly loop: string }[],
): Promise<void> {
  if (rows.length === 0) return;
  await sql`insert into identities as i (${sql.raw(names)}) select ${sql.raw(names)}
    from ${recordset(recordsOf(rows), columns)}
    on conflict (md5(key)) do update set type = excluded.type, loop_id = excluded.loop_id, last_at = excluded.last_at,
      program = coalesce(excluded.program, i.program), ${ownerUnlessNamed}
    where i.loop_id is null or i.loop_id = excluded.loop_id or i.last_at <= excluded.last_at`.execute(db);
  const pairs = cases.map(({ key, loop }) => ({ key, loop_id: loop }));
  await sql`insert into identity_loops (identity_id, loop_id)
    select i.id, t.loop_id from ${recordset(pairs, 'key text, loop_id uuid')}
    join identities i on md5(i.key) = md5(t.key) on conflict do nothing`.execute(db);
}

export async function saveListedIdentities(db: Db, rows: readonly IdentityRow[]): Promise<void> {
  if (rows.length === 0) return;
  const before = sql.raw(['is_listed', ...ownerColumns].map((name) => `i.${name}`).join(', '));
  const after = sql.raw(['true', ...ownerColumns.map((name) => `excluded.${name}`)].join(', '));
  await sql`insert into identities as i (${sql.raw(names)}, is_listed) select ${sql.raw(names)}, true
    from ${recordset(recordsOf(rows), columns)}
    on conflict (md5(key)) do update set is_listed = true, ${sql.raw(
      ownerColumns
        .map(
          (name) =>
            `${name} = case when i.named_at is null and i.loop_id is null then excluded.${name} else i.${name} end`,
        )
        .join(', '),
    )}
    where not i.is_listed
      or (i.named_at is null and i.loop_id is null and (${before}) is distinct from (${after}))`.execute(db);
}

export async function listedIdentities(
  db: Db,
  limit: number,
  after?: string,
): Promise<readonly { readonly id: string; readonly key: string }[]> {
  const found = await sql<{ id: string; key: string }>`select id, key from identities where is_listed
    and (${after ?? null}::uuid is null or id > ${after ?? null}::uuid) order by id limit ${limit}`.execute(
    db,
  );
  return found.rows.map(({ id, key }) => ({ id: idOf(id), key }));
}

export async function unlistIdentities(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`delete from identities where id = any(${uuidArray(ids)}) and loop_id is null and named_at is null`.execute(
    db,
  );
  await sql`update identities set is_listed = false where id = any(${uuidArray(ids)})`.execute(db);
}

export async function followLeftOwners(db: Db, left: readonly string[]): Promise<number> {
  const gone = await sql`update identities set standing = 'orphaned'
    where owner_kind = 'person' and standing = 'owned' and owner_id = any(${textArray(left)})`.execute(db);
  const back = await sql`update identities set standing = 'owned'
    where owner_kind = 'person' and standing = 'orphaned' and owner_id is not null
      and owner_id <> all(${textArray(left)})`.execute(db);
  return Number(gone.numAffectedRows ?? 0) + Number(back.numAffectedRows ?? 0);
}

export async function lockIdentity(db: Db, id: string): Promise<IdentityRow | undefined> {
  const found = await sql<IdentityRecord>`select * from identities where id = ${id}::uuid for update`.execute(
    db,
  );
  const [record] = found.rows;
  return record === undefined ? undefined : identityOf(record);
}

export async function nameIdentity(
  db: Db,
  row: Pick<IdentityRow, 'id' | 'owner' | 'standing' | 'team' | 'namedAt'>,
): Promise<void> {
  await sql`update identities set owner_kind = ${row.owner.kind}, owner_id = ${row.owner.id ?? null},
    confidence = ${row.owner.confidence}, standing = ${row.standing}, team = ${row.team ?? null},
    named_at = ${row.namedAt ?? null} where id = ${row.id}::uuid`.execute(db);
}

export async function lockOpenLoopsOfIdentity(
  db: Db,
  id: string,
  limit: number,
  after?: string,
): Promise<readonly LoopRow[]> {
  const found = await sql<LoopRecord>`select * from loops where not is_stub and merged_into is null
    and state not in ('held', 'verified', 'dismissed', 'merged', 'unprovable')
    and (${after ?? null}::uuid is null or id > ${after ?? null}::uuid)
    and id in (select loop_id from identity_loops where identity_id = ${id}::uuid)
    order by id limit ${limit} for update`.execute(db);
  return found.rows.map(loopOf);
}

export async function addIdentityDecision(db: Db, row: IdentityDecisionRow): Promise<void> {
  await sql`insert into identity_decisions (id, subject, kind, to_kind, to_id, account, reason, by_id, at)
    values (${row.id}::uuid, ${row.subject}, ${row.kind}, ${row.to?.kind ?? null}, ${row.to?.id ?? null},
      ${row.account ?? null}, ${row.reason}, ${row.by}, ${row.at})`.execute(db);
}
