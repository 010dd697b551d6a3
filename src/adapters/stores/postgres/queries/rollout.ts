import { type Kysely, sql } from 'kysely';
import type { RolloutRule } from '../../../../core/loop/rollout.ts';
import type { Moment } from '../../../../core/message.ts';
import type { Principal } from '../../../../ports/principal.ts';
import type { RolloutSwitch, ShadowCount } from '../../../../ports/store-rollout.ts';
import { optional, textArray } from '../rows.ts';
import { visible } from './read-loops.ts';
import { rulesOf, type SwitchState } from './rollout-rows.ts';

type Db = Kysely<unknown>;

type SwitchRecord = SwitchState & {
  readonly at: number | string;
  readonly by: string;
  readonly reason: string;
};

export async function rolloutRules(db: Db, _principal: Principal): Promise<readonly RolloutRule[]> {
  const found = await sql<SwitchRecord>`select distinct on (behaviour, team) * from rollout_switches
    order by behaviour, team, n desc`.execute(db);
  return rulesOf(found.rows);
}

export async function rolloutSwitches(
  db: Db,
  principal: Principal,
  limit: number,
): Promise<readonly RolloutSwitch[]> {
  const seen =
    principal.teams === 'all' ? sql`true` : sql`(team is null or team = any(${textArray(principal.teams)}))`;
  const found = await sql<SwitchRecord>`select * from rollout_switches where ${seen}
    order by n desc limit ${limit}`.execute(db);
  return found.rows.map(({ at, by, stage, reason, behaviour, team, share }) => ({
    at: Number(at),
    by,
    stage,
    reason,
    ...optional('behaviour', behaviour),
    ...optional('team', team),
    ...optional('share', share),
  }));
}

export async function addRolloutSwitch(db: Db, turn: RolloutSwitch): Promise<void> {
  await sql`insert into rollout_switches (at, by, behaviour, team, stage, share, reason)
    values (${turn.at}, ${turn.by}, ${turn.behaviour ?? null}, ${turn.team ?? null}, ${turn.stage},
      ${turn.share ?? null}, ${turn.reason})`.execute(db);
}

export async function touchSpoken(
  db: Db,
  now: number,
  { behaviour, team }: { readonly behaviour?: string; readonly team?: string },
): Promise<void> {
  await sql`update loops set due_at = ${now} where not is_stub
    and state in ('triage', 'open', 'told', 'answered', 'escalated', 'observed', 'reassigned', 'incident', 'disputed')
    and ${behaviour === undefined ? sql`true` : sql`behaviour = ${behaviour}`}
    and ${team === undefined ? sql`true` : sql`team = ${team}`}`.execute(db);
}

export async function shadowCounts(
  db: Db,
  principal: Principal,
  filter: { readonly since?: number; readonly behaviour?: string; readonly team?: string },
): Promise<readonly ShadowCount[]> {
  const { since, behaviour, team } = filter;
  const found = await sql<{
    behaviour: string;
    team: string | null;
    moment: Moment;
    is_shadow: boolean;
    messages: number;
    recipients: number;
    loops: number;
  }>`select m.behaviour, m.team, m.moment, m.is_shadow, count(distinct m.id) as messages,
      count(distinct (m.recipient_kind, m.recipient_id)) as recipients, count(distinct w.loop_id) as loops
    from messages m join wants w on w.message_id = m.id
    where ${visible(principal, 'm.team')} and m.state in ('accepted', 'uncertain')
      and ${since === undefined ? sql`true` : sql`m.created_at >= ${since}`}
      and ${behaviour === undefined ? sql`true` : sql`m.behaviour = ${behaviour}`}
      and ${team === undefined ? sql`true` : sql`m.team = ${team}`}
    group by 1, 2, 3, 4 order by 1, 2, 3, 4`.execute(db);
  return found.rows.map((row) => ({
    behaviour: row.behaviour,
    moment: row.moment,
    isShadow: row.is_shadow,
    messages: Number(row.messages),
    recipients: Number(row.recipients),
    loops: Number(row.loops),
    ...optional('team', row.team),
  }));
}
