import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Json } from '../../../../core/event.ts';
import { type Redaction, redactJson, redactText } from '../../../../core/privacy/redact.ts';
import type { Erased } from '../../../../ports/store.ts';
import { idOf, recordset, textArray, uuidArray } from '../rows.ts';

type Db = Kysely<unknown>;

/**
 * Entries of the ledger hold commitments where a person was named, checkpoints hashes of them, and the chain of the audit
 * ids of callers and no names: none is ever rewritten. Private values are deleted, not rewritten, below.
 */
const never = ['ledger_entries', 'ledger_private', 'checkpoints', 'audit_entries', 'audit_chain'];
/** Rows that are rewritten at once. */
const batchMax = 500;

type Column = { readonly name: string; readonly type: 'text' | 'json' | 'jsonb' };

/** See `PrivacyWrite`. Tables are found in the schema, so that one which comes later is not forgotten. */
export async function erasePerson(db: Db, redaction: Redaction, at: number): Promise<Erased> {
  const rows: Record<string, number> = {};
  const loops: string[] = [];
  for (const [table, columns] of await textColumns(db)) {
    const changed = await eraseIn(db, table, columns, redaction);
    if (changed.n > 0) rows[table] = changed.n;
    loops.push(...changed.loops);
  }
  const values = await erasePrivate(db, redaction);
  if (values > 0) rows['ledger_private'] = values;
  const ids = redaction.names.map(({ instead }) => instead);
  await withdraw(db, ids);
  await sql`update identities set owner_kind = 'unknown', owner_id = null, confidence = 0, standing = 'orphaned',
    named_at = null where owner_kind = 'person' and owner_id = any(${textArray(ids)})`.execute(db);
  await sql`update directory_entries set body = '{}'::json, external_id = null, is_active = false,
    updated_at = ${at}, deleted_at = coalesce(deleted_at, ${at}), reported_at = coalesce(reported_at, ${at})
    where kind = 'user' and name = any(${textArray(ids)})`.execute(db);
  return { rows, loops };
}

async function textColumns(db: Db): Promise<ReadonlyMap<string, readonly Column[]>> {
  const found = await sql<{ table_name: string; column_name: string; data_type: Column['type'] }>`
    select c.table_name, c.column_name, c.data_type from information_schema.columns c
    join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
    where c.table_schema = current_schema() and t.table_type = 'BASE TABLE' and c.is_generated = 'NEVER'
      and c.data_type in ('text', 'json', 'jsonb') and c.table_name not like 'foldback\\_%'
      and c.table_name <> all(${textArray(never)})
    order by c.table_name, c.ordinal_position`.execute(db);
  const byTable = Map.groupBy(found.rows, ({ table_name }) => table_name);
  return new Map(
    [...byTable].map(([table, columns]) => [
      table,
      columns.map(({ column_name: name, data_type: type }) => ({ name, type })),
    ]),
  );
}

/** One pass over a table in the order in which its rows lie; a row that was rewritten lies further on and is clean. */
async function eraseIn(
  db: Db,
  table: string,
  columns: readonly Column[],
  redaction: Redaction,
): Promise<{ readonly n: number; readonly loops: readonly string[] }> {
  const loops: string[] = [];
  const id = table === 'loops' ? sql`id::text` : sql`''`;
  let n = 0;
  for (let after = '(0,0)'; ; ) {
    const found = await sql<Record<string, unknown> & { row_place: string; row_id: string }>`
      select ctid::text as row_place, ${id} as row_id, ${sql.join(columns.map(({ name }) => sql`${sql.ref(name)}::text`))}
      from ${sql.table(table)} where ctid > ${after}::text::tid and (${mentions(columns, redaction)})
      order by ctid limit ${batchMax} for update`.execute(db);
    const last = found.rows.at(-1);
    if (last === undefined) return { n, loops };
    after = last.row_place;
    const changed = found.rows.flatMap((row) => {
      const clean = columns.map(
        ({ name, type }) => [name, cleaned(row[name], name, type, redaction)] as const,
      );
      return clean.every(([name, value]) => value === row[name])
        ? []
        : [{ row_place: row.row_place, row_id: row.row_id, ...Object.fromEntries(clean) }];
    });
    n += changed.length;
    if (table === 'loops') loops.push(...changed.map((row) => idOf(row.row_id)));
    await rewrite(db, table, columns, changed);
  }
}

async function rewrite(
  db: Db,
  table: string,
  columns: readonly Column[],
  changed: readonly { readonly row_place: string }[],
): Promise<void> {
  if (changed.length === 0) return;
  const set = columns.map(({ name, type }) => {
    const value = sql.ref(`t.${name}`);
    return sql`${sql.ref(name)} = ${type === 'text' ? value : sql`${value}::${sql.raw(type)}`}`;
  });
  const shape = ['row_place text', ...columns.map(({ name }) => `"${name}" text`)].join(', ');
  await sql`update ${sql.table(table)} o set ${sql.join(set)} from ${recordset(changed, shape)}
    where o.ctid = t.row_place::tid`.execute(db);
}

function cleaned(value: unknown, column: string, type: Column['type'], redaction: Redaction): unknown {
  if (typeof value !== 'string') return value;
  if (type === 'text') return redactText(value, redaction, column);
  const before: Json = JSON.parse(value);
  const after = redactJson(before, redaction);
  return after === before ? value : JSON.stringify(after);
}

/** Rows that may name the person, by text as it stands; what it says is looked at row by row. */
function mentions(columns: readonly Column[], { names }: Redaction): RawBuilder<unknown> {
  const patterns = names.flatMap(({ text }) => {
    const inJson = JSON.stringify(text).slice(1, -1);
    return [...new Set([text, inJson])].map((one) => `%${one.replace(/[\\%_]/gu, String.raw`\$&`)}%`);
  });
  return sql.join(
    columns.map(({ name }) => sql`${sql.ref(name)}::text ilike any(${textArray(patterns)})`),
    sql` or `,
  );
}

/** A private value that names the person goes with its salt: nobody can tell any more what was committed to. */
async function erasePrivate(db: Db, redaction: Redaction): Promise<number> {
  let n = 0;
  for (let after = '(0,0)'; ; ) {
    const found = await sql<{
      place: string;
      value: string;
    }>`select ctid::text as place, value from ledger_private
      where ctid > ${after}::text::tid and (${mentions([{ name: 'value', type: 'text' }], redaction)})
      order by ctid limit ${batchMax} for update`.execute(db);
    const last = found.rows.at(-1);
    if (last === undefined) return n;
    after = last.place;
    const gone = found.rows.filter(({ value }) => cleaned(value, 'value', 'json', redaction) !== value);
    n += gone.length;
    if (gone.length > 0)
      await sql`delete from ledger_private o using ${recordset(gone, 'place text')} where o.ctid = t.place::tid`.execute(
        db,
      );
  }
}

async function withdraw(db: Db, ids: readonly string[]): Promise<void> {
  const found = await sql<{ id: string }>`update messages set state = 'withdrawn', last_error = null
    where state = 'queued' and recipient_kind = 'person' and recipient_id = any(${textArray(ids)}) returning id`.execute(
    db,
  );
  if (found.rows.length === 0) return;
  await sql`update wants set message_id = null
    where message_id = any(${uuidArray(found.rows.map(({ id }) => id))})`.execute(db);
}
