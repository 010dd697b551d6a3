import { type Kysely, sql } from 'kysely';

/** Accounts and addresses that a directory gives to somebody and an operator does not. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`create table refused_links (
      directory text not null,
      entry text not null,
      account text not null,
      person text not null,
      by_id text not null,
      at bigint not null,
      primary key (directory, entry, account)
    )`)
    .execute(db);
}
