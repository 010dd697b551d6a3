import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Event } from '../src/core/event.ts';
import type { Leave } from '../src/core/leave.ts';
import type { Person } from '../src/core/owner.ts';
import { indexPeople } from '../src/core/people-index.ts';
import { ingest } from '../src/loop/ingest.ts';
import { replyByLink } from '../src/loop/listen.ts';
import { endLeave, followLeave, leavesSeen, noteLeave } from '../src/loop/note-leave.ts';
import { loopPrincipal } from '../src/loop/parts.ts';
import { plan } from '../src/loop/plan.ts';
import type { Store } from '../src/ports/store.ts';
import { day, fakeSecret, hour, leak, monday, openHouse, personOf, testClock } from './support/house.ts';
import { practiceClick } from './support/practice-click.ts';
import { testStores } from './support/stores.ts';

let salt = 32_000;
const operator = { ...loopPrincipal, id: 'token:7', name: 'Olga' };

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(`leave and stand-ins over the ${kind.name} store`, () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open();
    });
    afterAll(() => store?.close());

    /** Ana, who may be away; Ben, who stands in; Mia, who leads both; Dora, who has the duty role. */
    const open = (away: readonly Leave[] = [], over: { readonly ben?: Partial<Person> } = {}) => {
      salt += 1;
      const [ana, ben, mia, dora] = [`ana${salt}`, `ben${salt}`, `mia${salt}`, `dora${salt}`];
      const named = away.map(({ standIn, ...days }) =>
        standIn === undefined ? days : { ...days, standIn: `${standIn}${salt}` },
      );
      const people = (of: readonly Leave[]) =>
        indexPeople(
          [
            personOf(ana, { manager: mia, ...(of.length === 0 ? {} : { away: of }) }),
            personOf(ben, { manager: mia, ...over.ben }),
            personOf(mia),
            personOf(dora, { team: 'red', isDuty: true }),
          ],
          [{ id: 'blue', name: 'Blue', email: 'blue@example.com', handles: [] }],
        );
      let everybody = people(named);
      const house = openHouse({
        store,
        clock: testClock(),
        everybody: () => everybody,
        delivery: { perPersonPerDayMax: 50 },
      });
      const { parts, clock } = house;
      const take = async (event: Event) => {
        const taken = await ingest(parts, {
          source: event.source,
          receivedAt: clock.now(),
          mode: 'live',
          events: [event],
        });
        await house.settleDown();
        return taken.loops[0] ?? '';
      };
      /** Dangerous, until somebody proves it dead. */
      const leaks = (n = 0) => {
        const at = clock.now();
        const secret = fakeSecret(salt * 10 + n);
        return take(
          leak({
            at: at - hour,
            receivedAt: at,
            secret,
            author: ana,
            file: `${n}.py`,
            repository: `acme/${salt}`,
          }),
        );
      };
      /** Can wait. */
      const clicks = (n = 0) =>
        take(practiceClick({ at: clock.now(), person: ana, campaign: `${salt}-${n}` }));
      const said = async (loop: string) =>
        ((await store.read.loop(loopPrincipal, loop))?.messages ?? []).map(
          ({ moment, to, state, sentAt }) =>
            `${moment} ${to.id.replace(String(salt), '')} ${state === 'accepted' ? ((sentAt ?? 0) - monday) / day : state}`,
        );
      const runTo = async (at: number) => {
        while (clock.now() < at) {
          clock.set(Math.min(at, clock.now() + 6 * hour));
          await house.settleDown();
        }
      };
      const setAway = (of: readonly Leave[]) => {
        everybody = people(of);
      };
      return { house, parts, clock, leaks, clicks, said, runTo, setAway, ana, ben, mia, dora };
    };

    test('what is dangerous goes to whoever stands in, in words that speak to them', async () => {
      const { leaks, said, ben, ana, parts } = open([
        { from: '2026-11-20', until: '2026-11-27', standIn: 'ben' },
      ]);
      const loop = await leaks();
      expect(await said(loop)).toEqual(['handed-over ben 0']);
      const story = await store.read.loop(loopPrincipal, loop);
      expect(JSON.stringify(story?.messages[0]?.snapshot)).toContain(`Ana${salt} is away, and you stand in`);
      expect(story?.loop).toMatchObject({ state: 'told', owner: { id: ana } });

      const message = story?.messages[0];
      const { tokenHash } = parts.replyLink(message?.id ?? '', ben);
      await replyByLink(parts, tokenHash, { answer: 'done', loop });
      const answered = await store.read.loop(loopPrincipal, loop);
      expect(answered?.loop).toMatchObject({
        state: 'answered',
        rung: 'claimed',
        facts: { replies: [{ by: { id: ben }, standInFor: ana }] },
      });
    });

    test('without a stand-in who is there, it goes to whoever leads them, then to the team', async () => {
      const away = [{ from: '2026-11-20', until: '2026-11-27' }];
      const lead = open(away);
      expect(await lead.said(await lead.leaks())).toEqual(['handed-over mia 0']);
      const ring = open([{ from: '2026-11-20', until: '2026-11-27', standIn: 'ben' }], {
        ben: { away: [{ from: '2026-11-01', until: '2026-12-01', standIn: `ana${salt + 1}` }] },
      });
      expect(await ring.said(await ring.leaks())).toEqual(['handed-over mia 0']);
      const left = open([{ from: '2026-11-20', until: '2026-11-27', standIn: 'ben' }], {
        ben: { isActive: false },
      });
      expect(await left.said(await left.leaks())).toEqual(['handed-over mia 0']);
    });

    test('a case that began before is handed on when its reminder would go to nobody', async () => {
      const { leaks, said, runTo } = open([{ from: '2026-11-25', until: '2026-12-04', standIn: 'ben' }]);
      const loop = await leaks();
      await runTo(monday + 2.5 * day);
      expect((await said(loop)).map((line) => line.replace(/ [\d.]+$/u, ''))).toEqual([
        'told ana',
        'handed-over ben',
      ]);
    });

    test('what an operator notes counts as much, once, and whoever is back early hears what waited', async () => {
      const { parts, leaks, said, ana, ben, house } = open();
      const leave = { person: ana, from: '2026-11-23', until: '2026-11-25', standIn: ben };
      const noted = await noteLeave(parts, operator, leave);
      const again = await noteLeave(parts, operator, leave);
      expect([noted.kind, again.kind]).toEqual(['noted', 'noted']);
      const seen = (await leavesSeen(parts, operator)).filter(({ person }) => person === ana);
      expect(seen).toHaveLength(1);
      const loop = await leaks();
      expect(await said(loop)).toEqual(['handed-over ben 0']);
      expect(await endLeave(parts, operator, seen[0]?.id ?? '')).toBe(true);
      expect(await endLeave(parts, operator, seen[0]?.id ?? '')).toBe(false);
      const next = await leaks(1);
      await house.settleDown();
      expect(await said(next)).toEqual(['told ana 0']);
    });

    test('coaching waits for their return, and is said on the morning after', async () => {
      const { clicks, said, runTo } = open([{ from: '2026-11-20', until: '2026-11-27', standIn: 'ben' }]);
      const loop = await clicks();
      expect(await said(loop)).toEqual([]);
      await runTo(monday + 6.5 * day);
      expect(await said(loop)).toEqual([]);
      await runTo(monday + 7.5 * day);
      expect((await said(loop)).map((line) => line.replace(/ [\d.]+$/u, ''))).toEqual(['told ana']);
    });

    test('what is between somebody and the duty role is told to no colleague, however long they are away', async () => {
      const { clicks, said, runTo } = open([{ from: '2026-11-20', until: '2036-11-20', standIn: 'ben' }]);
      const loop = await clicks();
      await runTo(monday + 30 * day);
      expect(await said(loop)).toEqual([]);
      const next = (await store.read.loop(loopPrincipal, loop))?.waiting ?? [];
      expect(next.map(({ dueAt }) => new Date(dueAt).toISOString())).toEqual(['2036-11-21T09:00:00.000Z']);
    });

    test('a leave that is taken back, or grows, in a directory moves what waits', async () => {
      const { clicks, said, runTo, setAway, parts, house } = open([
        { from: '2026-11-20', until: '2026-11-27' },
      ]);
      await followLeave(parts);
      const loop = await clicks();
      setAway([{ from: '2026-11-20', until: '2026-12-04' }]);
      await followLeave(parts);
      await runTo(monday + 8 * day);
      expect(await said(loop)).toEqual([]);
      setAway([]);
      await followLeave(parts);
      await house.settleDown();
      expect(await said(loop)).toEqual(['told ana 8']);
      expect(await followLeave(parts)).toBe(0);
    });

    test('whoever goes away between planning and sending is not written to', async () => {
      const { parts, ana, clock, clicks, said, house } = open();
      clock.set(monday + 13 * hour);
      const loop = await clicks();
      expect(await said(loop)).toEqual([]);
      clock.set(monday + day - 2 * hour);
      const leave = { person: ana, from: '2026-11-24', until: '2026-11-25' };
      expect(await plan(parts)).toBeGreaterThan(0);
      await noteLeave(parts, operator, leave);
      await house.settleDown();
      expect(await said(loop)).toEqual([]);
      clock.set(Date.UTC(2026, 10, 26, 9));
      await house.settleDown();
      expect((await said(loop))[0]).toMatch(/^told ana 2\.9/u);
    });

    test('days of a leave are no silence: the reminder comes as much later', async () => {
      const there = open();
      const loop = await there.clicks();
      await there.runTo(monday + 15 * day);
      const usual = (await there.said(loop)).find((line) => line.startsWith('reminder'));
      const away = open([{ from: '2026-11-24', until: '2026-11-26' }]);
      const other = await away.clicks();
      await away.runTo(monday + 15 * day);
      const later = (await away.said(other)).find((line) => line.startsWith('reminder'));
      expect(Number(usual?.split(' ').at(-1))).toBeCloseTo(7, 0);
      expect(Number(later?.split(' ').at(-1))).toBeCloseTo(10, 0);
    });

    test('a case is handed from one who is away to the next only so often', async () => {
      const { leaks, said, runTo } = open([{ from: '2026-11-20', until: '2027-06-30', standIn: 'ben' }], {
        ben: { away: [{ from: '2026-11-24', until: '2027-06-30' }] },
      });
      const loop = await leaks();
      await runTo(monday + 40 * day);
      const to = (await said(loop)).map((line) => line.split(' ')[1]);
      expect(to.slice(0, 2)).toEqual(['ben', 'mia']);
      expect(to.length).toBeLessThan(9);
      expect(to.at(-1)).toBe('duty');
    });

    test('the duty role is whoever of them is there', () => {
      const away = [{ from: '2026-11-20', until: '2026-11-27' }];
      const people = [personOf('dora', { isDuty: true, away }), personOf('dan', { isDuty: true })];
      const { parts, clock } = openHouse({ store, clock: testClock(), people });
      const to = { kind: 'duty', id: 'duty' } as const;
      expect(parts.recipient(to)?.email).toBe('dan@example.com');
      clock.set(monday + 5 * day);
      expect(parts.recipient(to)?.email).toBe('dora@example.com');
    });

    test.each([
      ['whoever has left', { person: 'ben', until: '2026-11-30' }, 'they have left'],
      ['ten years', { person: 'ana', until: '2036-11-30' }, '400 days at most'],
      ['the past', { person: 'ana', until: '2026-11-20' }, 'over already'],
      ['an end before the beginning', { person: 'ana', until: '2026-11-10' }, 'ends before it begins'],
      [
        'their own stand-in',
        { person: 'ana', until: '2026-11-30', standIn: 'ana' },
        'stands in for themselves',
      ],
      ['a stranger as stand-in', { person: 'ana', until: '2026-11-30', standIn: '<b>' }, 'does not know'],
    ])('an operator notes no leave of %s', async (_name, given, reason) => {
      const { parts } = open([], { ben: { isActive: false } });
      const { person, until, standIn } = { standIn: undefined, ...given };
      const who = standIn === undefined ? {} : { standIn: standIn === '<b>' ? standIn : `${standIn}${salt}` };
      const ask = { person: `${person}${salt}`, from: '2026-11-15', until, ...who };
      expect(await noteLeave(parts, operator, ask)).toMatchObject({
        kind: 'refused',
        reason: expect.stringContaining(reason),
      });
    });

    test('an operator of another team sees no leave, notes none and ends none', async () => {
      const { parts, ana } = open();
      const red = { ...operator, teams: ['red'] };
      const leave = { person: ana, from: '2026-11-23', until: '2026-11-25' };
      expect((await noteLeave(parts, red, leave)).kind).toBe('not-found');
      const noted = await noteLeave(parts, operator, leave);
      const id = noted.kind === 'noted' ? noted.leave.id : '';
      expect((await leavesSeen(parts, red)).some((one) => one.person === ana)).toBe(false);
      expect(await endLeave(parts, red, id)).toBe(false);
      expect((await leavesSeen(parts, operator)).some((one) => one.id === id)).toBe(true);
    });
  });
}
