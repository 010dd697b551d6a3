import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Event } from '../src/core/event.ts';
import { type EventParts, makeEvent } from '../src/core/make-event.ts';
import { keyedHash } from '../src/lib/hmac.ts';
import { forgetOld } from '../src/loop/forget.ts';
import { ingest } from '../src/loop/ingest.ts';
import { loopPrincipal } from '../src/loop/parts.ts';
import type { LoopRow, Store } from '../src/ports/store.ts';
import {
  day,
  fakeSecret,
  type House,
  hour,
  monday,
  openHouse,
  testClock,
  testFingerprinter,
  testKeys,
} from './support/house.ts';
import { deployToken, manyRefusals, packsWith, refusalRules } from './support/judged-packs.ts';
import { testStores } from './support/stores.ts';

const packs = packsWith({ 'deploy-token': deployToken, 'many-refusals': manyRefusals }, refusalRules);
let serial = 0;

function doing(kind: Event['kind'], at: number, over: Partial<EventParts> = {}): Event {
  serial += 1;
  return makeEvent(
    { source: 'cloud', kind, occurredAt: at, wholeId: ['doing', String(serial)], ...over },
    {
      receivedAt: at,
      fingerprint: testFingerprinter,
      eventId: (parts) => keyedHash(testKeys.event)(parts),
    },
  );
}

const by = (name: string): Partial<EventParts> => ({
  actor: { type: 'person', account: { system: 'github', name } },
});

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(`judging over the ${kind.name} store`, () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open();
    });
    afterAll(() => store?.close());

    const openAt = (at = monday): House => openHouse({ store, packs, clock: testClock(at) });
    const take = (house: House, ...events: readonly Event[]) =>
      ingest(house.parts, { source: 'cloud', receivedAt: house.clock.now(), mode: 'live', events });
    /** A deployment of its own identity, so that tests do not meet. */
    const deployment = () => {
      serial += 1;
      const run = `run-${serial}`;
      const workload = `deployer-${serial}`;
      const joins = { run };
      return {
        workload,
        proposed: (at: number, who = 'ana') => doing('change.proposed', at, { joins, ...by(who) }),
        reviewed: (at: number, who = 'bob') =>
          doing('change.reviewed', at, { joins, outcome: 'success', ...by(who) }),
        gate: (at: number) => doing('gate.passed', at, { joins, ...by('dora') }),
        token: (at: number) =>
          doing('token.issued', at, {
            joins,
            actor: { type: 'workload', id: workload },
            identity: { type: 'role', id: workload },
            resource: { type: 'environment', id: 'prod' },
            leads: [{ kind: 'sponsor', email: 'ana@example.com' }],
          }),
      };
    };
    const loopsOf = async (workload: string): Promise<readonly LoopRow[]> => {
      const { items } = await store.read.loops(loopPrincipal, { behaviour: 'deploy-token', limit: 500 });
      return items.filter(({ facts }) => facts.identity?.id === workload);
    };

    test('a path that was walked opens no case; one with a step left out names that step', async () => {
      const house = openAt();
      const good = deployment();
      const bad = deployment();
      await take(house, good.proposed(monday - 50), good.reviewed(monday - 40), good.gate(monday - 30));
      await take(house, good.token(monday - 10));
      await take(house, bad.proposed(monday - 50), bad.gate(monday - 30), bad.token(monday - 10));
      expect(await loopsOf(good.workload)).toEqual([]);
      const [loop] = await loopsOf(bad.workload);
      expect(loop?.facts.kept[0]?.broken).toEqual({ step: 'reviewed', how: 'skipped' });
      expect(loop?.state).toBe('open');
    });

    test('who approves the own change is the wrong actor', async () => {
      const house = openAt();
      const own = deployment();
      await take(
        house,
        own.proposed(monday - 50, 'ana'),
        own.reviewed(monday - 40, 'ana'),
        own.gate(monday - 30),
      );
      await take(house, own.token(monday - 10));
      const [loop] = await loopsOf(own.workload);
      expect(loop?.facts.kept[0]?.broken).toEqual({ step: 'reviewed', how: 'wrong-actor' });
    });

    test('a step that is told late withdraws the case before anybody hears of it', async () => {
      const house = openAt();
      const late = deployment();
      await take(house, late.gate(monday - 30), late.token(monday - 10));
      expect((await loopsOf(late.workload))[0]?.state).toBe('open');
      house.clock.pass(5 * 60_000);
      await house.settleDown();
      await take(house, late.reviewed(monday - 40));
      const [loop] = await loopsOf(late.workload);
      expect(loop?.state).toBe('dismissed');
      house.clock.pass(hour);
      await house.settleDown();
      expect((await loopsOf(late.workload))[0]?.facts.messages).toEqual([]);
    });

    test('a case whose step stays missing is told once the grace is over', async () => {
      const house = openAt();
      const bad = deployment();
      await take(house, bad.gate(monday - 30), bad.token(monday - 10));
      await house.settleDown();
      expect((await loopsOf(bad.workload))[0]?.facts.messages).toEqual([]);
      house.clock.pass(11 * 60_000);
      await house.settleDown();
      const [loop] = await loopsOf(bad.workload);
      expect(loop?.facts.messages.map(({ moment, recipient }) => `${moment} ${recipient.id}`)).toEqual([
        'told ana',
      ]);
    });

    test('the same news in any order comes to the same', async () => {
      const states: unknown[] = [];
      for (const order of [
        [0, 1, 2, 3],
        [3, 2, 1, 0],
        [3, 0, 2, 1],
        [2, 3, 1, 0],
      ]) {
        const house = openAt();
        const one = deployment();
        const events = [
          one.proposed(monday - 50, 'ana'),
          one.reviewed(monday - 40, 'ana'),
          one.gate(monday - 30),
          one.token(monday - 10),
        ];
        for (const at of order) await take(house, ...events.slice(at, at + 1));
        const [loop] = await loopsOf(one.workload);
        // Which step it first seemed to be is history; that it does not stand is the state.
        states.push([loop?.state, loop?.rung]);
      }
      expect(new Set(states.map((state) => JSON.stringify(state)))).toEqual(new Set(['["open","none"]']));
    });

    test('what an identity never asked for is unusual once its history is long enough', async () => {
      const house = openAt();
      serial += 1;
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
        serial += 1;
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
      serial += 1;
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

    test('a step is not missed among more marks than are read', async () => {
      const house = openAt();
      const good = deployment();
      await take(house, good.proposed(monday - 50), good.reviewed(monday - 40), good.gate(monday - 30));
      const crowd = Array.from({ length: 600 }, (_, index) =>
        good.reviewed(monday + index, `crowd-${index}`),
      );
      await take(house, ...crowd);
      await take(house, good.token(monday - 10));
      expect(await loopsOf(good.workload)).toEqual([]);
    });

    test('a sign of the fix is found by its own key, before the failure counts for nothing', async () => {
      const house = openAt();
      serial += 1;
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
      serial += 1;
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

    test('a change that became another commit is found by its ticket, in whatever order that is told', async () => {
      for (const order of [
        [0, 1, 2, 3, 4],
        [4, 3, 2, 1, 0],
        [2, 4, 0, 1, 3],
      ]) {
        const house = openAt();
        serial += 1;
        const [head, merged] = [`${serial}`.padStart(40, 'a'), `${serial}`.padStart(40, 'b')];
        const ticket = `acme/shop#${serial}`;
        const [workload, run] = [`squash-${serial}`, `squash-run-${serial}`];
        const events = [
          doing('change.proposed', monday - 50, { joins: { commit: head, ticket }, ...by('ana') }),
          doing('change.reviewed', monday - 40, {
            joins: { commit: head, ticket },
            outcome: 'success',
            ...by('bob'),
          }),
          doing('change.merged', monday - 30, { joins: { commit: merged, ticket }, ...by('ana') }),
          doing('gate.passed', monday - 20, { joins: { run, commit: merged }, ...by('bob') }),
          doing('token.issued', monday - 10, {
            joins: { run, commit: merged },
            identity: { type: 'role', id: workload },
            resource: { type: 'environment', id: 'prod' },
          }),
        ];
        for (const at of order) await take(house, ...events.slice(at, at + 1));
        expect((await loopsOf(workload)).filter(({ state }) => state !== 'dismissed')).toEqual([]);
      }
    });

    test('a gate of another run of the same commit is none of this run', async () => {
      const house = openAt();
      serial += 1;
      const commit = `${serial}`.padStart(40, 'c');
      const [workload, one, two] = [`rerun-${serial}`, `one-${serial}`, `two-${serial}`];
      const reviewed = { joins: { commit }, outcome: 'success', ...by('bob') } as const;
      await take(house, doing('change.reviewed', monday - 40, reviewed));
      await take(house, doing('gate.passed', monday - 30, { joins: { run: one, commit }, ...by('bob') }));
      await take(
        house,
        doing('token.issued', monday - 10, {
          joins: { run: two, commit },
          identity: { type: 'role', id: workload },
          resource: { type: 'environment', id: 'prod' },
        }),
      );
      expect((await loopsOf(workload))[0]?.facts.kept[0]?.broken).toEqual({ step: 'gate', how: 'skipped' });
    });

    test('a repository in which a step was never seen is not held to it', async () => {
      const house = openAt();
      serial += 1;
      const workload = `ungated-${serial}`;
      const where = { repository: `acme/ungated-${serial}` };
      const joins = { run: `u-${serial}` };
      await take(
        house,
        doing('change.reviewed', monday - 40, { joins, where, outcome: 'success', ...by('bob') }),
      );
      await take(
        house,
        doing('token.issued', monday - 10, {
          joins,
          where,
          identity: { type: 'role', id: workload },
          resource: { type: 'environment', id: 'prod' },
        }),
      );
      expect(await loopsOf(workload)).toEqual([]);
    });

    test('a correlation speaks when it holds, whatever the order, and its author is named', async () => {
      const house = openAt();
      const outcomes: unknown[] = [];
      for (const order of [
        [0, 1, 2, 3],
        [3, 2, 1, 0],
        [2, 0, 3, 1],
      ]) {
        serial += 1;
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

    test('two writers who meet between a step and its deed agree in the end', async () => {
      const one = openAt();
      const other = openAt();
      for (let round = 0; round < 8; round += 1) {
        const late = deployment();
        await take(one, late.gate(monday - 30));
        await Promise.all([take(one, late.token(monday - 10)), take(other, late.reviewed(monday - 40))]);
        const loops = await loopsOf(late.workload);
        expect(loops.filter(({ state }) => state !== 'dismissed')).toEqual([]);
      }
    });
  });
}
