import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBackup } from '../src/adapters/stores/postgres/backup/read-lines.ts';
import { listTables } from '../src/adapters/stores/postgres/backup/tables.ts';
import { migrate, schemaSteps } from '../src/adapters/stores/postgres/migrate.ts';
import { openEmbedded, openPostgres, postgresDatabase } from '../src/adapters/stores/postgres/open.ts';
import { checkStoredChain, checkStoredSeals } from '../src/ledger/check-store.ts';
import { entriesOfRows, sealedOf, sealRows } from '../src/ledger/rows.ts';
import { signingKey } from '../src/lib/ed25519.ts';
import { ingest } from '../src/loop/ingest.ts';
import { replyByLink } from '../src/loop/listen.ts';
import { loopPrincipal } from '../src/loop/parts.ts';
import { sealLedger } from '../src/loop/seal.ts';
import type { Store } from '../src/ports/store.ts';
import { day, fakeSecret, hour, leak, monday, openHouse, status } from './support/house.ts';
import { installationKinds, type TestInstallation } from './support/installation.ts';
import { lendEmbedded } from './support/lent-stores.ts';

const signer = signingKey(new Uint8Array(32).fill(9));
const sealer = {
  seal: (heads: Parameters<typeof sealRows>[0], previous: Parameters<typeof sealRows>[1], at: number) =>
    sealRows(heads, previous, at, signer),
  keep: async () => undefined,
  missing: async () => [],
};
const secrets = [fakeSecret(1), fakeSecret(2), fakeSecret(3)] as const;

type Read = Awaited<ReturnType<typeof readBackup>>;
/** An installation that worked for a while: its rows by table, and what a backup says of it. */
let rows: ReadonlyMap<string, readonly string[]>;
let before: Read;
let loops: readonly string[];

beforeAll(async () => {
  const store = await lendEmbedded();
  const house = openHouse({ store, delivery: { perPersonPerDayMax: 50 } });
  const take = (mode: 'live' | 'history', ...events: Parameters<typeof ingest>[1]['events']) =>
    ingest(house.parts, { source: 'scanner', receivedAt: house.clock.now(), mode, events });
  const taken = await take(
    'live',
    ...secrets.map((secret, at) =>
      leak({ at: monday - hour, receivedAt: monday, secret, author: 'ana', file: `${at}.py` }),
    ),
  );
  loops = taken.loops;
  await take(
    'history',
    leak({ at: monday - 200 * day, secret: fakeSecret(4), author: 'bob', file: 'old.py' }),
  );
  await house.settleDown();
  await replyByLink(house.parts, await linkOf(store, house, loops[0] ?? ''), { answer: 'done' });
  house.clock.pass(hour);
  await take('live', status({ at: house.clock.now(), secret: secrets[0], validity: 'inactive' }));
  await house.settleDown();
  await sealLedger(house.parts, sealer);
  const found = new Map<string, string[]>();
  let table = '';
  before = await readBackup(store.dump(monday), {
    table: async (name) => {
      table = name;
      found.set(name, []);
    },
    row: async (row) => {
      found.get(table)?.push(row);
    },
  });
  rows = found;
  await store.close();
});

/** The link that was sent about a loop first. */
async function linkOf(store: Store, { parts }: ReturnType<typeof openHouse>, loop: string): Promise<string> {
  const told = (await store.read.loop(loopPrincipal, loop))?.messages[0];
  return parts.replyLink(told?.id ?? '', told?.to.id ?? '').tokenHash;
}

/** The store of an earlier version, with the same rows as far as it had room for them. */
async function makeOld(place: TestInstallation, step: string): Promise<readonly string[]> {
  const folder = join(place.dir, 'store');
  if (place.databaseUrl === undefined) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const db =
    place.databaseUrl === undefined
      ? new Kysely<unknown>({
          dialect: new PGliteDialect({ pglite: await PGlite.create({ dataDir: folder }) }),
        })
      : postgresDatabase(place.databaseUrl, { connectionsMax: 1 });
  try {
    await migrate(db, undefined, step);
    const tables = (await listTables(db)).map(({ name }) => name).filter((name) => rows.has(name));
    await db.transaction().execute(async (trx) => {
      await sql`set local session_replication_role = replica`.execute(trx);
      for (const name of tables) {
        const text = `[${(rows.get(name) ?? []).join(',')}]`;
        await sql`insert into ${sql.table(name)} overriding system value
          select * from json_populate_recordset(null::${sql.table(name)}, ${text}::json)`.execute(trx);
      }
    });
    return tables;
  } finally {
    await db.destroy();
  }
}

const open = (place: TestInstallation): Promise<Store> =>
  place.databaseUrl === undefined
    ? openEmbedded(join(place.dir, 'store'))
    : openPostgres(place.databaseUrl, { connectionsMax: 2 });

const steps = ['0007-notices', schemaSteps.at(-2) ?? ''] as const;
// To make an embedded store of an earlier schema takes its time: the newest but one is tried on PostgreSQL.
const cases = installationKinds().flatMap((kind) =>
  steps.slice(0, kind.name === 'embedded' ? 1 : 2).map((step) => ({ ...kind, step })),
);

describe.each(cases)('a store of the schema $step, $name', ({ skip, make, step }) => {
  let place: TestInstallation;
  let store: Store;
  let tables: readonly string[];
  let after: Read;

  beforeAll(async () => {
    if (skip !== undefined) return;
    place = await make();
    tables = await makeOld(place, step);
    store = await open(place);
    after = await readBackup(store.dump(monday));
  });
  afterAll(async () => {
    await store?.close();
    await place?.remove();
  });
  const upgraded = test.skipIf(skip !== undefined);

  upgraded('is brought up to date, and keeps every row', () => {
    expect(after.head.schema).toEqual(schemaSteps);
    const countOf = ({ end }: Read) => Object.fromEntries(end.tables.map(({ table, rows: n }) => [table, n]));
    const [had, has] = [countOf(before), countOf(after)];
    expect(tables.length).toBeGreaterThan(10);
    for (const table of tables.filter((name) => name !== 'settings'))
      expect([table, has[table]]).toEqual([table, had[table]]);
    expect([had['loops'], had['messages'], had['checkpoints']].every((n) => (n ?? 0) > 0)).toBe(true);
  });

  upgraded('has the ledger that it had, and it verifies', async () => {
    expect(after.end.ledger).toEqual(before.end.ledger);
    const sealed = (await store.read.checkpoints(loopPrincipal, 0)).map(sealedOf);
    expect(sealed.length).toBeGreaterThan(0);
    expect(checkStoredSeals(sealed, [{ keyId: signer.keyId, publicKey: signer.publicKey }])).toEqual([]);
    for (const loop of loops) {
      const ledger = await store.read.ledger(loopPrincipal, loop);
      const row = (await store.read.loop(loopPrincipal, loop))?.loop;
      expect(
        checkStoredChain(
          loop,
          entriesOfRows(ledger?.entries ?? []),
          { seq: row?.seq ?? 0, head: row?.head ?? '' },
          [],
        ),
      ).toEqual([]);
    }
  });

  upgraded(
    'goes on: a link that was sent before is answered, and what is new joins what was there',
    async () => {
      const house = openHouse({ store, delivery: { perPersonPerDayMax: 50 } });
      house.clock.pass(2 * hour);
      const [first = '', second = ''] = loops;
      expect((await store.read.loop(loopPrincipal, first))?.loop.state).toBe('verified');
      const repliesOf = async (loop: string) => (await store.read.loop(loopPrincipal, loop))?.replies ?? [];
      const answered = await repliesOf(second);
      const replied = await replyByLink(house.parts, await linkOf(store, house, second), {
        answer: 'need-help',
      });
      expect(replied.kind).toBe('recorded');
      const now = house.clock.now();
      const again = leak({ at: now, receivedAt: now, secret: secrets[2], author: 'ana', file: '2.py' });
      const taken = await ingest(house.parts, {
        source: 'other',
        receivedAt: now,
        mode: 'live',
        events: [again],
      });
      expect(taken.loops).toEqual([loops[2]]);
      await house.settleDown();
      expect(await repliesOf(second)).toHaveLength(answered.length + 1);
    },
  );
});
