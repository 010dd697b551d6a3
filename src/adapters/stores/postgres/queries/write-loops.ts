import { type Kysely, sql } from 'kysely';
import type {
  EventRow,
  HabitAsk,
  LaterRow,
  LoopRow,
  ReleaseFilter,
  SpanRow,
  StoredEvent,
  VerifiedRow,
} from '../../../../ports/store.ts';
import { type LoopRecord, loopColumnNames, loopColumns, loopOf, recordOf } from '../loop-rows.ts';
import { idOf, optional, recordset, textArray, uuidArray } from '../rows.ts';
import { outcomesInserted } from './save-outcomes.ts';

type Db = Kysely<unknown>;

export async function loopsOfEvents(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const found = await sql<{ id: string; loop_id: string }>`
    select id, loop_id from events where id = any(${uuidArray(ids)})`.execute(db);
  return new Map(found.rows.map((row) => [idOf(row.id), idOf(row.loop_id)]));
}

export async function storedEvents(
  db: Db,
  ids: readonly string[],
): Promise<ReadonlyMap<string, StoredEvent>> {
  if (ids.length === 0) return new Map();
  const found = await sql<{ id: string; loop_id: string; key_ids: string }>`
    select id, loop_id, key_ids from events where id = any(${uuidArray(ids)})`.execute(db);
  return new Map(found.rows.map((row) => [idOf(row.id), { loop: idOf(row.loop_id), keyIds: row.key_ids }]));
}

export async function rekeyEvents(
  db: Db,
  events: readonly { readonly id: string; readonly keyIds: string }[],
): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map(({ id, keyIds }) => ({ i: id, k: keyIds }));
  await sql`update events set key_ids = t.k from ${recordset(rows, 'i uuid, k text')}
    where id = t.i and key_ids <> t.k`.execute(db);
}

export async function insertEvents(db: Db, events: readonly EventRow[]): Promise<ReadonlySet<string>> {
  if (events.length === 0) return new Set();
  const rows = events.map((event) => ({
    id: event.id,
    loop_id: event.loop,
    source: event.source,
    kind: event.kind,
    occurred_at: event.occurredAt,
    received_at: event.receivedAt,
    key_ids: event.keyIds ?? '',
    body: event.body,
  }));
  const columns = `id uuid, loop_id uuid, source text, kind text, occurred_at bigint, received_at bigint,
    key_ids text, body json`;
  const added = await sql<{ id: string }>`
    insert into events (id, loop_id, source, kind, occurred_at, received_at, key_ids, body)
    select id, loop_id, source, kind, occurred_at, received_at, key_ids, body from ${recordset(rows, columns)}
    on conflict (id) do nothing returning id`.execute(db);
  return new Set(added.rows.map((row) => idOf(row.id)));
}

export async function loopsByKeys(db: Db, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (keys.length === 0) return new Map();
  const found = await sql<{ key: string; loop_id: string }>`
    select key, loop_id from loop_keys where key = any(${textArray(keys)})`.execute(db);
  return new Map(found.rows.map((row) => [row.key, idOf(row.loop_id)]));
}

export async function addKeys(
  db: Db,
  keys: readonly { readonly key: string; readonly loop: string }[],
): Promise<number> {
  if (keys.length === 0) return 0;
  const rows = keys.map(({ key, loop }) => ({ key, loop_id: loop }));
  const added = await sql`insert into loop_keys (key, loop_id)
    select key, loop_id from ${recordset(rows, 'key text, loop_id uuid')} on conflict (key) do nothing`.execute(
    db,
  );
  return Number(added.numAffectedRows ?? 0);
}

export async function spansAt(db: Db, places: readonly string[]): Promise<readonly SpanRow[]> {
  if (places.length === 0) return [];
  const found = await sql<{
    place: string;
    loop_id: string;
    source: string;
    provider: string;
    start_column: number;
    end_column: number;
    has_content: boolean;
  }>`select place, loop_id, source, provider, start_column, end_column, has_content from loop_spans
     where place = any(${textArray(places)})`.execute(db);
  return found.rows.map((row) => ({
    place: row.place,
    loop: idOf(row.loop_id),
    source: row.source,
    provider: row.provider,
    startColumn: row.start_column,
    endColumn: row.end_column,
    hasContent: row.has_content,
  }));
}

export async function addSpans(db: Db, spans: readonly SpanRow[]): Promise<void> {
  if (spans.length === 0) return;
  const rows = spans.map((span) => ({
    place: span.place,
    loop_id: span.loop,
    source: span.source,
    provider: span.provider,
    start_column: span.startColumn,
    end_column: span.endColumn,
    has_content: span.hasContent,
  }));
  const columns =
    'place text, loop_id uuid, source text, provider text, start_column integer, end_column integer, has_content boolean';
  await sql`insert into loop_spans (place, loop_id, source, provider, start_column, end_column, has_content)
    select place, loop_id, source, provider, start_column, end_column, has_content from ${recordset(rows, columns)}
    on conflict do nothing`.execute(db);
}

export async function lockLoops(db: Db, ids: readonly string[]): Promise<readonly LoopRow[]> {
  if (ids.length === 0) return [];
  const found = await sql<LoopRecord>`
    select * from loops where id = any(${uuidArray(ids)}) order by id for update`.execute(db);
  return found.rows.map(loopOf);
}

const assignments = loopColumnNames
  .filter((name) => name !== 'id')
  .map((name) => `${name} = excluded.${name}`)
  .join(', ');
const names = loopColumnNames.join(', ');

/** With what measures read of them, in one statement: it is made for every batch of events. */
export async function saveLoops(db: Db, rows: readonly LoopRow[]): Promise<void> {
  if (rows.length === 0) return;
  const saved = sql`insert into loops (${sql.raw(names)}) select ${sql.raw(names)}
    from ${recordset(rows.map(recordOf), loopColumns)}
    on conflict (id) do update set ${sql.raw(assignments)}`;
  const outcomes = outcomesInserted(rows);
  await (outcomes === undefined ? saved : sql`with saved as (${saved}) ${outcomes}`).execute(db);
}

export async function moveLoops(
  db: Db,
  moves: readonly { readonly from: string; readonly to: string }[],
): Promise<void> {
  if (moves.length === 0) return;
  const source = recordset(
    moves.map((move) => ({ old: move.from, new: move.to })),
    'old uuid, new uuid',
  );
  for (const table of ['loop_keys', 'events', 'loop_aliases', 'replies']) {
    await sql`update ${sql.table(table)} set loop_id = t.new from ${source} where loop_id = t.old`.execute(
      db,
    );
  }
  // The same span may stand under both; what the survivor has already is dropped.
  await sql`insert into loop_spans (place, loop_id, source, provider, start_column, end_column, has_content)
    select s.place, t.new, s.source, s.provider, s.start_column, s.end_column, s.has_content
    from loop_spans s join ${source} on s.loop_id = t.old on conflict do nothing`.execute(db);
  await sql`delete from loop_spans using ${source} where loop_id = t.old`.execute(db);
  await sql`insert into watches (key, loop_id)
    select w.key, t.new from watches w join ${source} on w.loop_id = t.old on conflict do nothing`.execute(
    db,
  );
  await sql`delete from watches using ${source} where loop_id = t.old`.execute(db);
  await sql`delete from wants using ${source} where loop_id = t.old and message_id is null`.execute(db);
  await sql`update wants set loop_id = t.new from ${source} where loop_id = t.old
    and not exists (select 1 from wants o where o.loop_id = t.new and o.occasion = wants.occasion)`.execute(
    db,
  );
}

export async function addAlias(db: Db, alias: string, loop: string): Promise<'added' | 'taken'> {
  await sql`insert into loop_aliases (alias, loop_id) values (${alias}, ${loop}::uuid) on conflict do nothing`.execute(
    db,
  );
  const found = await sql<{
    loop_id: string;
  }>`select loop_id from loop_aliases where alias = ${alias}`.execute(db);
  return idOf(found.rows[0]?.loop_id ?? '') === loop ? 'added' : 'taken';
}

const askColumns = 'loop text, habit uuid, behaviour text, "from" bigint, "to" bigint';

export async function lastVerified(
  db: Db,
  asks: readonly HabitAsk[],
): Promise<ReadonlyMap<string, VerifiedRow>> {
  if (asks.length === 0) return new Map();
  const found = await sql<{ loop: string; id: string; verified_at: number; relapse_number: number | null }>`
    select t.loop, last.* from ${recordset(asks, askColumns)} cross join lateral (
      select id, verified_at, (facts->>'relapseNumber')::integer as relapse_number from loops
      where habit = t.habit and behaviour = t.behaviour and verified_at between t."from" and t."to"
        and id <> t.loop::uuid and merged_into is null and not is_stub
      order by verified_at desc, id limit 1
    ) last`.execute(db);
  return new Map(
    found.rows.map((row) => [
      row.loop,
      { id: idOf(row.id), verifiedAt: Number(row.verified_at), relapseNumber: row.relapse_number ?? 0 },
    ]),
  );
}

export async function liveLoops(db: Db, asks: readonly HabitAsk[]): Promise<readonly LaterRow[]> {
  if (asks.length === 0) return [];
  const found = await sql<{
    id: string;
    habit: string;
    behaviour: string;
    first_occurred_at: number;
    relapse_of: string | null;
  }>`select distinct l.id, l.habit, l.behaviour, l.first_occurred_at, l.relapse_of
    from ${recordset(asks, askColumns)} join loops l on l.habit = t.habit and l.behaviour = t.behaviour
      and l.first_occurred_at between t."from" and t."to" and l.id <> t.loop::uuid
    where l.is_live and l.merged_into is null and not l.is_stub`.execute(db);
  return found.rows.map((row) => ({
    id: idOf(row.id),
    habit: idOf(row.habit),
    behaviour: row.behaviour,
    firstOccurredAt: Number(row.first_occurred_at),
    ...optional('relapseOf', row.relapse_of === null ? null : idOf(row.relapse_of)),
  }));
}

export async function claimDueLoops(db: Db, now: number, limit: number): Promise<readonly LoopRow[]> {
  const found = await sql<LoopRecord>`
    select * from loops where due_at <= ${now} order by due_at limit ${limit} for update skip locked`.execute(
    db,
  );
  return found.rows.map(loopOf);
}

export async function claimBacklog(
  db: Db,
  filter: ReleaseFilter,
  limit: number,
): Promise<readonly LoopRow[]> {
  const found = await sql<LoopRecord>`
    select * from loops where state = 'backlog' and not is_stub
      and (${filter.behaviour ?? null}::text is null or behaviour = ${filter.behaviour ?? null})
      and (${filter.team ?? null}::text is null or team = ${filter.team ?? null})
      and (${filter.ids === undefined}::boolean or id = any(${uuidArray(filter.ids ?? [])}))
    order by id limit ${limit} for update skip locked`.execute(db);
  return found.rows.map(loopOf);
}

export async function lockLoopsOfRepository(
  db: Db,
  repository: string,
  limit: number,
  after?: string,
): Promise<readonly LoopRow[]> {
  const found = await sql<LoopRecord>`select * from loops where repository = ${repository} and not is_stub
    and merged_into is null and (${after ?? null}::uuid is null or id > ${after ?? null}::uuid)
    order by id limit ${limit} for update`.execute(db);
  return found.rows.map(loopOf);
}
