import { type Kysely, sql } from 'kysely';
import type { Json } from '../../../../core/event.ts';
import type { Principal } from '../../../../ports/principal.ts';
import type { CampaignKey, CampaignRow } from '../../../../ports/store.ts';
import { optional, recordset } from '../rows.ts';

type CampaignRecord = {
  readonly source: string;
  readonly id: string;
  readonly name: string | null;
  readonly reconstruction: Json;
  readonly cues: Json;
  readonly difficulty: Json;
  readonly updated_at: number;
};

/** A campaign went to many teams and names nobody: whoever may see a loop of it may see it. */
export async function campaigns(
  db: Kysely<unknown>,
  _principal: Principal,
  keys: readonly CampaignKey[],
): Promise<readonly CampaignRow[]> {
  if (keys.length === 0) return [];
  const found = await sql<CampaignRecord>`select c.* from campaigns c
    join (select distinct source, id from ${recordset(keys, 'source text, id text')}) asked
    on asked.source = c.source and asked.id = c.id order by c.source, c.id`.execute(db);
  return found.rows.map(({ name, updated_at: updatedAt, ...row }) => ({
    ...row,
    ...optional('name', name),
    updatedAt: Number(updatedAt),
  }));
}
