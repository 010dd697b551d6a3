import { type Kysely, sql } from 'kysely';
import { type AppliedControl, type AroundRow, daysBefore } from '../../../../core/control/around.ts';
import { controlKinds } from '../../../../core/control/control.ts';
import type { Principal } from '../../../../ports/principal.ts';
import type { AroundAsk } from '../../../../ports/store.ts';
import { idOf, optional, uuidArray } from '../rows.ts';
import { ofBehaviour } from './measure-filter.ts';
import { scopeOf } from './read-controls.ts';
import { visible } from './read-loops.ts';

type Db = Kysely<unknown>;
type Instant = number | string;

const dayMs = 86_400_000;
const controlsMax = 100;

/** The latest first. */
export async function measureControls(
  db: Db,
  principal: Principal,
  behaviour: string,
  asOf: number,
): Promise<readonly AppliedControl[]> {
  const found = await sql<{
    id: string;
    kind: string;
    template: string;
    scope_kind: string;
    scope_id: string;
    applied_at: Instant;
    closed_at: Instant | null;
  }>`select id, kind, template, scope_kind, scope_id, applied_at, closed_at from controls
    where ${visible(principal, 'team')} and behaviour = ${behaviour} and applied_at <= ${asOf}
    order by applied_at desc, id limit ${controlsMax}`.execute(db);
  return found.rows.flatMap((row) => {
    const kind = controlKinds.find((one) => one === row.kind);
    if (kind === undefined) return [];
    const closedAt = row.closed_at === null ? null : Number(row.closed_at);
    return [
      {
        id: idOf(row.id),
        kind,
        template: row.template,
        scope: scopeOf(row.scope_kind, row.scope_id),
        appliedAt: Number(row.applied_at),
        ...optional('closedAt', closedAt),
      },
    ];
  });
}

/**
 * By day, as a control is in force from a day on. Chances and failures are summed by team and day once, however many
 * controls there are; sources are looked up one after the other, so that only the days between are read.
 */
export async function measureAround(
  db: Db,
  principal: Principal,
  ask: AroundAsk,
): Promise<readonly AroundRow[]> {
  const { behaviour, controls, asOf } = ask;
  const opportunity = sql`k.name = 'opportunity' and k.behaviour = ${behaviour}`;
  const dayOf = (number: string) =>
    sql`to_char(date '1970-01-01' + ${sql.raw(number)}::integer, 'YYYY-MM-DD')`;
  const found = await sql<
    { id: string; team: string } & Readonly<Record<'xb' | 'rb' | 'nb' | 'xs' | 'rs' | 'ns', number | string>>
  >`with recursive c as (
      select id, applied_at / ${dayMs} as applied, applied_at / ${dayMs} - ${daysBefore} as first,
        case when closed_at <= ${asOf} then closed_at / ${dayMs} else ${asOf}::bigint / ${dayMs} + 1 end as until
      from controls where id = any(${uuidArray(controls)}) and behaviour = ${behaviour} and applied_at is not null),
    span as materialized (select ${dayOf('min(first)')} as lo, ${dayOf('max(until)')} as hi,
      min(first) * ${dayMs} as lo_at, max(until) * ${dayMs} as hi_at from c),
    sources as (
      (select k.source from counters k where ${opportunity} order by 1 limit 1)
      union all select (select k.source from counters k where ${opportunity} and k.source > s.source order by 1 limit 1)
      from sources s where s.source is not null),
    days as (
      select o.team, o.occurred_at / ${dayMs} as day, count(*) as x, count(o.relapse_of) as r, 0 as n from outcomes o
      where o.is_counted and ${ofBehaviour(ask, 'o')} and ${visible(principal, 'o.team')}
        and o.occurred_at >= (select lo_at from span) and o.occurred_at < (select hi_at from span) group by 1, 2
      union all select k.scope, k.day::date - date '1970-01-01', 0, 0, sum(k.n)
      from sources s join counters k on k.source = s.source
      where ${opportunity} and ${visible(principal, 'k.scope')}
        and k.day >= (select lo from span) and k.day < (select hi from span) group by 1, 2)
    select c.id, d.team,
      coalesce(sum(d.x) filter (where d.day < c.applied), 0) as xb, coalesce(sum(d.x) filter (where d.day >= c.applied), 0) as xs,
      coalesce(sum(d.r) filter (where d.day < c.applied), 0) as rb, coalesce(sum(d.r) filter (where d.day >= c.applied), 0) as rs,
      coalesce(sum(d.n) filter (where d.day < c.applied), 0) as nb, coalesce(sum(d.n) filter (where d.day >= c.applied), 0) as ns
    from c join days d on d.day >= c.first and d.day < c.until group by 1, 2`.execute(db);
  return found.rows.map(({ id, team, xb, xs, rb, rs, nb, ns }) => ({
    control: idOf(id),
    team,
    before: { failures: Number(xb), relapses: Number(rb), opportunities: Number(nb) },
    since: { failures: Number(xs), relapses: Number(rs), opportunities: Number(ns) },
  }));
}
