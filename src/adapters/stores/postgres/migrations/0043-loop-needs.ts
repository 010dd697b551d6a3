import { type Kysely, sql } from 'kysely';

/** What a loop needs a person for, so that those who ask for something are found without reading the others. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

/** Of loops that are there already, as `needOf` says it; a test holds the two together. */
export const backfillNeeds = `update loops set needs = found.needs
    from (
      select l.id, case
          when l.state in ('answered', 'observed') and r.answer in ('accept-risk', 'need-help')
            and r.at > coalesce(d.at, -1) then case r.answer when 'accept-risk' then 'risk' else 'help' end
          when l.owner_kind = 'unknown' and (h.at is null or m.at > h.at) then 'owner' end as needs
      from loops l
      left join lateral (
        select e ->> 'answer' as answer, (e ->> 'at')::bigint as at
        from jsonb_array_elements(l.facts::jsonb -> 'replies') with ordinality as x (e, n)
        where e #>> '{by,kind}' <> 'agent' order by n desc limit 1) r on true
      left join lateral (
        select max((e ->> 'at')::bigint) as at from jsonb_array_elements(l.facts::jsonb -> 'decisions') e
        where e ->> 'kind' in ('hand-back', 'reject-dispute', 'accept-risk')) d on true
      left join lateral (
        select (e ->> 'at')::bigint as at
        from jsonb_array_elements(l.facts::jsonb -> 'decisions') with ordinality as x (e, n)
        where e ->> 'kind' = 'hand-over' order by n desc limit 1) h on true
      left join lateral (
        select max((e ->> 'at')::bigint) as at from jsonb_array_elements(l.facts::jsonb -> 'replies') e
        where e ->> 'answer' = 'not-mine') m on true
      where not l.is_stub and l.state in ('open', 'told', 'answered', 'escalated', 'observed', 'reassigned',
        'incident', 'disputed', 'orphaned')
    ) found
    where found.id = loops.id and found.needs is not null`;

const statements = [
  'alter table loops add column needs text',
  backfillNeeds,
  'create index loops_needs on loops (needs, last_occurred_at desc, id desc) where needs is not null',
];
