import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Standing } from '../../../../core/owner-standing.ts';
import type { Principal } from '../../../../ports/principal.ts';
import type { LoopRow, Page } from '../../../../ports/store.ts';
import type {
  IdentityCount,
  IdentityDecisionRow,
  IdentityFilter,
  IdentityRow,
} from '../../../../ports/store-identities.ts';
import { type LoopRecord, loopOf } from '../loop-rows.ts';
import { idOf, optional, textArray } from '../rows.ts';
import { visible } from './read-loops.ts';

type Db = Kysely<unknown>;

export type IdentityRecord = {
  readonly id: string;
  readonly key: string;
  readonly type: string;
  readonly name: string;
  readonly provider: string | null;
  readonly standing: Standing;
  readonly owner_kind: LoopRow['owner']['kind'];
  readonly owner_id: string | null;
  readonly confidence: number | string;
  readonly team: string | null;
  readonly program: string | null;
  readonly loop_id: string | null;
  readonly last_at: number | string;
  readonly is_listed: boolean;
  readonly named_at: number | string | null;
};

export function identityOf(record: IdentityRecord): IdentityRow {
  const { owner_kind: kind, owner_id, loop_id, named_at } = record;
  return {
    id: idOf(record.id),
    key: record.key,
    type: record.type,
    name: record.name,
    ...optional('provider', record.provider),
    standing: record.standing,
    owner: { kind, confidence: Number(record.confidence), ...optional('id', owner_id) },
    ...optional('team', record.team),
    ...optional('program', record.program),
    ...optional('loop', loop_id === null ? null : idOf(loop_id)),
    ...optional('lastAt', Number(record.last_at) === 0 ? null : Number(record.last_at)),
    isListed: record.is_listed,
    ...optional('namedAt', named_at === null ? null : Number(named_at)),
  };
}

const cursorPattern = /^(\d{1,16})\.([0-9a-f]{32})$/u;

/** As the index has it. */
const words = sql`to_tsvector('simple', regexp_replace(key, ${sql.lit('[!-/:-@[-`{-~]+')}, ' ', 'g'))`;

/** Words are letters and digits alone: whoever asks has cut the rest away. */
function havingWords(asked: readonly string[]): RawBuilder<unknown> {
  const query = asked.map((word) => `'${word.replace(/[^\p{L}\p{N}]/gu, '')}':*`).join(' & ');
  return sql`${words} @@ to_tsquery('simple', ${query})`;
}

export async function identities(
  db: Db,
  principal: Principal,
  filter: IdentityFilter,
): Promise<Page<IdentityRow>> {
  const cursor = cursorPattern.exec(filter.after ?? '');
  const same = (column: string, value: string | undefined) =>
    value === undefined ? sql`true` : sql`${sql.ref(column)} = ${value}`;
  const fitting = sql`from identities where ${visible(principal, 'team')}
    and ${same('type', filter.type)} and ${same('standing', filter.standing)} and ${same('team', filter.team)}
    and ${same('owner_id', filter.owner)}
    and ${cursor === null ? sql`true` : sql`(last_at, id) < (${Number(cursor[1])}, ${cursor[2]}::uuid)`}`;
  const limit = filter.limit + 1;
  // What has the words is taken first: how many that are is not known to the planner, who would read all of them in order.
  const asked =
    filter.words === undefined
      ? sql<IdentityRecord>`select * ${fitting} order by last_at desc, id desc limit ${limit}`
      : sql<IdentityRecord>`with found as materialized (select id, last_at ${fitting} and ${havingWords(filter.words)}),
          page as (select id from found order by last_at desc, id desc limit ${limit})
        select i.* from page join identities i on i.id = page.id order by i.last_at desc, i.id desc`;
  const found = await asked.execute(db);
  const items = found.rows.slice(0, filter.limit).map(identityOf);
  const last = items.at(-1);
  const hasMore = found.rows.length > filter.limit && last !== undefined;
  return { items, ...optional('next', hasMore ? `${last.lastAt ?? 0}.${last.id}` : undefined) };
}

export async function identity(db: Db, principal: Principal, id: string): Promise<IdentityRow | undefined> {
  const found =
    await sql<IdentityRecord>`select * from identities where id = ${id}::uuid and ${visible(principal, 'team')}`.execute(
      db,
    );
  const [record] = found.rows;
  return record === undefined ? undefined : identityOf(record);
}

export async function identitiesByKeys(
  db: Db,
  principal: Principal,
  keys: readonly string[],
): Promise<readonly IdentityRow[]> {
  if (keys.length === 0) return [];
  const found = await sql<IdentityRecord>`select * from identities where ${visible(principal, 'team')}
    and md5(key) = any(array(select md5(k) from unnest(${textArray(keys)}) as k)) order by key`.execute(db);
  return found.rows.map(identityOf);
}

export async function identitiesOfProgram(
  db: Db,
  principal: Principal,
  program: string,
  limit: number,
): Promise<readonly IdentityRow[]> {
  const found = await sql<IdentityRecord>`select * from identities where program = ${program}
    and ${visible(principal, 'team')} order by last_at desc, id desc limit ${limit}`.execute(db);
  return found.rows.map(identityOf);
}

export async function identityCounts(db: Db, principal: Principal): Promise<readonly IdentityCount[]> {
  const found = await sql<{ type: string; team: string | null; standing: Standing; n: number | string }>`
    select type, team, standing, count(*) as n from identities where ${visible(principal, 'team')}
    group by type, team, standing`.execute(db);
  return found.rows.map(({ type, team, standing, n }) => ({
    type,
    standing,
    n: Number(n),
    ...optional('team', team),
  }));
}

export async function loopsOfIdentity(
  db: Db,
  principal: Principal,
  id: string,
  limit: number,
): Promise<readonly LoopRow[]> {
  const found = await sql<LoopRecord>`select l.* from identity_loops x join loops l on l.id = x.loop_id
    where x.identity_id = ${id}::uuid and not l.is_stub and l.merged_into is null and ${visible(principal, 'l.team')}
    order by l.last_occurred_at desc, l.id limit ${limit}`.execute(db);
  return found.rows.map(loopOf);
}

export async function namedOwners(
  db: Db,
  _principal: Principal,
  keys: readonly string[],
): Promise<ReadonlyMap<string, { readonly kind: 'person' | 'team'; readonly id: string }>> {
  if (keys.length === 0) return new Map();
  const found = await sql<{ key: string; owner_kind: 'person' | 'team'; owner_id: string }>`
    select key, owner_kind, owner_id from identities where named_at is not null and owner_id is not null
    and owner_kind in ('person', 'team')
    and md5(key) = any(array(select md5(k) from unnest(${textArray(keys)}) as k))`.execute(db);
  return new Map(found.rows.map((row) => [row.key, { kind: row.owner_kind, id: row.owner_id }]));
}

export async function identityDecisions(
  db: Db,
  _principal: Principal,
  subject: string,
  limit: number,
): Promise<readonly IdentityDecisionRow[]> {
  const found = await sql<{
    id: string;
    subject: string;
    kind: IdentityDecisionRow['kind'];
    to_kind: 'person' | 'team' | null;
    to_id: string | null;
    account: string | null;
    reason: string;
    by_id: string;
    at: number | string;
  }>`select * from identity_decisions where subject = ${subject} order by at desc, id limit ${limit}`.execute(
    db,
  );
  return found.rows.map((row) => ({
    id: idOf(row.id),
    subject: row.subject,
    kind: row.kind,
    ...(row.to_kind === null || row.to_id === null ? {} : { to: { kind: row.to_kind, id: row.to_id } }),
    ...optional('account', row.account),
    reason: row.reason,
    by: row.by_id,
    at: Number(row.at),
  }));
}
