import { type Kysely, sql } from 'kysely';
import { rhythmDays, type SourceRhythm } from '../../../../core/source-rhythm.ts';
import type { Principal } from '../../../../ports/principal.ts';

type Row = { source: string; last: string; first: string; n: number };

export async function sourceRhythms(
  db: Kysely<unknown>,
  _principal: Principal,
): Promise<ReadonlyMap<string, SourceRhythm>> {
  const found = await sql<Row>`
    select d.source, l.last, min(d.day) as first, count(*)::int as n
    from source_days d join (select source, max(day) as last from source_days group by source) l
      on l.source = d.source
    where d.day > (l.last::date - ${rhythmDays}::int)::text
    group by d.source, l.last`.execute(db);
  return new Map(
    found.rows.map(({ source, last, first, n }) => [
      source,
      { lastDay: last, firstDay: first, heardDays: Number(n) },
    ]),
  );
}
