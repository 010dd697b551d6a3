import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createStore } from '../src/adapters/stores/postgres/index.ts';
import { migrate } from '../src/adapters/stores/postgres/migrate.ts';
import { decide, release } from '../src/loop/decide.ts';
import { ingest } from '../src/loop/ingest.ts';
import { replyByLink } from '../src/loop/listen.ts';
import { loopPrincipal } from '../src/loop/parts.ts';
import { sealLedger } from '../src/loop/seal.ts';
import { sweep } from '../src/loop/sweep.ts';
import type { Store } from '../src/ports/store.ts';
import { fillStore } from './support/fill-store.ts';
import { day, fakeSecret, hour, leak, monday, openHouse, status } from './support/house.ts';
import { explained, type Told } from './support/plans.ts';

/** Tables that grow with what was reported. A scan of one of them costs more every day. */
const growing = new Set([
  'events',
  'loops',
  'loop_keys',
  'loop_spans',
  'ledger_entries',
  'ledger_private',
  'messages',
  'wants',
  'replies',
  'receipts',
]);
const filled = 30_000;

const { url = '', reason } = inject('postgres');

describe.skipIf(url === '')(`plans on PostgreSQL${reason === undefined ? '' : ` (${reason})`}`, () => {
  const schema = `x_${randomBytes(6).toString('hex')}`;
  const target = `${url}?options=${encodeURIComponent(`-c search_path=${schema}`)}`;
  const scans = new Map<string, Told>();
  let store: Store;

  beforeAll(async () => {
    const db = explained(target, scans);
    await migrate(db, schema);
    await fillStore(target, { events: filled, loops: filled, habits: ['0'.repeat(32), '1'.repeat(32)] });
    await fillMessages(target);
    store = createStore(db, 'postgres', () => db.destroy());
  }, 120_000);
  afterAll(async () => {
    await store?.close();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`drop schema ${schema} cascade`);
    await client.end();
  });

  test('no hot statement reads a growing table from end to end', async () => {
    const house = openHouse({ store, delivery: { perPersonPerDayMax: 50 } });
    const live = (...events: Parameters<typeof ingest>[1]['events']) =>
      ingest(house.parts, {
        source: 'scanner',
        receivedAt: house.clock.now(),
        mode: 'live',
        events,
        receipt: `r${house.clock.now()}`,
      });
    scans.clear();

    const events = Array.from({ length: 40 }, (_, n) =>
      leak({
        at: monday - hour,
        secret: fakeSecret(n),
        author: 'ana',
        commit: 'c'.repeat(40),
        file: `f${n}.py`,
        columns: [5, 40],
      }),
    );
    const taken = await live(...events);
    const loop = taken.loops[0] ?? '';
    house.clock.pass(1000);
    await live(...events);
    await house.settleDown();
    const { messages = [] } = (await store.read.loop(loopPrincipal, loop)) ?? {};
    const message = messages[0];
    if (message === undefined) throw new Error('no message was sent');
    const link = house.parts.replyLink(message.id, message.to.id);
    await replyByLink(house.parts, link.tokenHash, { answer: 'not-mine', owner: 'bob@example.com' });
    await live(status({ at: house.clock.now(), secret: fakeSecret(0), validity: 'inactive' }));
    house.clock.pass(day);
    await live(leak({ at: house.clock.now(), secret: fakeSecret(100), author: 'ana' }));
    await house.settleDown();
    await sweep(house.parts);
    await decide(house.parts, loopPrincipal, taken.loops[1] ?? '', { kind: 'dismiss' });
    await release(house.parts, loopPrincipal, { ids: taken.loops.slice(2, 4) });
    await sealLedger(house.parts, {
      seal: (leaves, _previous, at) => {
        const base = { n: 1, at, size: leaves.length, root: '', previous: '', keyId: '', signature: '' };
        return { ...base, leaves };
      },
      keep: async () => undefined,
      missing: async () => [],
    });
    const { read } = store;
    await read.loop(loopPrincipal, 'FB-AAAAA-AAAAA');
    await read.loops(loopPrincipal, { limit: 50 });
    await read.loops(loopPrincipal, { limit: 50, state: 'told' });
    await read.loops({ ...loopPrincipal, teams: ['blue'] }, { limit: 50, state: 'told', team: 'blue' });
    await read.messages(loopPrincipal, { limit: 50 });
    await read.message(loopPrincipal, message.id);
    await read.ledger(loopPrincipal, loop);

    const told = [...scans].flatMap(([statement, { scans: read }]) => {
      const tables = [...read].filter((table) => growing.has(table));
      return tables.length === 0 ? [] : [`${tables.join(', ')}: ${statement}`];
    });
    expect(told).toEqual([]);
    // The engine was seen at work: a check that sees nothing finds nothing.
    for (const table of ['events', 'loops', 'loop_keys', 'ledger_entries', 'messages', 'wants']) {
      expect([...scans.keys()].some((statement) => statement.includes(table))).toBe(true);
    }
  });

  test('what the console asks for again and again is answered by indexes alone', async () => {
    const { read } = store;
    const client = new pg.Client({ connectionString: target });
    await client.connect();
    await client.query(`update loops set needs = 'risk' where case_code like 'FB-AA%'`);
    await client.query('vacuum analyze loops');
    await client.end();
    const blue = { ...loopPrincipal, teams: ['blue'] };
    for (const principal of [loopPrincipal, blue]) {
      scans.clear();
      const counted = await read.counts(principal);
      expect(counted.reduce((sum, { n }) => sum + n, 0)).toBeGreaterThan(filled / 3);
      const [item] = await read.needCounts(principal);
      const page = await read.loops(principal, { limit: 5, needs: 'risk' });
      expect(item?.n).toBeGreaterThanOrEqual(page.items.length);
      expect(page.items.length).toBeGreaterThan(0);
      const told = [...scans].map(([, { scans: read, indexes }]) => [[...read], [...indexes]]);
      expect(told).toEqual([
        [[], ['loops_counted']],
        [[], ['loops_needs']],
        [[], ['loops_needs']],
      ]);
    }
  });
});

/** Messages of the past, and words that wait for their day. */
async function fillMessages(target: string): Promise<void> {
  const client = new pg.Client({ connectionString: target });
  await client.connect();
  await client.query(`insert into messages (id, recipient_kind, recipient_id, moment, occasion, behaviour, lane,
      is_shadow, channel, state, due_at, attempt, created_at, sent_at, token_hash)
    select md5('message ' || n)::uuid, 'person', 'p' || n % 300, 'told', n::text, 'secret-in-repository', 1, false,
      'outbox', 'accepted', n, 1, n, n, md5('token ' || n) from generate_series(1, ${filled}) n`);
  await client.query(`insert into wants (loop_id, occasion, message_id, moment, behaviour, recipient_kind, recipient_id,
      lane, due_at)
    select md5('loop ' || n)::uuid, 'first:0', md5('message ' || n)::uuid, 'told', 'secret-in-repository', 'person',
      'p' || n % 300, 1, n from generate_series(1, ${filled}) n
    union all select md5('loop ' || n)::uuid, 'ladder:first:0:0', null, 'reminder', 'secret-in-repository', 'person',
      'p' || n % 300, 1, ${monday + 30 * day} + n from generate_series(1, ${filled}) n`);
  await client.query(`insert into receipts (id, source, at)
    select 'receipt ' || n, 'generic', n from generate_series(1, ${filled}) n`);
  await client.query(`insert into replies (id, loop_id, at, answer, body)
    select md5('reply ' || n)::uuid, md5('loop ' || n)::uuid, n, 'done', '{}' from generate_series(1, ${filled}) n`);
  await client.query('vacuum analyze');
  await client.end();
}
