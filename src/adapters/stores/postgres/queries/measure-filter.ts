import { type RawBuilder, sql } from 'kysely';
import type { MeasureFilter } from '../../../../core/measures/measure-rows.ts';
import type { Principal } from '../../../../ports/principal.ts';
import { textArray } from '../rows.ts';
import { visible } from './read-loops.ts';

type Sql = RawBuilder<unknown>;

/** Rows that the principal may see and that were asked for; of outcomes those that stand. */
export function outcomesOf(principal: Principal, filter: MeasureFilter, alias = 'o'): Sql {
  return sql`${sql.ref(`${alias}.is_counted`)} and ${among(principal, filter, alias, 'team')}`;
}

export function opportunitiesOf(principal: Principal, filter: MeasureFilter): Sql {
  return among(principal, filter, 'p', 'scope');
}

function among(principal: Principal, filter: MeasureFilter, alias: string, team: 'team' | 'scope'): Sql {
  const { behaviour, teams, kind, months } = filter;
  const at = (column: string) => sql.ref(`${alias}.${column}`);
  return sql.join(
    [
      visible(principal, `${alias}.${team}`),
      behaviour === undefined ? sql`true` : sql`${at('behaviour')} = ${behaviour}`,
      teams === 'all' ? sql`true` : sql`${at(team)} = any(${textArray(teams)})`,
      kind === undefined ? sql`true` : sql`${at('kind')} = ${kind}`,
      months === undefined ? sql`true` : sql`${at('month')} between ${months.from} and ${months.to}`,
    ],
    sql` and `,
  );
}

/** The column that answers are grouped by. */
export function groupOf({ by }: MeasureFilter, alias = 'o', team: 'team' | 'scope' = 'team'): Sql {
  if (by === undefined) return sql`''`;
  return sql.ref(`${alias}.${by === 'team' ? team : by}`);
}

const hourMs = 3_600_000;
const fineMs = 72 * hourMs;
const dayMs = 24 * hourMs;

/**
 * Milliseconds as hours: by the hour for three days, then up to the end of the day. Curves show no more, few rows leave
 * the database, and no single hour stands out.
 */
export function heldHours(ms: Sql): Sql {
  return sql`case when ${ms} <= ${fineMs}::bigint then ${ms} / ${hourMs}::bigint
    else (${ms} + ${dayMs - 1}::bigint) / ${dayMs}::bigint * 24 end`;
}
