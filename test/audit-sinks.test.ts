import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AccessNote } from '../src/access/access-note.ts';
import { sinksOf, tellSink } from '../src/app-audit.ts';
import { baseSchema } from '../src/config/schema.ts';
import { auditChainId, noteAccess } from '../src/http/audit/note-access.ts';
import { checkBackwards } from '../src/ledger/check-audit.ts';
import { createLog } from '../src/lib/log.ts';
import { loopPrincipal } from '../src/loop/parts.ts';
import type { Store } from '../src/ports/store.ts';
import { httpServer } from './support/http-servers.ts';
import { testStores } from './support/stores.ts';

const secret = 'Bearer a-secret-of-the-collector';

describe.each(testStores())('the record of access decisions, on $name', ({ open, skip }) => {
  const told = test.skipIf(skip !== undefined);
  let store: Store;
  let now = 1_800_000_000_000;
  const clock = { now: () => now };
  const lines: string[] = [];
  const log = createLog({ level: 'info', stream: { write: (line: string) => lines.push(line) } });
  beforeAll(async () => {
    if (skip === undefined) store = await open();
  });
  afterAll(() => store?.close());

  const note = (...kinds: readonly AccessNote['kind'][]) =>
    store.transaction((tx) =>
      noteAccess(
        tx,
        now,
        kinds.map((kind, n) => ({ kind, by: `token:${n}`, address: '192.0.2.9', body: { n } })),
      ),
    );

  /** A system beside ours: what it got, and how it answers. */
  async function collector() {
    const got: { readonly authorization: string | undefined; readonly body: string }[] = [];
    const state = { status: 200 };
    const { origin } = await httpServer((request, response) => {
      void text(request).then((body) => {
        got.push({ authorization: request.headers.authorization, body });
        response.writeHead(state.status).end();
      });
    });
    const config = baseSchema.parse({
      audit: { log: false, push: { url: `${origin}/in`, authorization: secret, allowPrivateNetwork: true } },
    });
    const [sink] = sinksOf(config, log);
    if (sink === undefined) throw new Error('no sink');
    const entries = () =>
      got.flatMap(({ body }) =>
        body
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line)),
      );
    return { got, state, sink, entries };
  }
  const running = () => new AbortController().signal;
  const forget = () =>
    store.transaction(async (tx) => {
      for (const name of ['audit-sent-push', 'audit-sent-log']) await tx.saveSetting(name, null);
    });

  told('is posted to another system whole, in order, with its chain, and each entry once', async () => {
    const kinds: readonly AccessNote['kind'][] = ['access.denied', 'access.signed-in'];
    await note(...Array.from({ length: 225 }, () => kinds).flat());
    const far = await collector();
    // Two workers at once: one has the lease.
    await Promise.all([1, 2].map(() => tellSink({ store, clock, log }, far.sink, running())));
    await tellSink({ store, clock, log }, far.sink, running());
    expect(far.got.length).toBeGreaterThan(1);
    expect(far.got.every(({ authorization }) => authorization === secret)).toBe(true);
    const rows = (await store.read.auditEntries(loopPrincipal, { limit: 1000 })).toReversed();
    expect(far.entries().map(({ seq, hash }) => [seq, hash])).toEqual(
      rows.map(({ seq, hash }) => [seq, hash]),
    );
    expect(far.entries()[3]).toMatchObject({ kind: 'access.signed-in', by: 'token:3', address: '192.0.2.9' });
    // What the other system has shows that nothing was left out.
    const last = rows.at(-1);
    const check = checkBackwards({ seq: last?.seq ?? 0, hash: last?.hash ?? '' }, new Map());
    check.page(rows.toReversed().map((row) => ({ ...row, loop: auditChainId })));
    expect(check.end().findings).toEqual([]);
  });

  told(
    'waits for a system that does not take it, is sent again, and the log says so without the secret',
    async () => {
      await forget();
      const far = await collector();
      far.state.status = 503;
      await tellSink({ store, clock, log }, far.sink, running());
      await tellSink({ store, clock, log }, far.sink, running());
      expect(far.got).toHaveLength(1);
      expect(lines.join('')).toContain('it answers with 503');
      expect(lines.join('')).not.toContain('a-secret-of-the-collector');
      now += 61_000;
      far.state.status = 204;
      await tellSink({ store, clock, log }, far.sink, running());
      const seqs = far.entries().map(({ seq }) => Number(seq));
      expect(seqs.slice(0, 200)).toEqual(seqs.slice(200, 400));
      expect(new Set(seqs).size).toBe((await store.read.auditChain(loopPrincipal))?.seq);
    },
  );

  told('is written to the log from the moment on that this is switched on, an entry a line', async () => {
    await forget();
    const [sink] = sinksOf(baseSchema.parse({}), log);
    if (sink === undefined) throw new Error('no sink');
    await tellSink({ store, clock, log }, sink, running());
    lines.length = 0;
    await note('access.token-made', 'access.denied');
    await tellSink({ store, clock, log }, sink, running());
    expect(lines.map((line) => JSON.parse(line).audit.kind)).toEqual(['access.token-made', 'access.denied']);
    expect(sinksOf(baseSchema.parse({ audit: { log: false } }), log)).toEqual([]);
  });
});
