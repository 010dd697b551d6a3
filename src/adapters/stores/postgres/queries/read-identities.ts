import { type Kysely, sql } from 'kysely';
import type { Principal } from '../../../../ports/principal.ts';
import type { IdentityOwnerRow } from '../../../../ports/store.ts';
import { optional, textArray } from '../rows.ts';
import { visible } from './read-loops.ts';

type Db = Kysely<unknown>;

/** Each identity once, as its latest loop has its owner; counted together where everything that is told is the same. */
export async function identityOwners(db: Db, principal: Principal): Promise<readonly IdentityOwnerRow[]> {
  const found = await sql<{
    type: string;
    owner_kind: IdentityOwnerRow['owner']['kind'];
    owner_id: string | null;
    confidence: number;
    has_evidence: boolean;
    n: number;
  }>`
    with latest as (
      select distinct on (facts->'identity'->>'provider', facts->'identity'->>'id')
        facts->'identity'->>'type' as type, owner_kind, owner_id, confidence,
        exists (select 1 from json_array_elements(facts->'kept') as sighting
          where json_array_length(sighting->'evidence') > 0) as has_evidence
      from loops where not is_stub and merged_into is null and facts->'identity'->>'id' is not null
        and ${visible(principal, 'team')}
      order by facts->'identity'->>'provider', facts->'identity'->>'id', last_occurred_at desc, id
    )
    select type, owner_kind, owner_id, confidence, has_evidence, count(*) as n from latest
    group by type, owner_kind, owner_id, confidence, has_evidence`.execute(db);
  return found.rows.map((row) => ({
    type: row.type,
    owner: { kind: row.owner_kind, confidence: Number(row.confidence), ...optional('id', row.owner_id) },
    hasEvidence: row.has_evidence,
    n: Number(row.n),
  }));
}

/** Those of the ids that are the identity of a loop. */
export async function identitiesInLoops(
  db: Db,
  principal: Principal,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const found = await sql<{ id: string }>`select distinct facts->'identity'->>'id' as id from loops
    where not is_stub and merged_into is null and ${visible(principal, 'team')}
      and facts->'identity'->>'id' = any(${textArray(ids)})`.execute(db);
  return new Set(found.rows.map(({ id }) => id));
}
