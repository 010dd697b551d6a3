import { type Kysely, sql } from 'kysely';

/**
 * Finding what was recorded in a period: entries come in the order of time, so a summary of blocks is enough. And who
 * took which report out, when and why.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw('create index ledger_entries_at on ledger_entries using brin (at)').execute(db);
  await sql.raw('create index checkpoints_at on checkpoints (at)').execute(db);
  await sql
    .raw(`create table report_exports (
      id uuid primary key,
      at bigint not null,
      by_id text not null,
      by_name text not null,
      report text not null,
      purpose text not null,
      about json not null
    )`)
    .execute(db);
  await sql.raw('create index report_exports_at on report_exports (at)').execute(db);
}
