import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeEvent } from '../src/core/make-event.ts';
import { keyedHash } from '../src/lib/hmac.ts';
import { forgetOld } from '../src/loop/forget.ts';
import { loopPrincipal } from '../src/loop/parts.ts';
import type { Store } from '../src/ports/store.ts';
import {
  day,
  fakeSecret,
  hour,
  monday,
  openHouse,
  testClock,
  testFingerprinter,
  testKeys,
} from './support/house.ts';
import { by, doing, judgingHands, nextSerial } from './support/judging-hands.ts';
import { testStores } from './support/stores.ts';

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(`judging over the ${kind.name} store`, () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open();
    });
    afterAll(() => store?.close());
    const { openAt, take, deployment, loopsOf } = judgingHands(() => store);

    test('what an identity never asked for is unusual once its history is long enough', async () => {
      const house = openAt();
      const serial = nextSerial();
      const workload = `reader-${serial}`;
      const asks = (at: number, role: string) =>
        doing('token.issued', at, {
          actor: { type: 'workload', id: workload },
          identity: { type: 'role', id: workload },
          resource: { type: 'role', id: role },
          network: { address: '10.0.0.1' },
        });
      await take(house, asks(monday - 60 * day, 'read-orders'), asks(monday - 40 * day, 'read-stock'));
      expect(await loopsOf(workload)).toEqual([]);
      await take(house, asks(monday - hour, 'read-orders'), asks(monday - hour, 'admin'));
      const loops = await loopsOf(workload);
      expect(loops.map(({ facts }) => facts.kept[0]?.unusual)).toEqual([
        expect.objectContaining({ what: 'resource', value: 'admin', known: ['read-orders', 'read-stock'] }),
      ]);
    });

    test('a click whose clock runs years ahead or behind is asked about, and blamed on nobody', async () => {
      const house = openHouse({ store, clock: testClock(monday) });
      const clicks = [Date.UTC(9999, 0, 1), Date.UTC(1995, 0, 1), monday - hour].map((time, index) =>
        makeEvent(
          {
            source: 'gophish',
            kind: 'phish.clicked',
            occurredAt: time,
            wholeId: ['clock', String(index)],
            joins: { campaign: `clock-${index}` },
            actor: { type: 'person', email: 'ana@example.com' },
            leads: [{ kind: 'mailbox-holder', email: 'ana@example.com' }],
          },
          {
            receivedAt: monday,
            fingerprint: testFingerprinter,
            eventId: (parts) => keyedHash(testKeys.event)(parts),
          },
        ),
      );
      await take(house, ...clicks);
      const { items } = await store.read.loops(loopPrincipal, {
        behaviour: 'clicked-simulated-phish',
        limit: 500,
      });
      const trustOf = (campaign: string) =>
        items.flatMap(({ facts }) =>
          facts.kept.filter(({ joins }) => joins?.campaign === campaign).map(({ trust }) => trust),
        );
      expect(['clock-0', 'clock-1', 'clock-2'].map(trustOf)).toEqual([['unknown'], ['unknown'], [undefined]]);
    });

    test('a key of a sandbox is asked about, whatever its provider accepts', async () => {
      const house = openAt();
      const trustOfKey = (rule: string) => {
        const serial = nextSerial();
        const event = doing('secret.committed', monday - hour, {
          where: { repository: 'acme/shop', file: `sandbox-${serial}.env` },
          secret: { provider: 'stripe', rule, value: fakeSecret(9000 + serial), validity: 'active' },
        });
        return house.parts.trust(event, 'secret-in-repository').outcome;
      };
      expect(trustOfKey('stripe_test_secret_key')).toBe('unknown');
      expect(trustOfKey('stripe_live_secret_key')).toBe('trusted');
    });

    test('a click within seconds of the sending is a program’s, or is asked about', async () => {
      const house = openHouse({ store, clock: testClock(monday) });
      const records = [
        { secondsSinceSent: 2 },
        { secondsSinceSent: 10 },
        { timeIsLastChange: true },
        { timeIsUnread: true },
        { secondsSinceSent: 60 },
      ];
      const clicks = records.map((record, index) =>
        doing('phish.clicked', monday - hour, {
          source: 'gophish',
          joins: { campaign: `soon-${index}` },
          actor: { type: 'person', email: 'bob@example.com' },
          leads: [{ kind: 'mailbox-holder', email: 'bob@example.com' }],
          record,
        }),
      );
      await take(house, ...clicks);
      const { items } = await store.read.loops(loopPrincipal, {
        behaviour: 'clicked-simulated-phish',
        limit: 500,
      });
      const kept = items.flatMap(({ facts }) => facts.kept);
      const trusts = records.map(
        (_, index) => kept.find(({ joins }) => joins?.campaign === `soon-${index}`)?.trust,
      );
      expect(trusts).toEqual(['untrusted', 'unknown', 'unknown', 'unknown', undefined]);
    });

    test('nothing is new for an identity that asks for more than is remembered of one', async () => {
      const house = openAt();
      const serial = nextSerial();
      const workload = `collector-${serial}`;
      const asks = (at: number, role: string) =>
        doing('token.issued', at, {
          actor: { type: 'workload', id: workload },
          identity: { type: 'role', id: workload },
          resource: { type: 'role', id: role },
          network: { address: '10.0.0.1' },
        });
      const roles = Array.from({ length: 700 }, (_, index) => `role-${index}`);
      await take(house, ...roles.map((role, index) => asks(monday - 40 * day + index, role)));
      // The same again, in one report: each was asked for before.
      await take(house, ...roles.map((role, index) => asks(monday - hour + index, role)));
      expect(await loopsOf(workload)).toEqual([]);
    });

    test('a sign of the fix is found by its own key, before the failure counts for nothing', async () => {
      const house = openAt();
      const serial = nextSerial();
      const identity = { type: 'role', id: `keys-${serial}` };
      await take(house, doing('credential.removed', monday - 2 * day, { identity }));
      await take(house, doing('credential.created', monday - hour, { identity, ...by('ana') }));
      expect((await loopsOf(identity.id))[0]?.rung).toBe('none');
      await take(house, doing('credential.removed', monday - 60_000, { identity }));
      const [loop] = await loopsOf(identity.id);
      expect([loop?.state, loop?.verifiedAt]).toEqual(['verified', monday - 60_000]);
      house.clock.pass(31 * day);
      await house.settleDown();
    });

    test('a sign that came before its case was known proves it all the same', async () => {
      const house = openAt();
      const serial = nextSerial();
      const identity = { type: 'role', id: `keys-${serial}` };
      await take(house, doing('credential.removed', monday - 60_000, { identity }));
      await take(house, doing('credential.created', monday - hour, { identity, ...by('ana') }));
      expect((await loopsOf(identity.id))[0]?.state).toBe('verified');
    });

    test('what has nothing of its key is a case of its own', async () => {
      const house = openAt();
      const before = await store.read.loops(loopPrincipal, { behaviour: 'deploy-token', limit: 500 });
      await take(house, doing('credential.created', monday - 2), doing('credential.created', monday - 1));
      const after = await store.read.loops(loopPrincipal, { behaviour: 'deploy-token', limit: 500 });
      expect(after.items.length - before.items.length).toBe(2);
    });

    test('a correlation speaks when it holds, whatever the order, and its author is named', async () => {
      const house = openAt();
      const outcomes: unknown[] = [];
      for (const order of [
        [0, 1, 2, 3],
        [3, 2, 1, 0],
        [2, 0, 3, 1],
      ]) {
        const serial = nextSerial();
        const who = `ana-${serial}`;
        const times = [monday - 60 * 60_000, monday - 8 * 60_000, monday - 5 * 60_000, monday - 60_000];
        const refusals = times.map((at) =>
          doing('activity.recorded', at, {
            source: 'okta',
            actor: { type: 'person', email: `${who}@example.com` },
            record: { eventType: 'policy.denied', who },
          }),
        );
        for (const at of order) await take(house, ...refusals.slice(at, at + 1));
        const { items } = await store.read.loops(loopPrincipal, { behaviour: 'many-refusals', limit: 100 });
        const found = items.filter(({ facts }) => facts.kept[0]?.actor.email === `${who}@example.com`);
        outcomes.push(found.map(({ facts }) => [facts.sightings, facts.kept[0]?.at, facts.kept[0]?.rules]));
      }
      const credit = { title: 'Refused again and again', author: 'Bea Correlation' };
      const { items } = await store.read.loops(loopPrincipal, { behaviour: 'many-refusals', limit: 1 });
      const to = { kind: 'duty', id: 'duty', name: 'Duty', accounts: [] } as const;
      const message = { message: 'm', moment: 'told', behaviour: 'many-refusals', recipient: to } as const;
      const said = house.parts.render({ ...message, loops: items, at: monday });
      expect(said.footer).toContain('Found with the rule “Refused again and again” by Bea Correlation.');
      expect(outcomes).toEqual(Array.from({ length: 3 }, () => [[1, monday - 60_000, [credit]]]));
    });

    test('what is too old to be judged by is forgotten, what is used again is not', async () => {
      const house = openAt();
      const old = deployment();
      const used = deployment();
      const long = 500 * day;
      await take(house, old.reviewed(monday - long), used.reviewed(monday - long), used.reviewed(monday));
      const before = await forgetOld(house.parts);
      expect(before).toBeGreaterThan(0);
      expect(await forgetOld(house.parts)).toBe(0);
    });
  });
}
