import { type Kysely, sql } from 'kysely';
import type { CampaignRow } from '../../../../ports/store.ts';

/** The latest mail of a campaign stands. */
export async function saveCampaign(db: Kysely<unknown>, row: CampaignRow): Promise<void> {
  const { source, id, name, reconstruction, cues, difficulty, updatedAt } = row;
  await sql`insert into campaigns (source, id, name, reconstruction, cues, difficulty, updated_at)
    values (${source}, ${id}, ${name ?? null}, ${JSON.stringify(reconstruction)}::text::jsonb,
      ${JSON.stringify(cues)}::text::jsonb, ${JSON.stringify(difficulty)}::text::jsonb, ${updatedAt})
    on conflict (source, id) do update set name = coalesce(excluded.name, campaigns.name),
      reconstruction = excluded.reconstruction, cues = excluded.cues, difficulty = excluded.difficulty,
      updated_at = excluded.updated_at`.execute(db);
}
