import { type RawBuilder, sql } from 'kysely';
import type { MeasureFilter } from '../../../../core/measures/measure-rows.ts';
import type { Move } from '../../../../core/taxonomy/remap.ts';
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
  const { teams, kind, months } = filter;
  const at = (column: string) => sql.ref(`${alias}.${column}`);
  return sql.join(
    [
      visible(principal, `${alias}.${team}`),
      ofBehaviour(filter, alias),
      teams === 'all' ? sql`true` : sql`${at(team)} = any(${textArray(teams)})`,
      kind === undefined ? sql`true` : sql`${at('kind')} = ${kind}`,
      months === undefined ? sql`true` : sql`${at('month')} between ${months.from} and ${months.to}`,
    ],
    sql` and `,
  );
}

/** Only of outcomes it is known how they were judged, and what they are like. */
const movedAlias = 'o';

export function ofBehaviour(
  { behaviour, moves = [] }: Pick<MeasureFilter, 'behaviour' | 'moves'>,
  alias: string,
): Sql {
  if (behaviour === undefined) return sql`true`;
  const own = sql`${sql.ref(`${alias}.behaviour`)} = ${behaviour}`;
  const about = moves.filter((move) => move.to === behaviour || move.from.behaviour === behaviour);
  if (alias !== movedAlias || about.length === 0) return own;
  const places = [...new Set([behaviour, ...about.map(({ from }) => from.behaviour)])];
  // The first condition is what the index is found by.
  return sql`${sql.ref(`${alias}.behaviour`)} = any(${textArray(places)}) and ${movedBehaviour(about)} = ${behaviour}`;
}

/** Where an outcome counts. What is older than versions were kept was judged by the first. */
export function movedBehaviour(moves: readonly Move[]): Sql {
  if (moves.length === 0) return sql`o.behaviour`;
  const cases = moves.map(({ from, to, where }) => {
    const level =
      where === undefined
        ? sql`true`
        : sql`o.features ->> ${where.feature}::text = any(${textArray(where.is)})`;
    return sql`when o.behaviour = ${from.behaviour} and coalesce(o.version, 1) <= ${from.version} and ${level}
      then ${to}::text`;
  });
  return sql`case ${sql.join(cases, sql` `)} else o.behaviour end`;
}

/** The column that answers are grouped by. */
export function groupOf(filter: MeasureFilter, alias = 'o', team: 'team' | 'scope' = 'team'): Sql {
  const { by, moves = [] } = filter;
  if (by === undefined) return sql`''`;
  if (by === 'behaviour' && alias === movedAlias) return movedBehaviour(moves);
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
