import { type Kysely, sql } from 'kysely';
import { lineDigest } from '../../../../lib/line-digest.ts';
import {
  type BackupEnd,
  type BackupHead,
  type BackupTable,
  backupFormat,
} from '../../../../ports/store-backup.ts';
import { ledgerDigest } from './ledger-digest.ts';
import { listTables, type Table, takenSteps } from './tables.ts';

type Db = Kysely<unknown>;

/** Rows that are in memory at once: some megabytes. */
const rowsPerFetch = 500;

/**
 * Everything stored as one moment saw it, a line at a time. On the embedded store nothing else is done meanwhile: read
 * it quickly, into a file.
 */
export async function* dump(
  db: Db,
  given: Pick<BackupHead, 'at' | 'store'>,
): AsyncGenerator<string, void, undefined> {
  const trx = await db.startTransaction().setIsolationLevel('repeatable read').execute();
  try {
    const head: BackupHead = { format: backupFormat, ...given, schema: await takenSteps(trx) };
    yield `h${JSON.stringify(head)}`;
    const tables: BackupTable[] = [];
    const ledger = ledgerDigest();
    for (const table of await listTables(trx)) {
      yield `t${JSON.stringify({ table: table.name })}`;
      const digest = lineDigest();
      for await (const row of rowsOf(trx, table)) {
        digest.add(row);
        if (table.name === 'loops') ledger.add(row);
        yield `r${row}`;
      }
      const { n, sha256 } = digest.end();
      tables.push({ table: table.name, rows: n, sha256 });
    }
    const end: BackupEnd = { tables, ledger: ledger.end() };
    yield `e${JSON.stringify(end)}`;
  } finally {
    await trx.rollback().execute();
  }
}

async function* rowsOf(trx: Db, table: Table): AsyncGenerator<string, void, undefined> {
  const order =
    table.key.length === 0 ? sql`` : sql`order by ${sql.join(table.key.map((column) => sql.ref(column)))}`;
  await sql`declare dumped no scroll cursor for
    select row_to_json(dumped_row)::text as row from ${sql.table(table.name)} dumped_row ${order}`.execute(
    trx,
  );
  for (;;) {
    const { rows } = await sql<{ row: string }>`fetch ${sql.lit(rowsPerFetch)} from dumped`.execute(trx);
    // JSON that a column keeps as text may be laid out over lines; a break inside a string is written as \n there.
    for (const { row } of rows) yield row.replaceAll('\n', ' ').replaceAll('\r', ' ');
    if (rows.length < rowsPerFetch) break;
  }
  await sql`close dumped`.execute(trx);
}
