import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createStore } from '../src/adapters/stores/postgres/index.ts';
import { migrate } from '../src/adapters/stores/postgres/migrate.ts';
import { indexPeople } from '../src/core/people-index.ts';
import { measure } from '../src/loop/measure.ts';
import { measureAll } from '../src/loop/measure-all.ts';
import { measureControls } from '../src/loop/measure-controls.ts';
import { loopPrincipal } from '../src/loop/parts.ts';
import type { Store } from '../src/ports/store.ts';
import { appliedControl } from './support/applied-control.ts';
import { day, personOf } from './support/house.ts';
import { explained, type Told } from './support/plans.ts';

const { url = '', reason } = inject('postgres');
const start = Date.UTC(2025, 9, 1);
const asOf = start + 400 * day;
const teams = ['blue', 'red'];

describe.skipIf(url === '')(`plans of measures${reason === undefined ? '' : ` (${reason})`}`, () => {
  const schema = `m_${randomBytes(6).toString('hex')}`;
  const target = `${url}?options=${encodeURIComponent(`-c search_path=${schema}`)}`;
  const told = new Map<string, Told>();
  let store: Store;

  beforeAll(async () => {
    const db = explained(target, told);
    await migrate(db, schema);
    await fill(target);
    store = createStore(db, 'postgres', () => db.destroy());
    for (const scope of [{ kind: 'everyone', id: '' } as const, { kind: 'team', id: 'blue' } as const]) {
      const control = appliedControl({ behaviour: 'rare', scope, appliedAt: start + 200 * day });
      await store.transaction((tx) => tx.insertControl(control));
    }
  }, 120_000);
  afterAll(async () => {
    await store?.close();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`drop schema ${schema} cascade`);
    await client.end();
  });

  test('no figure reads every counter, and those of a rare behaviour read its cases only', async () => {
    const parts = {
      store,
      people: indexPeople(
        teams.flatMap((team) => Array.from({ length: 20 }, (_, at) => personOf(`${team}${at}`, { team }))),
        teams.map((id) => ({ id, name: id, handles: [] })),
      ),
      clock: { now: () => asOf },
      taxonomy: { stamps: new Map(), remaps: [] },
    };
    const settings = { sensitiveTeams: [], minutesPerDecision: 5 };
    told.clear();
    await measureAll(parts, loopPrincipal, settings);
    const ofAll = [...told].filter(([, { scans }]) => scans.has('counters'));
    expect(ofAll.map(([statement]) => statement)).toEqual([]);
    expect([...told.keys()].some((statement) => statement.includes('from opportunities'))).toBe(true);

    told.clear();
    for (const by of [undefined, 'team', 'kind'] as const)
      await measure(parts, loopPrincipal, { behaviour: 'rare', ...(by && { by }) }, settings);
    const around = await measureControls(parts, loopPrincipal, { behaviour: 'rare' }, settings);
    expect(around.map(({ kind }) => kind)).toEqual(['shown', 'shown']);
    const large = ['counters', 'outcomes', 'loops'];
    const reading = [...told].filter(([, { scans }]) => large.some((table) => scans.has(table)));
    expect(reading.map(([statement, { scans }]) => `${[...scans].join()}: ${statement}`)).toEqual([]);
    const used = new Set([...told.values()].flatMap(({ indexes }) => [...indexes]));
    for (const index of ['counters_pkey', 'outcomes_behaviour']) expect(used).toContain(index);
  });
});

/** Two behaviours, of which one is rare; counters of 400 days, their sums, and cases as the store keeps them. */
async function fill(target: string): Promise<void> {
  const client = new pg.Client({ connectionString: target });
  await client.connect();
  const behaviour = `case when n % 100 = 0 then 'rare' else 'usual' end`;
  await client.query(`insert into counters (name, behaviour, source, day, scope, n)
    select 'opportunity', ${behaviour}, 'source-' || n / 400, to_char(timestamp '2025-10-01' + n % 400 * interval '1 day',
      'YYYY-MM-DD'), t.team, 3 from generate_series(0, 39999) n, (values ('blue'), ('red')) t (team)`);
  await client.query(`insert into opportunities (behaviour, month, scope, kind, source, campaign, n)
    select behaviour, left(day, 7), scope, 'person', '', '', sum(n) from counters group by 1, 2, 3`);
  await client.query(`insert into outcomes (loop_id, behaviour, team, kind, unit, source, campaign, state, is_counted,
      is_reported, month, occurred_at, opened_at, told_at, is_held, is_owned, reroutes, messages, decisions, changed_at)
    select md5('loop ' || n)::uuid, ${behaviour}, case when n % 2 = 0 then 'blue' else 'red' end, 'person',
      md5('unit ' || n % 10000)::uuid, 'scanner', '', 'told', true, false,
      to_char(to_timestamp(${start / 1000} + n % 400 * 86400), 'YYYY-MM'), ${start} + n % 400 * ${day}::bigint,
      ${start} + n % 400 * ${day}::bigint, ${start} + n % 400 * ${day}::bigint, false, true, 0, 1, 0, ${start}
    from generate_series(0, 39999) n`);
  await client.query('vacuum analyze');
  await client.end();
}
