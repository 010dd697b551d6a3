import { type Kysely, sql } from 'kysely';
import type { ReviewRow } from '../../../../ports/store.ts';
import { recordset } from '../rows.ts';
import { type ReviewRecord, reviewOf } from './read-reviews.ts';

type Db = Kysely<unknown>;

const columns = `id uuid, behaviour text, kind text, subject text, round integer, state text, message_version integer,
  first_at bigint, last_at bigint, decided_at bigint, decided_by text, decided_by_name text, reason text,
  not_again_before bigint, seq integer, head text, body json`;
const names = columns.split(',').map((column) => column.trim().split(' ')[0] ?? '');
const assignments = names
  .filter((name) => name !== 'id')
  .map((name) => `${name} = excluded.${name}`)
  .join(', ');

/** Inserts a proposal, or replaces one that is held. */
export async function saveReview(db: Db, row: ReviewRow): Promise<void> {
  const all = sql.raw(names.join(', '));
  await sql`insert into reviews (${all}) select ${all} from ${recordset([recordOf(row)], columns)}
    on conflict (id) do update set ${sql.raw(assignments)}`.execute(db);
}

export async function lockReview(db: Db, id: string): Promise<ReviewRow | undefined> {
  const found = await sql<ReviewRecord>`select * from reviews where id = ${id}::uuid for update`.execute(db);
  const record = found.rows[0];
  return record === undefined ? undefined : reviewOf(record);
}

function recordOf(row: ReviewRow): { readonly [K in keyof ReviewRecord]: unknown } {
  const { id, behaviour, kind, subject, round, state, reason, seq, head, body } = row;
  return {
    ...{ id, behaviour, kind, subject, round, state, reason, seq, head, body },
    message_version: row.messageVersion,
    first_at: row.firstAt,
    last_at: row.lastAt,
    decided_at: row.decidedAt,
    decided_by: row.decidedBy,
    decided_by_name: row.decidedByName,
    not_again_before: row.notAgainBefore,
  };
}
