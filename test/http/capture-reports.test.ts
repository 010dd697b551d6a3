import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { Store } from '../../src/ports/store.ts';
import { day, fakeSecret, monday } from '../support/house.ts';
import { testStores } from '../support/stores.ts';
import { type Doors, finding, openDoors } from './doors.ts';

let serial = 0;
/** A finding that no other test has. */
function fresh(over: Readonly<Record<string, unknown>> = {}) {
  serial += 1;
  const secret = fakeSecret(10_000 + serial);
  return finding(secret, { StartLine: serial, Fingerprint: `${serial}`, ...over });
}

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(`capture over the ${kind.name} store`, () => {
    let store: Store;
    let doors: Doors;
    let token: string;
    beforeAll(async () => {
      store = await kind.open();
      doors = openDoors({ store });
      token = await doors.token(['events:write']);
    });
    afterAll(() => store?.close());

    const eventsStored = async () => (await store.read.totals(loopPrincipal)).events;

    describe('a report', () => {
      test('is stored before it is answered, and the same report again adds nothing', async () => {
        const report = [fresh(), fresh()];
        const before = await eventsStored();
        const first = await doors.ask('/v1/sources/gitleaks', { token, json: report });
        expect([first.status, first.json]).toEqual([202, { accepted: 2, duplicates: 0 }]);
        expect(await eventsStored()).toBe(before + 2);
        const again = await doors.ask('/v1/sources/gitleaks', { token, json: report });
        expect([again.status, again.json]).toEqual([202, { accepted: 0, duplicates: 2 }]);
        doors.house.clock.pass(day);
        const tomorrow = await doors.ask('/v1/sources/gitleaks', { token, json: report });
        doors.house.clock.set(monday);
        expect(tomorrow.json).toEqual({ accepted: 0, duplicates: 2 });
        expect((await store.read.lastSourceDays(loopPrincipal)).get('gitleaks')).toBe('2026-11-24');
      });

      test('comes packed or plain, as JSON or CSV, and is about the repository that is named beside it', async () => {
        const packed = new Uint8Array(gzipSync(JSON.stringify([fresh()])));
        const path = '/v1/sources/gitleaks?repository=acme/packed';
        const byHeader = { token, body: packed, headers: { 'Content-Encoding': 'gzip' } };
        expect((await doors.ask(path, byHeader)).json).toEqual({ accepted: 1, duplicates: 0 });
        const asFile = {
          token,
          body: new Uint8Array(gzipSync(JSON.stringify([fresh()]))),
          type: 'application/gzip',
        };
        expect((await doors.ask(path, asFile)).json).toEqual({ accepted: 1, duplicates: 0 });
        const reader = await doors.token(['loops:read']);
        const listed = await doors.ask('/v1/loops?repository=acme/packed', { token: reader });
        expect(listed.json.items).toHaveLength(2);
      });

      test('names its repository with any letters and as long as it likes, and is stored', async () => {
        // Letters without a pattern, so that nothing makes them shorter on the way to an index.
        const letter = (_: unknown, n: number) => String.fromCodePoint(0x4e00 + ((n * 7919) % 20_000));
        const name = Array.from({ length: 1024 }, letter).join('');
        const alert = { number: 7, secret_type: 'example', created_at: '2026-11-23T09:00:00Z' };
        const json = { action: 'created', alert, repository: { full_name: `acme/${name}` } };
        const answer = await doors.ask('/v1/sources/github', { token, json });
        expect([answer.status, answer.json]).toEqual([202, { accepted: 1, duplicates: 0 }]);
      });

      test('under a key that another sender used, or about another repository, is a delivery of its own', async () => {
        const other = await doors.token(['events:write']);
        const headers = { 'Idempotency-Key': 'run-1' };
        const [first, second] = [[fresh()], [fresh()]];
        const send = (by: string, json: unknown) =>
          doors.ask('/v1/sources/gitleaks', { token: by, json, headers });
        expect((await send(other, first)).json).toEqual({ accepted: 1, duplicates: 0 });
        expect((await send(token, second)).json).toEqual({ accepted: 1, duplicates: 0 });
        expect((await send(token, second)).json).toEqual({ accepted: 0, duplicates: 1 });
        const json = [fresh()];
        const about = (repository: string) =>
          doors.ask(`/v1/sources/gitleaks?repository=${repository}`, { token, json });
        expect((await about('acme/one')).json).toEqual({ accepted: 1, duplicates: 0 });
        expect((await about('acme/two')).json).toEqual({ accepted: 1, duplicates: 0 });
        expect((await about('acme/two')).json).toEqual({ accepted: 0, duplicates: 1 });
      });

      test.each(['[]', 'null', '{}', '', '[]\n'])('in which nothing was found is taken: %j', async (body) => {
        const answer = await doors.ask('/v1/sources/gitleaks', { token, body });
        expect([answer.status, answer.json]).toEqual([202, { accepted: 0, duplicates: 0 }]);
      });

      test('with one bad record is taken without it, and says which one and why', async () => {
        const body = JSON.stringify([fresh(), 42, fresh()]);
        const answer = await doors.ask('/v1/sources/gitleaks', { token, body });
        expect(answer.status).toBe(202);
        expect(answer.json).toMatchObject({
          accepted: 2,
          duplicates: 0,
          rejected: [{ line: 1, index: 1, reason: expect.any(String) }],
        });
      });

      test('that breaks off is refused with its place, and nothing of it is stored', async () => {
        const before = await eventsStored();
        const body = JSON.stringify([fresh(), fresh()]).slice(0, -30);
        const answer = await doors.ask('/v1/sources/gitleaks', { token, body });
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(answer.status).toBeLessThan(500);
        expect(answer.headers.get('Content-Type')).toBe('application/problem+json');
        expect(answer.json.errors).toMatchObject([{ line: 1, detail: expect.any(String) }]);
        expect(await eventsStored()).toBe(before);
      });

      test('of many events is taken in several transactions, once', async () => {
        const report = Array.from({ length: 2300 }, () => fresh({ File: 'many.py' }));
        const body = JSON.stringify(report);
        expect((await doors.ask('/v1/sources/gitleaks', { token, body })).json).toEqual({
          accepted: 2300,
          duplicates: 0,
        });
        expect((await doors.ask('/v1/sources/gitleaks', { token, body })).json).toEqual({
          accepted: 0,
          duplicates: 2300,
        });
      });

      test('answers no secret back, whatever it refuses', async () => {
        const secret = fakeSecret(77);
        const bodies = [
          JSON.stringify([{ RuleID: secret, Secret: secret, StartLine: secret }]),
          `[{"Secret": "${secret}",`,
          JSON.stringify({ [secret]: secret }),
        ];
        for (const body of bodies) {
          const answer = await doors.ask('/v1/sources/gitleaks', { token, body });
          expect(answer.text).not.toContain(secret);
        }
        expect(doors.logged.join('')).not.toContain(secret);
      });
    });

    describe('a door for reports', () => {
      test.each([
        ['an unknown source', '/v1/sources/nobody', {}, 404, 'unknown-source'],
        ['no token', '/v1/sources/gitleaks', { token: undefined }, 401, 'unauthenticated'],
        [
          'a form',
          '/v1/sources/gitleaks',
          { type: 'application/x-www-form-urlencoded' },
          415,
          'unsupported-media-type',
        ],
        [
          'another charset',
          '/v1/sources/gitleaks',
          { type: 'text/csv; charset=latin1' },
          415,
          'unsupported-media-type',
        ],
        ['an unknown parameter', '/v1/sources/gitleaks?repo=acme/shop', {}, 400, 'bad-request'],
        ['a parameter twice', '/v1/sources/gitleaks?repository=a&repository=b', {}, 400, 'bad-request'],
        ['another vendor’s file', '/v1/sources/trufflehog', { body: '{"hello":"world"}' }, 422, 'bad-record'],
      ])('refuses %s', async (_, path, options, status, code) => {
        const answer = await doors.ask(path, { token, body: '[]', ...options });
        expect([answer.status, answer.json.type]).toEqual([status, `/problems/${code}`]);
      });

      test('refuses a body past the cap, by its header and while reading, and one that unpacks to more', async () => {
        const small = openDoors({ store, caps: { bodyBytesMax: 2000 } });
        const body = JSON.stringify([fresh({ Message: 'x'.repeat(3000) })]);
        expect((await small.ask('/v1/sources/gitleaks', { token, body })).status).toBe(413);
        const stream = new ReadableStream({
          pull: (controller) => controller.enqueue(new TextEncoder().encode(`[${' '.repeat(1000)}`)),
        });
        const streamed = await small.app.request('http://localhost/v1/sources/gitleaks', {
          method: 'POST',
          headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
          body: stream,
          duplex: 'half',
        });
        expect(streamed.status).toBe(413);
        const bomb = new Uint8Array(gzipSync(`[${' '.repeat(1_000_000)}]`));
        expect(bomb.length).toBeLessThan(2000);
        const unpacked = await small.ask('/v1/sources/gitleaks', { token, body: bomb });
        expect([unpacked.status, unpacked.json.type]).toEqual([413, '/problems/too-large']);
      });
    });
  });
}
