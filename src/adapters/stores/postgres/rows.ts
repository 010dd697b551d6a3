import { type RawBuilder, sql } from 'kysely';

/**
 * Many rows in one statement, the same on PGlite and PostgreSQL: one JSON text is cheaper to bind than thousands of
 * parameters, and the statement text stays the same for every batch size, so its plan is reused.
 *
 * @param columns name and SQL type of each column, as `json_to_recordset` wants them; a constant, never input
 */
export function recordset(rows: readonly object[], columns: string): RawBuilder<unknown> {
  return sql`json_to_recordset(${JSON.stringify(rows)}::text::json) as t(${sql.raw(columns)})`;
}

/** An array parameter. `json_array_elements_text` avoids the drivers' different ideas of arrays. */
export function textArray(values: readonly string[]): RawBuilder<unknown> {
  return sql`array(select json_array_elements_text(${JSON.stringify(values)}::text::json))`;
}

export function uuidArray(values: readonly string[]): RawBuilder<unknown> {
  return sql`array(select json_array_elements_text(${JSON.stringify(values)}::text::json)::uuid)`;
}

/** Ids are 32 hex digits inside Foldback; PostgreSQL gives uuids back with hyphens. */
export function idOf(uuid: string): string {
  return uuid.length === 36 ? uuid.replaceAll('-', '') : uuid;
}

export function optional<K extends string, V>(
  key: K,
  value: V | null | undefined,
): { readonly [P in K]?: V } {
  if (value === null || value === undefined) return {};
  const made: { [P in K]?: V } = {};
  made[key] = value;
  return made;
}
