import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Json } from '../../../../core/event.ts';
import type { Principal } from '../../../../ports/principal.ts';
import type { HeldAbout, HeldAsk, PersonLinkRow } from '../../../../ports/store.ts';
import { optional, textArray } from '../rows.ts';

type Db = Kysely<unknown>;
type Held = HeldAbout[keyof HeldAbout];

/** See `PrivacyRead`. Each class by an index: the owner's cases, and what belongs to them; messages by recipient. */
export async function heldAbout(db: Db, principal: Principal, ask: HeldAsk): Promise<HeldAbout | undefined> {
  if (principal.teams !== 'all') return undefined;
  const { id, limit } = ask;
  const own = sql`select id from loops where owner_id = ${id} and owner_kind = 'person'`;
  const addresses = textArray(ask.emails.map((email) => email.toLowerCase()));
  const accounts = textArray(ask.accounts.map((account) => account.toLowerCase()));
  const names = textArray([id, ...ask.emails, ...ask.accounts].map((name) => `person:${name}`));
  return {
    cases: await list(
      db,
      limit,
      sql`select case_code, behaviour, state, rung, repository,
      first_occurred_at as at from loops where owner_id = ${id} and owner_kind = 'person' and not is_stub`,
    ),
    reports: await list(
      db,
      limit,
      sql`select source, kind, occurred_at as at, body->'actor' as you, body->'where' as place
      from events where loop_id in (${own}) and (lower(body->'actor'->>'email') = any(${addresses})
        or lower(body->'actor'->'account'->>'name') = any(${accounts}))`,
    ),
    messages: await list(
      db,
      limit,
      sql`select moment, channel, state, created_at as at, snapshot->>'subject' as subject,
      snapshot->'paragraphs' as words from messages where recipient_kind = 'person' and recipient_id = ${id}`,
    ),
    replies: await list(
      db,
      limit,
      sql`select answer, at, body->>'reason' as reason from replies
      where loop_id in (${own}) and body->'by'->>'kind' = 'person' and body->'by'->>'id' = ${id}
      union all select 'snooze', (s->>'at')::bigint, null
      from loops l, jsonb_array_elements(coalesce(l.facts::jsonb->'snoozes', '[]'::jsonb)) s
      where l.owner_id = ${id} and l.owner_kind = 'person' and s->'by'->>'id' = ${id}`,
    ),
    learnt: await list(
      db,
      limit,
      sql`select scope as place, at from learnt_owners
      where owner_kind = 'person' and owner_id = ${id}`,
    ),
    denials: await list(
      db,
      limit,
      sql`select rule_class, form, times, last_at as at from policy_lessons
      where actor = any(${names})`,
    ),
  };
}

async function list(db: Db, limit: number, rows: RawBuilder<unknown>): Promise<Held> {
  const found = await sql<{
    row: Record<string, Json>;
    n: number | string;
  }>`select to_jsonb(r) as row, count(*) over () as n
    from (${rows}) r order by r.at desc limit ${limit}`.execute(db);
  return {
    count: Number(found.rows[0]?.n ?? 0),
    items: found.rows.map(({ row }) =>
      Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)),
    ),
  };
}

type LinkRecord = {
  readonly hash: string;
  readonly person: string;
  readonly created_at: number;
  readonly expires_at: number;
  readonly used_at: number | null;
};

/** Whoever has the token of the hash may ask: it is a secret. */
export async function personLink(
  db: Db,
  _principal: Principal,
  hash: string,
): Promise<PersonLinkRow | undefined> {
  const found = await sql<LinkRecord>`select * from person_links where hash = ${hash}`.execute(db);
  const [record] = found.rows;
  if (record === undefined) return undefined;
  return {
    hash,
    person: record.person,
    createdAt: Number(record.created_at),
    expiresAt: Number(record.expires_at),
    ...optional('usedAt', record.used_at === null ? undefined : Number(record.used_at)),
  };
}
