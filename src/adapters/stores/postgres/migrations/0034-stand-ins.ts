import { type Kysely, sql } from 'kysely';

/** Words that go to a stand-in, by whoever is away: they are looked at anew when that changes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw('create index wants_stand_in on wants (stand_in_for) where stand_in_for is not null')
    .execute(db);
}
