import pg from 'pg';
import type { Event } from '../../src/core/event.ts';

const rowsAStatement = 500;
const columns = 6;

const values = Array.from({ length: rowsAStatement }, (_, row) => {
  const places = Array.from({ length: columns }, (__, column) => `$${row * columns + column + 1}`);
  return `(${places.join(',')})`;
});

/**
 * The limit: multi-row INSERT of 500 into one table with its primary key, every statement durable. Rows are made ready
 * outside the time that counts. Returns the milliseconds spent in inserting the events from `from` up to `to`.
 */
export async function insertRows(
  url: string,
  batches: AsyncIterable<readonly Event[]>,
  from: number,
  to: number,
): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`create table if not exists plain_events (id uuid primary key, source text not null,
    kind text not null, occurred_at bigint not null, received_at bigint not null, body json not null)`);
  const statement = (rows: number) => `insert into plain_events values ${values.slice(0, rows).join(',')}`;
  let ms = 0;
  let n = 0;
  let waiting: unknown[] = [];
  const insert = async () => {
    const rows = waiting.length / columns;
    const startedAt = performance.now();
    await client.query({ name: `insert-${rows}`, text: statement(rows), values: waiting });
    ms += performance.now() - startedAt;
    waiting = [];
  };
  for await (const events of batches) {
    for (const event of events) {
      if (n >= from && n < to) {
        // Every row is one of its own here: a repeated event gets another id.
        const id = n.toString(16).padStart(8, '0') + event.id.slice(8);
        const { source, kind, occurredAt, receivedAt, id: _id, ...body } = event;
        waiting.push(id, source, kind, occurredAt, receivedAt, JSON.stringify(body));
        if (waiting.length === rowsAStatement * columns) await insert();
      }
      n += 1;
    }
    if (n >= to) break;
  }
  if (waiting.length > 0) await insert();
  await client.end();
  return ms;
}
