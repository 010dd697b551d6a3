import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Principal } from '../src/ports/principal.ts';
import type { ControlRow, Store } from '../src/ports/store.ts';
import { testStores } from './support/stores.ts';

const everyone: Principal = { id: 'p', kind: 'operator', name: 'p', scopes: new Set(), teams: 'all' };
const onlyBlue: Principal = { ...everyone, teams: ['blue'] };
const onlyRed: Principal = { ...everyone, teams: ['red'] };
const id = (n: number) => n.toString(16).padStart(32, '0');

function row(n: number, over: Partial<ControlRow> = {}): ControlRow {
  return {
    id: id(n),
    behaviour: 'b',
    behaviourVersion: 1,
    kind: 'push-rule',
    template: 't',
    templateVersion: 1,
    scope: { kind: 'team', id: 'blue' },
    team: 'blue',
    state: 'proposed',
    round: 1,
    decider: { kind: 'team', id: 'blue' },
    isBlocking: true,
    proposedAt: n,
    dueAt: 100 + n,
    lastsMs: 1000,
    updatedAt: n,
    seq: 0,
    head: '',
    body: {
      evidence: { loops: [], relapses: 3, habits: 2, firstAt: 1, lastAt: 2 },
      patch: { files: [], rollback: [], identifiers: {}, unusable: [] },
      backTest: {
        failures: { of: 0, caught: 0, missed: 0, notKnown: 0 },
        good: { sampled: 0, total: 0, notKnown: 0 },
        from: 0,
        to: 1,
        gaps: [],
      },
    },
    ...over,
  };
}

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(
    `controls in the store ${kind.name}${kind.skip === undefined ? '' : ` (${kind.skip})`}`,
    () => {
      let store: Store;
      beforeAll(async () => {
        store = await kind.open();
      });
      afterAll(() => store?.close());
      const insert = (one: ControlRow) => store.transaction((tx) => tx.insertControl(one));
      const update = (one: ControlRow) => store.transaction((tx) => tx.updateControl(one));

      test('one open control stands for a behaviour, a scope and a kind; a closed one makes room', async () => {
        expect(await insert(row(1))).toBe(true);
        expect(await insert(row(1))).toBe(false);
        expect(await insert(row(2))).toBe(false);
        await update(row(1, { state: 'rejected', reason: 'no', closedByName: 'Ana', closedAt: 9 }));
        expect(await insert(row(2, { round: 2 }))).toBe(true);
        expect(await store.read.control(everyone, id(1))).toMatchObject({ state: 'rejected', reason: 'no' });
        expect(await store.read.control(everyone, id(2))).toEqual(row(2, { round: 2 }));
      });

      test('a principal of another team sees nothing of it, and one without a team is for all teams only', async () => {
        const { team: _team, ...ofNoTeam } = row(3, { scope: { kind: 'everyone', id: '' } });
        await insert(ofNoTeam);
        expect((await store.read.controls(onlyBlue, { limit: 9 })).map((one) => one.id)).toEqual([
          id(2),
          id(1),
        ]);
        expect(await store.read.controls(onlyRed, { limit: 9 })).toEqual([]);
        expect(await store.read.control(onlyRed, id(2))).toBeUndefined();
        expect(await store.read.control(onlyBlue, id(3))).toBeUndefined();
        expect((await store.read.controls(everyone, { limit: 9 })).length).toBe(3);
        expect(await store.read.controls(everyone, { limit: 9, state: 'rejected' })).toHaveLength(1);
      });

      test('what is open is known with where it stands, and what is closed is not', async () => {
        const open = () => store.transaction((tx) => tx.standingOrders().then(({ scopes }) => scopes));
        const scope = { kind: 'team', id: 'blue' };
        const everyones = { control: id(3), scope: { kind: 'everyone', id: '' }, state: 'proposed' };
        await update(row(2, { state: 'accepted' }));
        expect(await open()).toMatchObject([
          { control: id(2), behaviour: 'b', scope, state: 'accepted' },
          everyones,
        ]);
        await update(row(2, { state: 'ended' }));
        expect(await open()).toMatchObject([everyones]);
        await update(row(2, { state: 'applied' }));
      });

      test('open controls come back when their time has come', async () => {
        const due = (now: number) => store.transaction((tx) => tx.claimDueControls(now, 9));
        expect(await due(101)).toEqual([]);
        expect((await due(103)).map((one) => one.id)).toEqual([id(2), id(3)]);
      });

      test('its chain is sealed with the others, and read by those who may see it', async () => {
        const entry = { loop: id(2), seq: 1, at: 5, kind: 'proposed', previous: '', hash: 'h', body: '{}' };
        await store.transaction(async (tx) => {
          await tx.updateControl(row(2, { state: 'applied', seq: 1, head: 'h' }));
          await tx.appendLedger([entry], []);
        });
        expect(await store.read.controlLedger(everyone, id(2))).toEqual([entry]);
        expect(await store.read.controlLedger(onlyRed, id(2))).toEqual([]);
        const heads = await store.transaction((tx) => tx.unsealedHeads(9));
        expect(heads).toEqual([{ loop: id(2), seq: 1, head: 'h' }]);
        const checkpoint = { n: 1, at: 6, size: 1, root: 'r', previous: '', keyId: 'k', signature: 's' };
        await store.transaction((tx) => tx.saveCheckpoint({ ...checkpoint, leaves: heads }));
        expect(await store.transaction((tx) => tx.unsealedHeads(9))).toEqual([]);
      });
    },
  );
}
