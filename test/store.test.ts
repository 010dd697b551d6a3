import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emptyFacts } from '../src/core/loop/facts.ts';
import type { Principal } from '../src/ports/principal.ts';
import type { LoopRow, MessageRow, Store, WantRow } from '../src/ports/store.ts';
import { testStores } from './support/stores.ts';

const everyone: Principal = { id: 'p', kind: 'operator', name: 'p', scopes: new Set(), teams: 'all' };
const onlyBlue: Principal = { ...everyone, teams: ['blue'] };

const id = (n: number) => n.toString(16).padStart(32, '0');

function loopRow(n: number, over: Partial<LoopRow> = {}): LoopRow {
  return {
    id: id(n),
    caseCode: `FB-${n}`,
    behaviour: 'b',
    state: 'open',
    isStub: false,
    rung: 'none',
    isLive: true,
    owner: { kind: 'person', id: 'ana', confidence: 0.8 },
    team: 'blue',
    firstOccurredAt: n,
    lastOccurredAt: n,
    updatedAt: n,
    seq: 0,
    head: '',
    facts: emptyFacts('b'),
    ...over,
  };
}

function want(loop: number, over: Partial<WantRow> = {}): WantRow {
  return {
    loop: id(loop),
    occasion: 'first:0',
    moment: 'told',
    behaviour: 'b',
    to: { kind: 'person', id: 'ana' },
    lane: 1,
    dueAt: 10,
    ...over,
  };
}

function message(n: number, over: Partial<MessageRow> = {}): MessageRow {
  return {
    id: id(n),
    to: { kind: 'person', id: 'ana' },
    moment: 'told',
    occasion: `${n}`,
    behaviour: 'b',
    lane: 1,
    isShadow: false,
    channel: 'outbox',
    state: 'queued',
    dueAt: 10,
    attempt: 0,
    createdAt: 10,
    ...over,
  };
}

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(
    `store ${kind.name}${kind.skip === undefined ? '' : ` (${kind.skip})`}`,
    () => {
      let store: Store;
      beforeAll(async () => {
        store = await kind.open();
      });
      afterAll(() => store?.close());

      test('what a transaction threw never happened', async () => {
        const work = store.transaction(async (tx) => {
          await tx.saveLoops([loopRow(900)]);
          throw new Error('no');
        });
        await expect(work).rejects.toThrow('no');
        expect(await store.read.loop(everyone, id(900))).toBeUndefined();
      });

      test('an event is stored once, and a repeated one is told apart from a new one', async () => {
        const event = {
          id: id(1),
          loop: id(1),
          source: 's',
          kind: 'k',
          occurredAt: 1,
          receivedAt: 2,
          body: { a: [1] },
        };
        await store.transaction(async (tx) => {
          expect(await tx.insertEvents([event, { ...event, id: id(2) }])).toEqual(new Set([id(1), id(2)]));
        });
        await store.transaction(async (tx) => {
          expect(await tx.insertEvents([event, { ...event, id: id(3) }])).toEqual(new Set([id(3)]));
        });
        expect(await store.loopsOfEvents([id(1), id(9)])).toEqual(new Map([[id(1), id(1)]]));
      });

      test('a loop comes back as it was saved, and only to those who may see its team', async () => {
        const saved = loopRow(10, {
          habit: id(77),
          verifiedAt: 5,
          dueAt: 99,
          relapseOf: id(3),
          repository: 'acme/x',
        });
        await store.transaction(async (tx) => {
          await tx.saveLoops([saved, loopRow(11, { team: 'red' })]);
          await tx.saveLoops([{ ...saved, state: 'told' }]);
          await tx.addAlias('TICKET-7', id(10));
          expect(await tx.addAlias('TICKET-7', id(11))).toBe('taken');
        });
        expect((await store.read.loop(everyone, id(10)))?.loop).toEqual({
          ...saved,
          state: 'told',
          owner: { ...saved.owner, confidence: expect.closeTo(0.8, 5) },
        });
        expect((await store.read.loop(onlyBlue, 'TICKET-7'))?.loop.id).toBe(id(10));
        expect((await store.read.loop(onlyBlue, 'FB-10'))?.loop.id).toBe(id(10));
        expect(await store.read.loop(onlyBlue, id(11))).toBeUndefined();
        const listed = await store.read.loops(onlyBlue, { limit: 100 });
        expect(listed.items.map((item) => item.team)).not.toContain('red');
      });

      test('pages join without a gap or a repetition', async () => {
        await store.transaction((tx) =>
          tx.saveLoops([20, 21, 22, 23, 24].map((n) => loopRow(n, { behaviour: 'page' }))),
        );
        const seen: string[] = [];
        let after: string | undefined;
        do {
          const page = await store.read.loops(everyone, {
            behaviour: 'page',
            limit: 2,
            ...(after ? { after } : {}),
          });
          seen.push(...page.items.map((item) => item.id));
          after = page.next;
        } while (after !== undefined);
        expect(seen).toEqual([24, 23, 22, 21, 20].map(id));
      });

      test('words that wait are replaced as a whole; planned ones stay', async () => {
        await store.transaction(async (tx) => {
          await tx.replaceWants(
            [id(30)],
            [want(30), want(30, { occasion: 'x', moment: 'reminder', dueAt: 10_000 })],
          );
          await tx.queueMessages([
            { message: message(300, { to: { kind: 'person', id: 'p30' } }), wants: [want(30)] },
          ]);
          await tx.replaceWants([id(30)], [want(30, { moment: 'asked' })]);
        });
        await store.transaction(async (tx) => {
          expect((await tx.messageById(id(300)))?.wants).toEqual([want(30)]);
          expect(await tx.claimDueWants(1e9, { live: 10, released: 10 }, 10)).toEqual([]);
        });
      });

      test('due words come by recipient, urgent lanes first, a bounded number each', async () => {
        await store.transaction(async (tx) => {
          const wants = [40, 41, 42].map((n) => want(n, { lane: 2, to: { kind: 'person', id: 'bob' } }));
          const urgent = want(43, { lane: 0, to: { kind: 'person', id: 'cid' } });
          await tx.replaceWants([40, 41, 42, 43].map(id), [...wants, urgent]);
          const due = await tx.claimDueWants(10, { live: 10, released: 10 }, 2);
          expect(due.map((item) => item.to.id)).toEqual(['cid', 'bob', 'bob']);
          await tx.postponeRecipients([{ to: { kind: 'person', id: 'bob' }, lane: 2, dueAt: 500 }]);
          expect(
            (await tx.claimDueWants(10, { live: 10, released: 10 }, 9)).map((item) => item.to.id),
          ).toEqual(['cid']);
          await tx.replaceWants([40, 41, 42, 43].map(id), []);
        });
      });

      test('a recipient gets no more than the cap of a day', async () => {
        const ask = {
          to: { kind: 'person', id: 'dee' } as const,
          day: '2026-01-01',
          isReleased: true,
          messagesMax: 2,
          releasedMax: 1,
        };
        await store.transaction(async (tx) => {
          expect(
            await tx.takeAttention([ask, ask, { ...ask, isReleased: false }, { ...ask, isReleased: false }]),
          ).toEqual([true, false, true, false]);
        });
      });

      test('a message is claimed by one worker, and only the holder of the lease records its outcome', async () => {
        await store.transaction((tx) =>
          tx.queueMessages([{ message: message(500, { to: { kind: 'person', id: 'eve' } }), wants: [] }]),
        );
        const first = await store.transaction((tx) =>
          tx.claimMessages(10, { live: 50, released: 50 }, 'one', 100),
        );
        expect(first.map((claimed) => claimed.message.id)).toContain(id(500));
        expect(
          await store.transaction((tx) => tx.claimMessages(10, { live: 50, released: 50 }, 'two', 100)),
        ).toEqual([]);
        await store.transaction((tx) =>
          tx.recordMessages([{ id: id(500), state: 'sending', lease: 'one', attempt: 1 }]),
        );
        await store.transaction((tx) =>
          tx.recordMessages([{ id: id(500), state: 'accepted', lease: 'two' }]),
        );
        const abandoned = await store.transaction((tx) => tx.claimAbandoned(200, 50, 'three', 300));
        expect(abandoned.map((claimed) => claimed.message.id)).toEqual([id(500)]);
        await store.transaction((tx) =>
          tx.recordMessages([{ id: id(500), state: 'uncertain', lease: 'three' }]),
        );
        expect((await store.read.message(everyone, id(500)))?.message.state).toBe('uncertain');
        expect(await store.read.message(onlyBlue, id(500))).toBeUndefined();
      });

      test('a receipt is taken once, and counters add up by day', async () => {
        const counter = {
          name: 'opportunity',
          behaviour: 'b',
          source: 's',
          day: '2026-01-02',
          scope: '',
          n: 3,
        } as const;
        const receipt = { id: 'r1', source: 's', at: 5 };
        await store.transaction(async (tx) => {
          expect(await tx.addReceipt(receipt)).toBe(true);
          expect(await tx.addReceipt(receipt)).toBe(false);
          await tx.addCounters([counter, { ...counter, n: 1 }]);
          await tx.addSourceDay('s', 5);
        });
        expect(await store.read.opportunities(everyone, 'b', '2026-01-01', '2026-01-03')).toBe(4);
        expect(await store.read.sourceDays(everyone, ['s'], '1970-01-01', '1970-01-02')).toEqual(
          new Map([['s', 1]]),
        );
      });

      test('merged loops hand over their keys, spans, events and words', async () => {
        await store.transaction(async (tx) => {
          await tx.addKeys([
            { key: 'k1', loop: id(60) },
            { key: 'k2', loop: id(61) },
          ]);
          await tx.addKeys([{ key: 'k1', loop: id(61) }]);
          const span = {
            place: 'c',
            loop: id(60),
            source: 'a',
            provider: 'aws',
            startColumn: 1,
            endColumn: 5,
            hasContent: true,
          };
          await tx.addSpans([span, { ...span, loop: id(61), source: 'b' }]);
          await tx.replaceWants([id(60)], [want(60)]);
          await tx.moveLoops([{ from: id(60), to: id(61) }]);
          expect(await tx.loopsByKeys(['k1', 'k2', 'k3'])).toEqual(
            new Map([
              ['k1', id(61)],
              ['k2', id(61)],
            ]),
          );
          expect((await tx.spansAt(['c'])).map((found) => found.loop)).toEqual([id(61), id(61)]);
        });
      });

      test('a sealed head stays sealed until its loop moves on', async () => {
        const entry = { loop: id(70), seq: 0, at: 1, kind: 'opened', previous: '', hash: 'h0', body: '{}' };
        await store.transaction(async (tx) => {
          await tx.saveLoops([loopRow(70, { seq: 1, head: 'h0' })]);
          await tx.appendLedger([entry], [{ loop: id(70), seq: 0, path: '/by', salt: 's', value: 'v' }]);
        });
        const heads = await store.transaction((tx) => tx.unsealedHeads(10));
        expect(heads).toEqual([{ loop: id(70), seq: 1, head: 'h0' }]);
        const row = {
          n: 1,
          at: 2,
          size: 1,
          root: 'r',
          previous: '',
          keyId: 'k',
          signature: 'x',
          leaves: heads,
        };
        await store.transaction((tx) => tx.saveCheckpoint(row));
        expect(await store.transaction((tx) => tx.unsealedHeads(10))).toEqual([]);
        expect(await store.transaction((tx) => tx.lastCheckpoint())).toEqual(row);
        expect(await store.read.ledger(onlyBlue, id(70))).toEqual({
          entries: [entry],
          personal: [{ loop: id(70), seq: 0, path: '/by', salt: 's', value: 'v' }],
        });
      });

      test('settings, tokens, suppressions, imports and learnt owners come back as written', async () => {
        const token = {
          id: id(80),
          hash: 'hh',
          name: 'n',
          scopes: ['a'],
          teams: ['blue'],
          createdAt: 1,
          expiresAt: 2,
        };
        const rule = {
          id: id(81),
          kind: 'path',
          pattern: 'test/**',
          reason: 'r',
          by: 'b',
          until: 50,
          createdAt: 1,
        } as const;
        const row = { id: 'file', source: 'x', startedAt: 1, position: 5, counts: { a: 1 } };
        await store.transaction(async (tx) => {
          await tx.saveSetting('pause', { on: true });
          await tx.insertToken(token);
          await tx.insertSuppression(rule);
          await tx.saveImport(row);
          await tx.saveImport({ ...row, position: 3 });
          await tx.learnOwner('s', { kind: 'person', id: 'ana' }, 5);
          await tx.learnOwner('s', { kind: 'person', id: 'old' }, 4);
          await tx.lock('sealer');
        });
        expect(await store.read.setting(everyone, 'pause')).toEqual({ on: true });
        expect(await store.read.tokenByHash(everyone, 'hh')).toEqual(token);
        expect(await store.read.suppressions(everyone, 49)).toEqual([rule]);
        expect(await store.read.suppressions(everyone, 50)).toEqual([]);
        expect(await store.read.importRow(everyone, 'file')).toEqual(row);
        expect((await store.read.learntOwners(everyone, ['s'])).get('s')).toEqual({
          kind: 'person',
          id: 'ana',
        });
      });
    },
  );
}
