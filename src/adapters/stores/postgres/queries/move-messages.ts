import { type Kysely, sql } from 'kysely';
import type { MessageMove, TroubledChannel } from '../../../../ports/store-ladder.ts';
import { idOf, recordset, uuidArray } from '../rows.ts';

type Db = Kysely<unknown>;

export async function moveMessages(db: Db, moves: readonly MessageMove[]): Promise<ReadonlySet<string>> {
  if (moves.length === 0) return new Set();
  const rows = moves.map((move) => ({
    i: move.id,
    l: move.lease ?? null,
    f: move.from,
    c: move.to,
    o: move.outcome,
    a: move.at,
    e: move.reason,
    p: move.outcome === 'bounced',
  }));
  const given = recordset(rows, 'i uuid, l text, f text, c text, o text, a bigint, e text, p boolean');
  const done = await sql<{ id: string }>`with moved as (
      update messages set state = 'queued', channel = t.c, due_at = t.a, attempt = 0, last_error = t.e,
        is_replay = is_replay or t.p, sent_at = null, reference = null, lease = null, leased_until = null
      from ${given} where id = t.i and channel = t.f and (t.l is null or lease = t.l)
      returning messages.id, messages.team, t.f, t.o, t.a),
    noted as (
      insert into message_moves (message_id, channel, outcome, at, team) select id, f, o, a, team from moved
      on conflict (message_id, channel) do nothing)
    select id from moved`.execute(db);
  return new Set(done.rows.map((row) => idOf(row.id)));
}

export async function troubledChannels(
  db: Db,
  loops: readonly string[],
): Promise<readonly TroubledChannel[]> {
  const found = await sql<{
    loop_id: string;
    kind: TroubledChannel['to']['kind'];
    id: string;
    channel: string;
  }>`
    select w.loop_id, m.recipient_kind as kind, m.recipient_id as id, m.channel
      from wants w join messages m on m.id = w.message_id
      where w.loop_id = any(${uuidArray(loops)}) and m.state = 'uncertain'
    union
    select w.loop_id, m.recipient_kind, m.recipient_id, v.channel
      from wants w join messages m on m.id = w.message_id join message_moves v on v.message_id = m.id
      where w.loop_id = any(${uuidArray(loops)})`.execute(db);
  return found.rows.map(({ loop_id, kind, id, channel }) => ({
    loop: idOf(loop_id),
    to: { kind, id },
    channel,
  }));
}
