import { type Kysely, sql } from 'kysely';
import type { Principal } from '../../../../ports/principal.ts';
import type { AgentCounts, AgentDayRow, AgentFilter } from '../../../../ports/store.ts';
import { recordset } from '../rows.ts';

type Db = Kysely<unknown>;

export async function agentCounts(
  db: Db,
  principal: Principal,
  { from, to, agent, limit }: AgentFilter,
): Promise<readonly AgentCounts[]> {
  if (principal.teams !== 'all') return [];
  const found = await sql<{
    readonly agent: string;
    readonly version: string;
    readonly prompt: string;
    readonly attempts: number | string;
    readonly denials: number | string;
    readonly repeats: number | string;
  }>`select agent, version, prompt, sum(attempts) as attempts, sum(denials) as denials, sum(repeats) as repeats
    from agent_counts where day between ${from} and ${to} and (${agent ?? null}::text is null or agent = ${agent ?? null}::text)
    group by agent, version, prompt
    order by sum(denials) desc, agent, version, prompt limit ${limit}`.execute(db);
  return found.rows.map((row) => ({
    ...row,
    attempts: Number(row.attempts),
    denials: Number(row.denials),
    repeats: Number(row.repeats),
  }));
}

export async function addAgentCounts(db: Db, rows: readonly AgentDayRow[]): Promise<void> {
  if (rows.length === 0) return;
  const columns =
    'agent text, version text, prompt text, day text, attempts bigint, denials bigint, repeats bigint';
  // In one order, so that two writers never wait for each other.
  await sql`insert into agent_counts (agent, version, prompt, day, attempts, denials, repeats)
    select agent, version, prompt, day, sum(attempts), sum(denials), sum(repeats)
    from ${recordset(rows, columns)} group by agent, version, prompt, day
    order by agent, version, prompt, day
    on conflict (agent, version, prompt, day) do update set
      attempts = agent_counts.attempts + excluded.attempts,
      denials = agent_counts.denials + excluded.denials,
      repeats = agent_counts.repeats + excluded.repeats`.execute(db);
}

export async function forgetAgentCounts(db: Db, before: string, limit: number): Promise<number> {
  const gone = await sql`delete from agent_counts where (agent, version, prompt, day) in
    (select agent, version, prompt, day from agent_counts where day < ${before} order by day limit ${limit})
    returning agent`.execute(db);
  return gone.rows.length;
}
