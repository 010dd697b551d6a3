import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEmbedded, openPostgres } from '../src/adapters/stores/postgres/open.ts';
import { checkStoredChain } from '../src/ledger/check-store.ts';
import { entriesOfRows, sealRows } from '../src/ledger/rows.ts';
import { verifyEvidence } from '../src/ledger/verify.ts';
import { ingest } from '../src/loop/ingest.ts';
import { replyByLink } from '../src/loop/listen.ts';
import { loopPrincipal } from '../src/loop/parts.ts';
import { sealLedger } from '../src/loop/seal.ts';
import type { Store } from '../src/ports/store.ts';
import { type Doors, openDoors, signer } from './http/doors.ts';
import { fakeSecret, hour, leak, personOf, testPeople } from './support/house.ts';
import { installationKinds, type TestInstallation } from './support/installation.ts';

const sealer = {
  seal: (heads: Parameters<typeof sealRows>[0], previous: Parameters<typeof sealRows>[1], at: number) =>
    sealRows(heads, previous, at, signer),
  keep: async () => undefined,
  missing: async () => [],
};

/** Nobody else's text holds any of these. */
const zoe = personOf('zoe-q', {
  name: 'Zoë Quispe',
  emails: ['zoe.quispe@example.com'],
  accounts: [{ system: 'github', name: 'zq-hub' }],
  team: 'blue',
});
const traces = ['zoe-q', 'Zoë Quispe', 'zoe.quispe@example.com', 'zq-hub'];
/** What the chain itself may never hold, and is not looked at: it is checked apart. */
const chain = ['ledger_entries', 'checkpoints'];

/** Fills every table with a row whose every text names the person: also a table that comes later. */
const fill = `do $$ declare t record; c record; names text; vals text; begin
  -- Nobody's name fits a closed list of words.
  for t in select conname, conrelid::regclass::text as of_table from pg_constraint
    where contype in ('c', 'f') and connamespace = current_schema()::regnamespace loop
    execute 'alter table ' || t.of_table || ' drop constraint ' || quote_ident(t.conname);
  end loop;
  for t in select table_name from information_schema.tables where table_schema = current_schema()
    and table_type = 'BASE TABLE' and table_name not like 'foldback%'
    and table_name not in ('ledger_entries', 'ledger_private', 'checkpoints', 'audit_entries', 'audit_chain', 'sessions', 'loops') loop
    names := ''; vals := '';
    for c in select column_name, data_type from information_schema.columns
      where table_schema = current_schema() and table_name = t.table_name
      and is_generated = 'NEVER' and is_identity = 'NO' order by ordinal_position loop
      names := names || ', ' || quote_ident(c.column_name);
      vals := vals || ', ' || case
        when c.data_type = 'uuid' then quote_literal('7c9e6679-7425-40de-944b-e07fc1f90ae7') || '::uuid'
        when c.data_type = 'boolean' then 'true'
        when c.data_type in ('json', 'jsonb') then quote_literal('{"by":"zoe-q","note":"told by Zoë Quispe <ZOE.quispe@example.com>, zq-hub","zq-hub":[1]}')
        when c.data_type = 'text' and c.column_name in
          ('state','kind','source','behaviour','channel','moment','rung','version','type','provider','action','outcome','role','report','answer','language') then quote_literal('x')
        when c.data_type = 'text' then quote_literal('zoe-q') || ' || ' || quote_literal(' zq-hub ' || t.table_name)
        else '1' end;
    end loop;
    execute 'insert into ' || quote_ident(t.table_name) || ' (' || substr(names, 3) || ') values (' || substr(vals, 3) || ') on conflict do nothing';
  end loop; end $$`;

const dump = `create or replace function every_text() returns setof text language plpgsql as $$ declare t record; begin
  for t in select table_name from information_schema.tables where table_schema = current_schema()
    and table_type = 'BASE TABLE' loop
    return query execute 'select ' || quote_literal(t.table_name) || ' || chr(32) || to_jsonb(o)::text from '
      || quote_ident(t.table_name) || ' o';
  end loop; end $$`;

for (const { name, skip, make } of installationKinds()) {
  describe.skipIf(skip !== undefined)(`erasing a person, ${name}`, () => {
    let place: TestInstallation;
    let store: Store;
    let doors: Doors;
    let answer: Awaited<ReturnType<Doors['ask']>>;
    let loops: readonly string[];

    const open = async () => {
      store =
        place.databaseUrl === undefined
          ? await openEmbedded(join(place.dir, 'store'))
          : await openPostgres(place.databaseUrl, { connectionsMax: 3 });
      doors = openDoors({ store, people: [...testPeople, zoe], delivery: { perPersonPerDayMax: 50 } });
    };
    const leaked = async (n: number, mode: 'live' | 'history' = 'live') => {
      const at = doors.house.clock.now();
      const made = leak({ at: at - hour, receivedAt: at, secret: fakeSecret(n), file: `${n}.py` });
      const author = { name: zoe.name, email: 'zoe.quispe@example.com' };
      const event = {
        ...made,
        actor: { type: 'person' as const, ...author },
        leads: [{ kind: 'commit-author' as const, ...author }],
      };
      return ingest(doors.house.parts, { source: 'scanner', receivedAt: at, mode, events: [event] });
    };

    beforeAll(async () => {
      place = await make();
      await open();
      const taken = [await leaked(1), await leaked(2), await leaked(3, 'history')];
      loops = taken.flatMap((one) => one.loops);
      await doors.house.settleDown();
      const { parts } = doors.house;
      const story = await store.read.loop(loopPrincipal, loops[0] ?? '');
      const message = story?.messages[0];
      const { tokenHash } = parts.replyLink(message?.id ?? '', message?.to.id ?? '');
      await replyByLink(parts, tokenHash, { answer: 'wrong', reason: 'Zoë Quispe says it is a test' });
      loops = [...loops, ...(await leaked(4)).loops];
      await doors.house.settleDown();
      await sealLedger(parts, sealer);
      await store.close();
      await place.sql(fill);
      await open();
      const token = await doors.token(['admin']);
      answer = await doors.ask('/v1/people/zoe-q/erasure', {
        token,
        json: { reason: 'They left and asked for it.' },
      });
    });
    afterAll(async () => {
      await store?.close();
      await place?.remove();
    });

    test('their open cases go to their team at once, and the answer says which', async () => {
      expect([answer.status, ...doors.logged]).toEqual([200]);
      expect(answer.json.handedOver).toHaveLength(4);
      for (const id of loops) {
        const row = (await store.read.loop(loopPrincipal, id))?.loop;
        expect(row?.owner).toMatchObject({ kind: 'team', id: 'blue' });
        expect(['held', 'verified', 'dismissed']).not.toContain(row?.state);
      }
      await doors.house.settleDown();
      const after = await store.read.loop(loopPrincipal, loops[3] ?? '');
      expect(after?.messages.at(-1)?.to).toMatchObject({ kind: 'team', id: 'blue' });
    });

    test('every chain verifies, and the evidence says how much was erased', async () => {
      const token = await doors.token(['evidence:read']);
      for (const id of loops) {
        const { loop } = (await store.read.loop(loopPrincipal, id)) ?? {};
        const ledger = await store.read.ledger(loopPrincipal, id);
        expect(
          checkStoredChain(id, entriesOfRows(ledger?.entries ?? []), loop ?? { seq: -1, head: '' }, []),
        ).toEqual([]);
        const verdict = verifyEvidence((await doors.ask(`/v1/loops/${id}/evidence`, { token })).json);
        expect(verdict.findings).toEqual([]);
        expect(verdict.summary?.erased).toBeGreaterThan(0);
        expect(JSON.stringify(ledger?.entries)).toContain('erased');
      }
    });

    test('who did it, when and why is kept, and not who it was', async () => {
      const [row] = await store.read.erasures(loopPrincipal, 1);
      expect(row).toMatchObject({ reason: 'They left and asked for it.', byName: 'a test' });
      for (const trace of traces)
        expect(JSON.stringify(row).toLowerCase()).not.toContain(trace.toLowerCase());
    });

    test('whoever is unknown is not found, and a token of one team may not erase', async () => {
      const json = { reason: 'They asked for it.' };
      const token = await doors.token(['admin']);
      expect((await doors.ask('/v1/people/nobody-here/erasure', { token, json })).status).toBe(404);
      const team = await doors.token(['admin'], { teams: ['blue'] });
      expect((await doors.ask('/v1/people/ana/erasure', { token: team, json })).status).toBe(403);
      expect((await doors.ask('/v1/people/ana/erasure', { token, json: {} })).status).toBe(400);
      // One is of the rows that filled the tables.
      expect(await store.read.erasures(loopPrincipal, 10)).toHaveLength(2);
    });

    test('no table names them any more', async () => {
      await store.close();
      await place.sql(dump);
      const rows = (await place.sql('select every_text() as text')).map(({ text }) => String(text));
      await place.sql('drop function every_text()');
      await open();
      expect(rows.length).toBeGreaterThan(40);
      const found = rows.filter((row) =>
        traces.some((trace) => row.toLowerCase().includes(trace.toLowerCase())),
      );
      expect(found.map((row) => row.slice(0, 200))).toEqual([]);
      expect(rows.some((row) => chain.some((table) => row.startsWith(table)))).toBe(true);
    });
  });
}
