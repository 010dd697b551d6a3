import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openPostgres } from '../../src/adapters/stores/postgres/open.ts';
import { findingsMax } from '../../src/http/audit/check-chains.ts';
import { noteAccess } from '../../src/http/audit/note-access.ts';
import { sealRows } from '../../src/ledger/rows.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { type Sealer, sealLedger } from '../../src/loop/seal.ts';
import type { Store } from '../../src/ports/store.ts';
import { fakeSecret, hour, leak, monday } from '../support/house.ts';
import { installationKinds, type TestInstallation } from '../support/installation.ts';
import { testStores } from '../support/stores.ts';
import { type Doors, openDoors, signer } from './doors.ts';

const shape = z.object({
  isWhole: z.boolean(),
  entries: z.int(),
  head: z.object({ seq: z.int(), hash: z.string() }).optional(),
  checkpoint: z.object({ n: z.int(), seq: z.int() }).optional(),
  findings: z.array(z.object({ kind: z.string(), where: z.string() })),
  found: z.int(),
});
const sealer: Sealer = {
  seal: (heads, previous, at) => sealRows(heads, previous, at, signer),
  keep: async () => undefined,
  missing: async () => [],
};

/** More than a page of them. */
const entries = 2_300;

async function prepare(doors: Doors, store: Store): Promise<string> {
  const { parts, clock, settleDown } = doors.house;
  const note = (n: number) =>
    store.transaction((tx) =>
      noteAccess(
        tx,
        clock.now(),
        Array.from({ length: n }, () => ({
          kind: 'access.signed-in' as const,
          by: 'token:x',
          body: { how: 'token' },
        })),
      ),
    );
  await note(1_000);
  clock.pass(hour);
  await note(entries - 1_000);
  const taken = await ingest(parts, {
    source: 'scanner',
    receivedAt: clock.now(),
    mode: 'live',
    events: [leak({ at: monday, receivedAt: clock.now(), secret: fakeSecret(1), author: 'ana' })],
  });
  await settleDown();
  await sealLedger(parts, sealer);
  return taken.loops[0] ?? '';
}

const check = async (doors: Doors, path: string, scope: 'audit:read' | 'loops:read') => {
  const { status, json } = await doors.ask(path, { token: await doors.token([scope]) });
  expect(status).toBe(200);
  return shape.parse(json);
};

for (const { name, skip, open } of testStores()) {
  describe.skipIf(skip !== undefined)(`a whole chain, ${name}`, () => {
    let store: Store;
    let doors: Doors;
    let loop: string;
    beforeAll(async () => {
      store = await open();
      doors = openDoors({ store });
      loop = await prepare(doors, store);
    });
    afterAll(() => store?.close());

    test('of access decisions is read from its head to its beginning, page by page, and vouched for by the newest checkpoint', async () => {
      const found = await check(doors, '/v1/audit/check', 'audit:read');
      expect(found).toMatchObject({ isWhole: true, entries, head: { seq: entries }, findings: [], found: 0 });
      expect(found.checkpoint).toEqual({ n: 1, seq: entries });
      const both = await Promise.all([1, 2, 3].map(() => check(doors, '/v1/audit/check', 'audit:read')));
      for (const one of both) expect(one.isWhole).toBe(true);
    });

    test('of a loop is held against its row and every checkpoint', async () => {
      const found = await check(doors, `/v1/loops/${loop}/ledger`, 'loops:read');
      expect(found).toMatchObject({ isWhole: true, findings: [], found: 0 });
      expect(found.entries).toBeGreaterThan(1);
      expect(found.checkpoint).toEqual({ n: 1, seq: found.entries });
    });

    test('is not there for another team, nor for a scope that does not read it', async () => {
      const red = await doors.token(['loops:read', 'audit:read'], { teams: ['red'] });
      expect((await doors.ask(`/v1/loops/${loop}/ledger`, { token: red })).status).toBe(404);
      expect((await doors.ask('/v1/audit/check', { token: red })).status).toBe(403);
      const viewer = await doors.token(['loops:read']);
      expect((await doors.ask('/v1/audit/check', { token: viewer })).status).toBe(403);
      expect(
        (await doors.ask('/v1/audit/check?limit=1', { token: await doors.token(['admin']) })).status,
      ).toBe(400);
    });
  });
}

const postgres = installationKinds().find(({ name }) => name === 'postgres');

describe.skipIf(postgres === undefined || postgres.skip !== undefined)(
  'a chain that somebody changed in the database',
  () => {
    let place: TestInstallation | undefined;
    let store: Store;
    let doors: Doors;
    let loop: string;
    beforeAll(async () => {
      place = await postgres?.make();
      store = await openPostgres(place?.databaseUrl ?? '', { connectionsMax: 3 });
      doors = openDoors({ store });
      loop = await prepare(doors, store);
    });
    afterAll(async () => {
      await store?.close();
      await place?.remove();
    });
    const sql = async (...texts: readonly string[]) => {
      for (const text of texts) await place?.sql(text);
    };
    const audit = () => check(doors, '/v1/audit/check', 'audit:read');
    /** Changes something, looks, and puts it back. */
    const during = async <T>(change: string, back: string, look: () => Promise<T>): Promise<T> => {
      await sql(change);
      try {
        return await look();
      } finally {
        await sql(back);
      }
    };

    test('says where an entry was altered, and where one is missing', async () => {
      const altered = await during(
        `update audit_entries set kind = 'access.denied' where seq = 700`,
        `update audit_entries set kind = 'access.signed-in' where seq = 700`,
        audit,
      );
      expect(altered).toMatchObject({
        isWhole: false,
        found: 1,
        findings: [{ kind: 'altered', where: 'entry 700' }],
      });
      await sql('create table kept as select * from audit_entries where seq between 40 and 42');
      const missing = await during(
        'delete from audit_entries where seq between 40 and 42',
        'insert into audit_entries select * from kept',
        audit,
      );
      expect(missing.isWhole).toBe(false);
      expect(missing.findings[0]).toMatchObject({ kind: 'missing', where: 'entry 42' });
      expect((await audit()).isWhole).toBe(true);
    });

    test('tells of a great many findings the first, and how many there are', async () => {
      const all = await during(
        `update audit_entries set by_id = by_id, at = at + 1`,
        `update audit_entries set at = at - 1`,
        audit,
      );
      expect(all.found).toBe(entries);
      expect(all.findings).toHaveLength(findingsMax);
    });

    test('that was cut off, with its own head, does not agree with what was sealed', async () => {
      await sql(
        'create table cut as select * from audit_entries where seq > 500',
        'create table end_of as select * from audit_chain',
      );
      await sql('delete from audit_entries where seq > 500');
      const cut = await during(
        `update audit_chain set seq = 500, head = (select hash from audit_entries where seq = 500)`,
        `update audit_chain set seq = end_of.seq, head = end_of.head from end_of`,
        audit,
      );
      expect(cut.findings).toContainEqual(expect.objectContaining({ kind: 'truncated' }));
      await sql('insert into audit_entries select * from cut');
      expect((await audit()).isWhole).toBe(true);
    });

    test('whose checkpoint was signed by somebody else, or covers other heads, is not vouched for', async () => {
      const forged = await during(
        `update checkpoints set signature = translate(signature, 'ABCDabcd', 'BCDAbcda')`,
        `update checkpoints set signature = translate(signature, 'BCDAbcda', 'ABCDabcd')`,
        audit,
      );
      expect(forged.findings).toContainEqual(expect.objectContaining({ kind: 'bad-signature' }));
      const other = await during(
        `update checkpoints set leaves = replace(leaves::text, '"seq":2', '"seq":1')::json`,
        `update checkpoints set leaves = replace(leaves::text, '"seq":1', '"seq":2')::json`,
        audit,
      );
      expect(other.isWhole).toBe(false);
    });

    test('of a loop says so too', async () => {
      const path = `/v1/loops/${loop}/ledger`;
      const altered = await during(
        `update ledger_entries set at = at + 1 where loop_id = '${loop}' and seq = 1`,
        `update ledger_entries set at = at - 1 where loop_id = '${loop}' and seq = 1`,
        () => check(doors, path, 'loops:read'),
      );
      expect(altered).toMatchObject({ isWhole: false, findings: [{ kind: 'altered', where: 'entry 1' }] });
      expect((await check(doors, path, 'loops:read')).isWhole).toBe(true);
    });
  },
);
