import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sources } from '../src/adapters/index.ts';
import { pullDuties } from '../src/app-pull.ts';
import { contentReader } from '../src/enrich.ts';
import { openClones } from '../src/lib/git/clones.ts';
import { keyedHash } from '../src/lib/hmac.ts';
import { createHttpFetch } from '../src/lib/http-fetch.ts';
import { createLog } from '../src/lib/log.ts';
import { ingest } from '../src/loop/ingest.ts';
import { type LoopParts, loopPrincipal } from '../src/loop/parts.ts';
import { type PullDuty, pullHealth, pullSource } from '../src/loop/pull.ts';
import { isRejection, type MapContext, type Pulled } from '../src/ports/source.ts';
import type { Store } from '../src/ports/store.ts';
import { startWorker } from '../src/worker.ts';
import { openDoors, signed, webhookSecret } from './http/doors.ts';
import { makeRepository } from './support/git-repository.ts';
import {
  day,
  fakeSecret,
  hour,
  leak,
  monday,
  openHouse,
  testFingerprinter,
  testKeys,
} from './support/house.ts';
import { closeAfterTest, httpServer } from './support/http-servers.ts';
import { testStores } from './support/stores.ts';

const minute = 60_000;
const source = sources.find(({ id }) => id === 'github');
if (source?.pull === undefined) throw new Error('no source can be read');
const { pull } = source;

const mapContext = (receivedAt: number): MapContext => ({
  receivedAt,
  fingerprint: testFingerprinter,
  eventId: keyedHash(testKeys.event),
});

type Alert = {
  readonly number: number;
  readonly at: number;
  readonly updated?: number;
  readonly more?: object;
};

/** A vendor on the loopback: alerts in pages of two, newest change first. */
async function vendor(repository: string, firstSecret: number) {
  const alerts: Alert[] = [];
  let refuse: readonly [number, Record<string, string>] | 'break' | undefined;
  let fails = Number.POSITIVE_INFINITY;
  const server = await httpServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://vendor');
    const page = Number(url.searchParams.get('page') ?? '1');
    if (refuse !== undefined && fails > 0 && (refuse !== 'break' || page > 1)) {
      fails -= 1;
      if (refuse === 'break') response.destroy();
      else response.writeHead(refuse[0], refuse[1]).end();
      return;
    }
    const sorted = alerts.toSorted((a, b) => (b.updated ?? b.at) - (a.updated ?? a.at));
    const shown = sorted.slice((page - 1) * 2, page * 2);
    if (page * 2 < sorted.length) {
      url.searchParams.set('page', String(page + 1));
      response.setHeader('link', `<${server.origin}${url.pathname}${url.search}>; rel="next"`);
    }
    response.end(JSON.stringify(shown.map((alert) => alertOf(alert, repository, firstSecret))));
  });
  return {
    ...server,
    alerts,
    meet: (manner: typeof refuse, times = Number.POSITIVE_INFINITY) => {
      refuse = manner;
      fails = times;
    },
  };
}

function alertOf({ number, at, updated, more }: Alert, repository: string, firstSecret: number) {
  return {
    number,
    secret_type: 'example_token',
    secret: fakeSecret(firstSecret + number),
    state: 'open',
    resolution: null,
    created_at: new Date(at).toISOString(),
    updated_at: new Date(updated ?? at).toISOString(),
    html_url: `https://github.com/${repository}/security/secret-scanning/${number}`,
    first_location_detected: {
      path: `src/${number}.env`,
      start_line: 1,
      end_line: 1,
      start_column: 1,
      end_column: 32,
      commit_sha: String(number % 10).repeat(40),
    },
    has_more_locations: false,
    ...more,
  };
}

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(`reading a source over the ${kind.name} store`, () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open();
    });
    afterAll(() => store?.close());

    let count = 0;
    /** Each test reads a source of its own name, so that one store serves them all. */
    const set = async (over: Partial<PullDuty> = {}) => {
      count += 1;
      const repository = `acme/read-${count}`;
      const house = openHouse({ store });
      const server = await vendor(repository, 9000 + 100 * count);
      const fetch = createHttpFetch({ allowOrigins: [server.origin] });
      closeAfterTest(fetch);
      const own = { ...source, id: `github-${count}` };
      const open = pull.open({ baseUrl: server.origin, token: 'example-token', repositories: [repository] });
      const waits: number[] = [];
      const duty: PullDuty = {
        source: own,
        everyMs: 15 * minute,
        mapContext,
        read: (cursors, wait) => open.read(cursors, { fetch, wait, now: () => house.clock.now() }),
        wait: async (ms) => {
          waits.push(ms);
        },
        ...over,
      };
      const loops = async () => (await store.read.loops(loopPrincipal, { repository, limit: 50 })).items;
      const health = () => pullHealth(house.parts, loopPrincipal, own.id);
      return { ...house, ...server, own, duty, waits, loops, health, repository };
    };

    test('the first reading is history, what comes later is live, and nothing is read twice', async () => {
      const { parts, clock, duty, alerts, loops, seen, health } = await set();
      alerts.push(...[1, 2, 3].map((number) => ({ number, at: monday - number * hour })));
      expect(await pullSource(parts, duty)).toMatchObject({ kind: 'pulled', accepted: 3, failures: [] });
      expect((await loops()).map(({ state }) => state)).toEqual(['backlog', 'backlog', 'backlog']);
      expect(seen).toHaveLength(2);
      expect(await pullSource(parts, duty)).toEqual({ kind: 'not-due' });

      clock.pass(15 * minute);
      alerts.push(
        { number: 4, at: monday + minute },
        { number: 5, at: monday - 100 * day, updated: monday + minute },
      );
      const second = await pullSource(parts, duty);
      expect(second).toMatchObject({ kind: 'pulled', rejected: 0 });
      const states = new Map((await loops()).map((row) => [row.facts.kept[0]?.where.file, row.state]));
      expect(states.get('src/4.env')).toBe('triage');
      expect(states.get('src/5.env')).toBe('backlog');
      expect(await health()).toEqual({
        nextAt: monday + 30 * minute,
        failing: [],
        lastSuccessAt: monday + 15 * minute,
      });

      clock.pass(15 * minute);
      const before = seen.length;
      expect(await pullSource(parts, duty)).toMatchObject({ accepted: 0 });
      expect(seen.length - before).toBeLessThanOrEqual(2);
    });

    test('a limit is waited for as long as the vendor asks, and meanwhile no other process reads', async () => {
      const { parts, duty, alerts, meet, waits } = await set();
      alerts.push({ number: 1, at: monday });
      meet([429, { 'retry-after': '1800' }], 1);
      const others: unknown[] = [];
      const outcome = await pullSource(parts, {
        ...duty,
        wait: async (ms) => {
          waits.push(ms);
          const later = { ...parts, clock: { now: () => parts.clock.now() + ms } };
          others.push(await pullSource(later, duty));
        },
      });
      expect(outcome).toMatchObject({ kind: 'pulled', accepted: 1 });
      expect(waits).toEqual([1_800_000]);
      expect(others).toEqual([{ kind: 'not-due' }]);
    });

    test('a refused token is told of, keeps the cursor, and is no sign of life', async () => {
      const { parts, clock, duty, alerts, meet, health, own, repository } = await set();
      alerts.push({ number: 1, at: monday });
      await pullSource(parts, duty);
      clock.pass(day);
      meet([401, {}]);
      expect(await pullSource(parts, duty)).toMatchObject({ kind: 'pulled', accepted: 0 });
      const reason = 'GitHub refused the token (401)';
      expect(await health()).toMatchObject({
        lastSuccessAt: monday,
        lastFailure: { at: monday + day, part: repository, reason },
        failing: [{ part: repository, at: monday + day, reason }],
      });
      expect((await store.read.lastSourceDays(loopPrincipal)).get(own.id)).toBe('2026-11-23');
      const doors = openDoors({ store, over: { sources: [own] } });
      const listed = await doors.ask('/v1/sources', { token: await doors.token(['system:read']) });
      const failing = [{ part: repository, at: '2026-11-24T10:00:00.000Z', reason }];
      expect(listed.json).toMatchObject({
        items: expect.arrayContaining([
          expect.objectContaining({
            id: own.id,
            isSilent: true,
            pull: { lastSuccessAt: '2026-11-23T10:00:00.000Z', failing },
          }),
        ]),
      });

      clock.pass(hour);
      meet(undefined);
      alerts.push({ number: 2, at: clock.now() });
      expect(await pullSource(parts, duty)).toMatchObject({ failures: [] });
      expect(await health()).toMatchObject({ failing: [], lastSuccessAt: clock.now() });
      expect((await store.read.lastSourceDays(loopPrincipal)).get(own.id)).toBe('2026-11-24');
    });

    test('a delivery that tells no place has the source read soon, and once a minute at most', async () => {
      const { parts, clock, duty, own, alerts, loops, health, repository } = await set();
      const sourceSecrets = () => [webhookSecret];
      const doors = openDoors({ store, over: { sources: [own], sourceSecrets } });
      const deliver = async (number: number, more: object = {}) => {
        const told = { number, secret_type: 'example_token', state: 'open', resolution: null, ...more };
        const payload = { action: 'created', alert: told, repository: { full_name: repository } };
        const delivery = signed(payload, 'secret_scanning_alert', `soon-${number}`);
        expect(await doors.ask(`/v1/sources/${own.id}`, delivery)).toMatchObject({ status: 202 });
      };
      await deliver(1);
      expect(await health()).toBeUndefined();

      await pullSource(parts, duty);
      const place = { commit_sha: '2'.repeat(40), path: 'src/2.env', start_line: 1 };
      await deliver(2, { first_location_detected: place });
      expect(await health()).toMatchObject({ nextAt: monday + 15 * minute });
      await deliver(3);
      await deliver(4);
      expect(await health()).toMatchObject({ nextAt: monday + minute });

      alerts.push({ number: 3, at: monday });
      expect(await pullSource(parts, duty)).toEqual({ kind: 'not-due' });
      clock.pass(minute);
      expect(await pullSource(parts, duty)).toMatchObject({ kind: 'pulled', failures: [] });
      const files = (await loops()).flatMap(({ facts }) => facts.kept.map(({ where }) => where.file));
      expect(files).toContain('src/3.env');
      expect(await health()).toMatchObject({ nextAt: monday + 16 * minute });
    });

    test('a reading that breaks off goes on where it was, and nothing is there twice', async () => {
      const { parts, clock, duty, alerts, meet, loops } = await set();
      alerts.push(...[1, 2, 3, 4, 5].map((number) => ({ number, at: monday - number * hour })));
      meet('break');
      expect(await pullSource(parts, duty)).toMatchObject({ accepted: 2, failures: [{}] });
      clock.pass(15 * minute);
      meet(undefined);
      expect(await pullSource(parts, duty)).toMatchObject({ accepted: 3, duplicates: 2, failures: [] });
      const rows = await loops();
      expect(rows.map(({ facts, state }) => [facts.sightings, state])).toEqual(
        Array.from({ length: 5 }, () => [1, 'backlog']),
      );
    });

    test('a process that dies in the middle leaves the rest to the next one, after its lease', async () => {
      const { parts, clock, duty, alerts, loops } = await set();
      alerts.push(...[1, 2, 3].map((number) => ({ number, at: monday - number * hour })));
      async function* dying(items: AsyncIterable<Pulled>): AsyncIterable<Pulled> {
        for await (const item of items) {
          yield item;
          throw new Error('killed');
        }
      }
      const died = pullSource(parts, { ...duty, read: (cursors, wait) => dying(duty.read(cursors, wait)) });
      await expect(died).rejects.toThrow('killed');
      expect(await pullSource(parts, duty)).toEqual({ kind: 'not-due' });
      clock.pass(6 * minute);
      expect(await pullSource(parts, duty)).toMatchObject({ accepted: 1, duplicates: 2 });
      expect((await loops()).map(({ facts }) => facts.sightings)).toEqual([1, 1, 1]);
    });

    test('who lost the lease saves nothing more', async () => {
      const { parts, clock, duty, alerts, health } = await set();
      alerts.push({ number: 1, at: monday });
      async function* slow(items: AsyncIterable<Pulled>): AsyncIterable<Pulled> {
        for await (const item of items) {
          if (item.kind === 'records') {
            clock.pass(6 * minute);
            expect(await pullSource(parts, duty)).toMatchObject({ kind: 'pulled', accepted: 1 });
          }
          yield item;
        }
      }
      const outcome = await pullSource(parts, {
        ...duty,
        read: (cursors, wait) => slow(duty.read(cursors, wait)),
      });
      expect(outcome).toEqual({ kind: 'stopped' });
      expect(await health()).toMatchObject({ lastSuccessAt: monday + 6 * minute });
    });

    test('an alert that was closed and is open again says so', async () => {
      const { parts, clock, duty, alerts, loops } = await set();
      const resolved = { state: 'resolved', resolution: 'wont_fix' };
      alerts.push({ number: 1, at: monday - hour });
      await pullSource(parts, duty);
      const change = async (more: object) => {
        clock.pass(hour);
        const updated = clock.now();
        alerts.splice(0, 1, { number: 1, at: monday - hour, updated, more });
        await pullSource(parts, duty);
        return (await loops())[0]?.facts.seen[`alert:${source.id}`]?.signal;
      };
      const at = new Date(monday + hour).toISOString();
      expect(await change({ ...resolved, resolution: 'pattern_deleted', resolved_at: at })).toBe(
        'alert-closed',
      );
      expect(await change({})).toBe('alert-open');
    });

    test('the worker reads beside its turn, and stops at once while the vendor asks to wait', async () => {
      const { parts, alerts, meet, origin, seen, repository } = await set();
      alerts.push({ number: 1, at: monday });
      meet([429, { 'retry-after': '3000' }]);
      const log = createLog({ level: 'silent', secrets: [] });
      const settings = { baseUrl: origin, token: 'example-token', repositories: [repository] };
      const world = { config: { sources: { github: { secrets: [], pull: settings } } }, sources: [source] };
      const worker = startWorker({
        parts,
        log,
        sealer: { seal: refuse, keep: async () => undefined, missing: async () => [] },
        beside: pullDuties({ ...world, parts, mapContext, log }),
      });
      await expect.poll(() => seen.length).toBeGreaterThan(0);
      await worker.stop();
      expect(await pullHealth(parts, loopPrincipal, source.id)).toEqual({ nextAt: 0, failing: [] });
    });
  });

  describe.skipIf(kind.skip !== undefined)(`content at a place over the ${kind.name} store`, () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open();
    });
    afterAll(() => store?.close());

    test('an alert without its secret joins the finding that has it, by what stands in the clone', async () => {
      const repository = makeRepository();
      closeAfterTest({ close: repository.remove });
      const secret = fakeSecret(1);
      const line = `key = "${secret}"`;
      const commit = repository.commit({ 'conf/app.env': `# é\n${line}\n` });
      const blob = repository.git('rev-parse', `${commit}:conf/app.env`);
      const clones = openClones([{ repository: 'github.com/acme/joined', path: repository.path }]);
      closeAfterTest(clones);
      const { parts, clock } = openHouse({ store });
      const enriching: LoopParts = {
        ...parts,
        enrich: contentReader({ clones, fingerprint: testFingerprinter, sources }),
      };
      const take = async (payload: object) => {
        const events = source.map(payload, mapContext(clock.now()));
        if (isRejection(events)) throw new Error(events.rejected);
        const batch = { source: source.id, receivedAt: clock.now(), events, mode: 'live' } as const;
        return (await ingest(enriching, batch)).loops[0] ?? '';
      };
      const stateOf = async (loop: string) => (await store.read.loop(loopPrincipal, loop))?.loop;
      const alert = {
        number: 7,
        secret_type: 'example_token',
        created_at: new Date(monday).toISOString(),
        state: 'open',
      };
      const details = {
        path: 'conf/app.env',
        start_line: 2,
        end_line: 2,
        start_column: 8,
        end_column: 7 + secret.length,
        blob_sha: blob,
        commit_sha: commit,
      };
      const about = { alert, repository: { full_name: 'acme/joined' } };

      const found = leak({ at: monday, secret, author: 'ana', repository: 'acme/joined', commit });
      const finding = await ingest(enriching, {
        source: 'scanner',
        receivedAt: clock.now(),
        mode: 'live',
        events: [found],
      });
      const loop = finding.loops[0] ?? '';
      const alone = await take({ action: 'created', ...about });
      expect(alone).not.toBe(loop);
      await take({ action: 'created', location: { type: 'commit', details }, ...about });
      const states = [await stateOf(loop), await stateOf(alone)];
      expect(states.filter((row) => row?.state === 'merged')).toHaveLength(1);
      const survivor = states.find((row) => row?.state !== 'merged');
      expect(survivor?.facts).toMatchObject({ sightings: 2, sources: ['github', 'scanner'] });

      const everything = JSON.stringify(await store.read.eventsOfLoop(loopPrincipal, survivor?.id ?? '', 50));
      expect(everything).toContain('secret.location');
      expect(everything).not.toContain(secret.slice(0, 12));
    });
  });
}

function refuse(): never {
  throw new Error('nothing to seal');
}
