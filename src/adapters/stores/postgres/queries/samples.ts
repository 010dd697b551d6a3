import { type Kysely, sql } from 'kysely';
import type { Json } from '../../../../core/event.ts';
import type { Principal } from '../../../../ports/principal.ts';
import { type SampleRow, samplesPerDayMax, type WeighedSample } from '../../../../ports/store-samples.ts';
import { idOf, recordset } from '../rows.ts';

type Db = Kysely<unknown>;

const strataColumns = 'name text, behaviour text, source text, day text';
const columns = `${strataColumns}, event uuid, kind text, at bigint, body json`;

function stratumOf({
  name,
  behaviour,
  source,
  day,
}: Pick<SampleRow, 'name' | 'behaviour' | 'source' | 'day'>) {
  return { name, behaviour, source, day };
}

/** A full day takes only what is smaller than its largest, so a day that is long over costs one look. */
export async function addSamples(db: Db, rows: readonly SampleRow[]): Promise<void> {
  if (rows.length === 0) return;
  const strata = new Map(rows.map((row) => [JSON.stringify(stratumOf(row)), stratumOf(row)]));
  const floors = await sql<ReturnType<typeof stratumOf> & { readonly event: string }>`
    select t.name, t.behaviour, t.source, t.day, s.event from ${recordset([...strata.values()], strataColumns)}
    cross join lateral (select event from samples s where s.name = t.name and s.behaviour = t.behaviour
      and s.source = t.source and s.day = t.day order by event offset ${samplesPerDayMax - 1} limit 1) s`.execute(
    db,
  );
  const floorOf = new Map(floors.rows.map((row) => [JSON.stringify(stratumOf(row)), idOf(row.event)]));
  const kept = rows.filter((row) => row.id < (floorOf.get(JSON.stringify(stratumOf(row))) ?? 'g'));
  if (kept.length === 0) return;
  const given = kept.map((row) => ({
    ...stratumOf(row),
    event: row.id,
    kind: row.kind,
    at: row.occurredAt,
    body: row.body,
  }));
  await sql`insert into samples (name, behaviour, source, day, event, kind, occurred_at, body)
    select name, behaviour, source, day, event, kind, at, body from ${recordset(given, columns)}
    order by name, behaviour, source, day, event on conflict do nothing`.execute(db);
}

/** Forgets what is above the cap of its day, and all before a day. */
export async function trimSamples(db: Db, before: string): Promise<number> {
  const gone = await sql`delete from samples s using (
      select name, behaviour, source, day, event,
        row_number() over (partition by name, behaviour, source, day order by event) as rank from samples) r
    where s.name = r.name and s.behaviour = r.behaviour and s.source = r.source and s.day = r.day
      and s.event = r.event and (r.rank > ${samplesPerDayMax} or s.day < ${before}) returning s.event`.execute(
    db,
  );
  return gone.rows.length;
}

type SampleRecord = {
  readonly name: string;
  readonly behaviour: string;
  readonly source: string;
  readonly day: string;
  readonly event: string;
  readonly kind: string;
  readonly occurred_at: number | string;
  readonly body: Json;
  readonly total: number | string | null;
  readonly kept: number | string;
};

/** They concern everybody. */
export async function samples(
  db: Db,
  principal: Principal,
  filter: {
    readonly name: SampleRow['name'];
    readonly behaviour: string;
    readonly from: string;
    readonly limit: number;
  },
): Promise<readonly WeighedSample[]> {
  if (principal.teams !== 'all') return [];
  const { name, behaviour, from, limit } = filter;
  const found = await sql<SampleRecord>`with counted as (
      select source, day, sum(n) as n from counters
      where name = ${name} and behaviour = ${behaviour} and day >= ${from} group by source, day)
    select r.*, c.n as total from (
      select *, row_number() over (partition by source, day order by event) as rank,
        count(*) over (partition by source, day) as kept
      from samples where name = ${name} and behaviour = ${behaviour} and day >= ${from}) r
    left join counted c on c.source = r.source and c.day = r.day
    where rank <= ${samplesPerDayMax} order by r.day desc, r.source, r.event limit ${limit}`.execute(db);
  return found.rows.toReversed().map((row) => ({
    sample: {
      id: idOf(row.event),
      name,
      behaviour: row.behaviour,
      source: row.source,
      day: row.day,
      kind: row.kind,
      occurredAt: Number(row.occurred_at),
      receivedAt: Number(row.occurred_at),
      body: row.body,
    },
    // Counters and sample are written together; never fewer than are kept.
    total: Math.max(Number(row.total ?? 0), Math.min(Number(row.kept), samplesPerDayMax)),
  }));
}
