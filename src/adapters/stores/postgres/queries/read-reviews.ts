import { type Kysely, type RawBuilder, sql } from 'kysely';
import { type ReviewBody, reviewKinds, reviewStates } from '../../../../core/review/proposal.ts';
import type { Principal } from '../../../../ports/principal.ts';
import type { LedgerRow, ReviewFilter, ReviewRow } from '../../../../ports/store.ts';
import { idOf, optional } from '../rows.ts';

type Db = Kysely<unknown>;
type Instant = number | string;

export type ReviewRecord = {
  readonly id: string;
  readonly behaviour: string;
  readonly kind: string;
  readonly subject: string;
  readonly round: number;
  readonly state: string;
  readonly message_version: number;
  readonly first_at: Instant;
  readonly last_at: Instant;
  readonly decided_at: Instant | null;
  readonly decided_by: string | null;
  readonly decided_by_name: string | null;
  readonly reason: string | null;
  readonly not_again_before: Instant | null;
  readonly seq: number;
  readonly head: string;
  readonly body: ReviewBody;
};

export function reviewOf(record: ReviewRecord): ReviewRow {
  const instant = (value: Instant | null) => (value === null ? undefined : Number(value));
  const kind = reviewKinds.find((one) => one === record.kind);
  const state = reviewStates.find((one) => one === record.state);
  if (kind === undefined || state === undefined)
    throw new TypeError('a proposal of another program is in the store');
  const { behaviour, subject, round, seq, head, body } = record;
  return {
    ...{ id: idOf(record.id), behaviour, kind, subject, round, state, seq, head, body },
    messageVersion: record.message_version,
    firstAt: Number(record.first_at),
    lastAt: Number(record.last_at),
    ...optional('decidedAt', instant(record.decided_at)),
    ...optional('decidedBy', record.decided_by),
    ...optional('decidedByName', record.decided_by_name),
    ...optional('reason', record.reason),
    ...optional('notAgainBefore', instant(record.not_again_before)),
  };
}

/** They are about everybody. */
function seen(principal: Principal): RawBuilder<unknown> {
  return principal.teams === 'all' ? sql`true` : sql`false`;
}

export async function reviews(
  db: Db,
  principal: Principal,
  filter: ReviewFilter,
): Promise<readonly ReviewRow[]> {
  const same = (column: string, value: string | undefined) =>
    value === undefined ? sql`true` : sql`${sql.ref(column)} = ${value}`;
  const found = await sql<ReviewRecord>`select * from reviews where ${seen(principal)}
    and ${same('state', filter.state)} and ${same('behaviour', filter.behaviour)} and ${same('kind', filter.kind)}
    order by first_at desc, id limit ${filter.limit}`.execute(db);
  return found.rows.map(reviewOf);
}

export async function review(db: Db, principal: Principal, id: string): Promise<ReviewRow | undefined> {
  if (!/^[0-9a-f]{32}$/u.test(id)) return undefined;
  const found = await sql<ReviewRecord>`select * from reviews
    where id = ${id}::uuid and ${seen(principal)}`.execute(db);
  const record = found.rows[0];
  return record === undefined ? undefined : reviewOf(record);
}

/** The entries of its chain; empty for one that may not be seen. */
export async function reviewLedger(db: Db, principal: Principal, id: string): Promise<readonly LedgerRow[]> {
  const found = await sql<Omit<LedgerRow, 'loop'>>`select e.* from ledger_entries e
    where e.loop_id = ${id}::uuid and ${seen(principal)}
      and exists (select 1 from reviews where id = ${id}::uuid) order by e.seq`.execute(db);
  return found.rows.map(({ seq, at, kind, previous, hash, body }) => ({
    ...{ loop: id, seq, kind, previous, hash, body },
    at: Number(at),
  }));
}
