import { type Kysely, sql } from 'kysely';
import { migrate, schemaSteps } from '../migrate.ts';
import { ledgerDigest } from './ledger-digest.ts';
import { faulty, type ReadBackup, readBackup } from './read-lines.ts';
import { listTables } from './tables.ts';

type Db = Kysely<unknown>;

/** Rows and characters of one statement. */
const rowsPerInsert = 500;
const charsPerInsert = 8 * 1024 * 1024;

/**
 * Fills an empty schema from a backup: as it was then, then brought up to date. Compares at the end what rests with what
 * the backup says.
 *
 * @throws AppError `bad-backup`, also for one of a newer version
 */
export async function load(db: Db, lines: AsyncIterable<string>, schema?: string): Promise<ReadBackup> {
  let table = '';
  let known: ReadonlySet<string> = new Set();
  let rows: string[] = [];
  let chars = 0;
  const trx = await db.startTransaction().execute();
  const flush = async (): Promise<void> => {
    if (rows.length === 0) return;
    const name = sql.table(table);
    await sql`insert into ${name} overriding system value
      select * from json_populate_recordset(null::${name}, ${`[${rows.join(',')}]`}::json)`.execute(trx);
    rows = [];
    chars = 0;
  };
  let read: ReadBackup;
  try {
    read = await readBackup(lines, {
      head: async (head) => {
        const strange = head.schema.find((step, n) => schemaSteps[n] !== step);
        if (strange !== undefined)
          throw faulty(`it was made by another version of Foldback (${strange}): use that one or a newer`);
        await migrate(trx, schema, head.schema.at(-1));
        known = new Set((await listTables(trx)).map(({ name }) => name));
      },
      table: async (name) => {
        await flush();
        if (!known.has(name)) throw faulty(`table ${name} is not of its schema`);
        table = name;
      },
      row: async (row) => {
        rows.push(row);
        chars += row.length;
        if (rows.length >= rowsPerInsert || chars >= charsPerInsert) await flush();
      },
    });
    await flush();
    await setIdentities(trx);
    await compareLedger(trx, read);
    await trx.commit().execute();
  } catch (error) {
    await trx.rollback().execute();
    throw error;
  }
  await migrate(db, schema);
  return read;
}

/** Numbers that the database gives go on after the highest that was loaded. */
async function setIdentities(db: Db): Promise<void> {
  for (const { name, identity } of await listTables(db)) {
    if (identity === undefined) continue;
    const column = sql.ref(identity);
    await sql`select setval(pg_get_serial_sequence(${name}, ${identity}), coalesce(max(${column}), 0) + 1, false)
      from ${sql.table(name)}`.execute(db);
  }
}

const pageRows = 5_000;

async function compareLedger(db: Db, { end }: ReadBackup): Promise<void> {
  const ledger = ledgerDigest();
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const { rows } = await sql<{ id: string; row: string }>`
      select id::text as id, row_to_json(l)::text as row
      from (select id, seq, head from loops where id >= ${after}::uuid order by id limit ${sql.lit(pageRows + 1)}) l`.execute(
      db,
    );
    for (const { row } of rows.slice(0, pageRows)) ledger.add(row);
    const next = rows[pageRows];
    if (next === undefined) break;
    after = next.id;
  }
  if (ledger.end().sha256 !== end.ledger.sha256)
    throw faulty('the heads of its chains do not come to the same');
}
