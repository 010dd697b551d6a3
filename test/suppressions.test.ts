import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Event } from '../src/core/event.ts';
import { ingest } from '../src/loop/ingest.ts';
import { type LoopParts, loopPrincipal } from '../src/loop/parts.ts';
import { applySuppression, followSuppressions } from '../src/loop/suppress.ts';
import { sweep } from '../src/loop/sweep.ts';
import type { Store, SuppressionRow } from '../src/ports/store.ts';
import { day, fakeSecret, hour, leak, openHouse } from './support/house.ts';
import { testStores } from './support/stores.ts';

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(`suppressions over the ${kind.name} store`, () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open();
    });
    afterAll(() => store?.close());

    let secrets = 1000;
    const fresh = () => {
      secrets += 1;
      return fakeSecret(secrets);
    };
    const open = () => openHouse({ store, delivery: { perPersonPerDayMax: 1000 } });
    const stateOf = async (loop: string) => (await store.read.loop(loopPrincipal, loop))?.loop;
    const take = async (parts: LoopParts, ...events: readonly Event[]) => {
      const taken = await ingest(parts, {
        source: 'scanner',
        receivedAt: parts.clock.now(),
        mode: 'live',
        events,
      });
      return taken.loops[0] ?? '';
    };
    const add = async (
      parts: LoopParts,
      over: Pick<SuppressionRow, 'kind' | 'pattern'> & Partial<SuppressionRow>,
    ) => {
      const createdAt = parts.clock.now();
      const row = { id: parts.randomId(), reason: 'test data', by: 'op', until: createdAt + day, createdAt };
      const rule = { ...row, ...over };
      await store.transaction((tx) => tx.insertSuppression(rule));
      return rule;
    };
    const end = (rule: SuppressionRow, at: number) =>
      store.transaction((tx) => tx.endSuppression(rule.id, at));

    test('a path is test data: nobody hears of it until the rule expires, and then they do', async () => {
      const { parts, clock, settleDown } = open();
      await add(parts, { kind: 'path', pattern: 'one/fixtures/**', until: clock.now() + 2 * day });
      const loop = await take(
        parts,
        leak({ at: clock.now(), secret: fresh(), author: 'ana', file: 'one/fixtures/a.env' }),
      );
      expect(await stateOf(loop)).toMatchObject({ state: 'dismissed', dueAt: clock.now() + 2 * day });
      await settleDown();
      expect((await store.read.loop(loopPrincipal, loop))?.messages).toEqual([]);

      clock.pass(2 * day);
      await sweep(parts);
      expect(await stateOf(loop)).toMatchObject({ state: 'open' });
      await settleDown();
      expect(await stateOf(loop)).toMatchObject({ state: 'told' });
    });

    test('a value is a dummy by its mask, whatever the scanner calls its provider', async () => {
      const { parts, clock } = open();
      const secret = fresh();
      const event = leak({ at: clock.now(), secret, author: 'ana', file: 'dummy.py' });
      await add(parts, { kind: 'value', pattern: event.secret?.mask ?? '' });
      const loop = await take(parts, event);
      expect(await stateOf(loop)).toMatchObject({ state: 'dismissed' });
      const other = leak({
        at: clock.now(),
        secret,
        source: 'alerts',
        provider: 'generic',
        file: 'other/dummy.py',
      });
      expect(await take(parts, other)).toBe(loop);
      expect(await stateOf(loop)).toMatchObject({ state: 'dismissed', facts: { sightings: 2 } });
      const real = await take(
        parts,
        leak({ at: clock.now(), secret: fresh(), author: 'ana', file: 'dummy.py', line: 99 }),
      );
      expect(await stateOf(real)).toMatchObject({ state: 'open' });
    });

    test('a sighting outside the path brings the case back at once', async () => {
      const { parts, clock } = open();
      await add(parts, { kind: 'path', pattern: 'two/fixtures/**' });
      const secret = fresh();
      const inside = leak({ at: clock.now(), secret, author: 'ana', file: 'two/fixtures/a.env' });
      const loop = await take(parts, inside);
      expect(await stateOf(loop)).toMatchObject({ state: 'dismissed' });
      await take(parts, leak({ at: clock.now(), secret, author: 'ana', file: 'two/live.env' }));
      expect(await stateOf(loop)).toMatchObject({ state: 'open' });
      await take(parts, leak({ at: clock.now(), secret, author: 'ana', file: 'two/fixtures/b.env' }));
      expect(await stateOf(loop)).toMatchObject({ state: 'open' });
    });

    test('a case that two rules cover comes back when the first of them ends', async () => {
      const { parts, clock } = open();
      await add(parts, { kind: 'path', pattern: 'three/a/**', until: clock.now() + day });
      await add(parts, { kind: 'path', pattern: 'three/b/**', until: clock.now() + 5 * day });
      await add(parts, { kind: 'path', pattern: 'three/a/*.env', until: clock.now() + 3 * day });
      const secret = fresh();
      const loop = await take(
        parts,
        leak({ at: clock.now(), secret, author: 'ana', file: 'three/b/x.env' }),
        leak({ at: clock.now(), secret, author: 'ana', file: 'three/a/x.env' }),
      );
      expect(await stateOf(loop)).toMatchObject({ state: 'dismissed', dueAt: clock.now() + 3 * day });
    });

    test('a rule that is added dismisses what nobody was told of, and history too; who was told keeps the case', async () => {
      const { parts, clock, settleDown } = open();
      const at = clock.now();
      const told = await take(parts, leak({ at, secret: fresh(), author: 'ana', file: 'four/told.env' }));
      await settleDown();
      const untold = await take(parts, leak({ at, secret: fresh(), author: 'ana', file: 'four/untold.env' }));
      const nobodys = await take(parts, leak({ at, secret: fresh(), file: 'four/nobodys.env' }));
      const old = await take(
        parts,
        leak({ at: at - 200 * day, receivedAt: at, secret: fresh(), author: 'ana', file: 'four/old.env' }),
      );
      const elsewhere = await take(parts, leak({ at, secret: fresh(), author: 'ana', file: 'five/x.env' }));
      const both = fresh();
      const partly = await take(
        parts,
        leak({ at, secret: both, author: 'ana', file: 'four/both.env' }),
        leak({ at, secret: both, author: 'ana', file: 'five/both.env' }),
      );
      const states = async () =>
        Promise.all(
          [told, untold, nobodys, old, elsewhere, partly].map(async (id) => (await stateOf(id))?.state),
        );
      expect(await states()).toEqual(['told', 'open', 'triage', 'backlog', 'open', 'open']);

      const rule = await add(parts, { kind: 'path', pattern: 'four/**', until: at + 10 * day });
      expect(await applySuppression(parts, rule)).toBe(3);
      expect(await states()).toEqual(['told', 'dismissed', 'dismissed', 'dismissed', 'open', 'open']);
      expect(await applySuppression(parts, rule)).toBe(0);
      await settleDown();
      expect((await store.read.loop(loopPrincipal, untold))?.messages).toEqual([]);

      clock.pass(hour);
      await end(rule, clock.now());
      expect(await applySuppression(parts, { ...rule, until: clock.now() })).toBe(3);
      expect((await states()).slice(1, 4)).toEqual(['open', 'triage', 'backlog']);
      const ledger = await store.read.ledger(loopPrincipal, untold);
      const story = (ledger?.entries ?? []).map(({ body }) => body).join('\n');
      expect(story).toContain('"suppressed"');
      expect(story).toContain('"suppression-ended"');
    });

    test('a case with more sightings than are kept is judged by all of them', async () => {
      const { parts, clock } = open();
      const at = clock.now();
      const sightings = (secret: string, last: string) => [
        ...Array.from({ length: 20 }, (_, n) =>
          leak({ at: at - hour + n, secret, author: 'ana', file: `six/${n}.env` }),
        ),
        leak({ at, secret, author: 'ana', file: last }),
      ];
      const inside = await take(parts, ...sightings(fresh(), 'six/last.env'));
      const outside = await take(parts, ...sightings(fresh(), 'seven/last.env'));
      const rule = await add(parts, { kind: 'path', pattern: 'six/**' });
      await applySuppression(parts, rule);
      expect([(await stateOf(inside))?.state, (await stateOf(outside))?.state]).toEqual([
        'dismissed',
        'open',
      ]);
    });

    test('rules of the settings are followed when they come and go, and once only', async () => {
      const { parts, clock } = open();
      const at = clock.now();
      const loop = await take(parts, leak({ at, secret: fresh(), author: 'ana', file: 'eight/x.env' }));
      const rule: SuppressionRow = {
        id: 'file-1',
        kind: 'path',
        pattern: 'eight/**',
        reason: 'test data',
        by: 'ana',
        until: at + 30 * day,
        createdAt: at,
      };
      await followSuppressions(parts);
      const withRule = { ...parts, fixedSuppressions: [rule] };
      expect(await followSuppressions(withRule)).toBe(1);
      expect(await followSuppressions(withRule)).toBe(0);
      expect(await stateOf(loop)).toMatchObject({ state: 'dismissed', dueAt: rule.until });
      const another = await take(withRule, leak({ at, secret: fresh(), author: 'ana', file: 'eight/y.env' }));
      expect(await stateOf(another)).toMatchObject({ state: 'dismissed' });

      expect(await followSuppressions(parts)).toBe(2);
      expect(await stateOf(loop)).toMatchObject({ state: 'open' });
    });

    test('a rule that another process added or ended is followed as well', async () => {
      const { parts, clock } = open();
      const loop = await take(
        parts,
        leak({ at: clock.now(), secret: fresh(), author: 'ana', repository: 'acme/exercises' }),
      );
      const rule = await add(parts, { kind: 'repository', pattern: 'acme/exer*' });
      expect(await followSuppressions(parts)).toBe(1);
      expect(await stateOf(loop)).toMatchObject({ state: 'dismissed' });
      clock.pass(hour);
      await end(rule, clock.now());
      expect(await followSuppressions(parts)).toBe(1);
      expect(await stateOf(loop)).toMatchObject({ state: 'open' });
    });
  });
}
