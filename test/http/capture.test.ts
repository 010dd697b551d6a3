import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { Store, StoreWrite } from '../../src/ports/store.ts';
import { day, fakeSecret, monday } from '../support/house.ts';
import { testStores } from '../support/stores.ts';
import { type Doors, finding, openDoors, signed } from './doors.ts';

let serial = 0;
/** A finding that no other test has. */
function fresh(over: Readonly<Record<string, unknown>> = {}) {
  serial += 1;
  const secret = fakeSecret(10_000 + serial);
  return finding(secret, { StartLine: serial, Fingerprint: `${serial}`, ...over });
}

const cloudEvent = (id: string, data: unknown = { repository: 'acme/shop', file: 'a.py', line: 1 }) => ({
  specversion: '1.0',
  id,
  source: 'urn:example:scanner',
  type: 'com.example.secret.committed',
  time: '2026-11-23T09:00:00Z',
  data,
});

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

    describe('a webhook', () => {
      const alert = (number: number, action = 'created') => ({
        action,
        alert: {
          number,
          secret_type: 'generic_token',
          secret_type_display_name: 'Generic token',
          state: 'open',
          created_at: '2026-11-23T09:00:00Z',
          updated_at: '2026-11-23T09:00:00Z',
        },
        repository: { full_name: 'acme/shop' },
        sender: { login: 'octo-ana' },
      });

      test('with its signature is taken, and the same delivery again adds nothing', async () => {
        const delivery = signed(alert(1), 'secret_scanning_alert', 'd-1');
        expect((await doors.ask('/v1/sources/github', delivery)).json).toEqual({
          accepted: 1,
          duplicates: 0,
        });
        expect((await doors.ask('/v1/sources/github', delivery)).json).toEqual({
          accepted: 0,
          duplicates: 1,
        });
      });

      test('that somebody recorded adds nothing under another delivery id', async () => {
        const first = signed(alert(2), 'secret_scanning_alert', 'd-2');
        await doors.ask('/v1/sources/github', first);
        const replayed = { ...first, headers: { ...first.headers, 'X-GitHub-Delivery': 'd-other' } };
        const answer = await doors.ask('/v1/sources/github', replayed);
        expect([answer.status, answer.json]).toEqual([202, { accepted: 0, duplicates: 1 }]);
      });

      test.each([
        ['another secret', { secret: 'not-the-shared-secret' }],
        ['one byte changed', { change: true }],
        ['no signature', { bare: true }],
      ])('with %s is refused, and nothing of it is stored', async (_, { secret, change, bare }: Forgery) => {
        const before = await eventsStored();
        const delivery = signed(alert(3), 'secret_scanning_alert', 'd-3', secret);
        const { 'X-Hub-Signature-256': _signature, ...unsigned } = delivery.headers ?? {};
        const forged = {
          ...delivery,
          ...(change === true ? { body: String(delivery.body).replace('"open"', '"Open"') } : {}),
          ...(bare === true ? { headers: unsigned } : {}),
        };
        const answer = await doors.ask('/v1/sources/github', forged);
        expect([answer.status, answer.json.type]).toEqual([401, '/problems/bad-signature']);
        expect(await eventsStored()).toBe(before);
      });

      test('that says nothing we speak about is taken and forgotten', async () => {
        const star = signed({ action: 'created', starred_at: '2026-11-23T10:00:00Z' }, 'star', 'd-4');
        expect((await doors.ask('/v1/sources/github', star)).json).toEqual({ accepted: 0, duplicates: 0 });
      });

      test('whose source has no secret here is refused', async () => {
        const deaf = openDoors({ store, over: { sourceSecrets: () => [] } });
        const answer = await deaf.ask(
          '/v1/sources/github',
          signed(alert(5), 'secret_scanning_alert', 'd-5', ''),
        );
        expect(answer.status).toBe(401);
      });
    });

    describe('an event', () => {
      test.each([
        ['a single CloudEvent', 'application/cloudevents+json', () => JSON.stringify(cloudEvent('e-1')), 1],
        [
          'a batch',
          'application/cloudevents-batch+json',
          () => JSON.stringify([cloudEvent('e-2'), cloudEvent('e-3')]),
          2,
        ],
        [
          'one a line',
          'application/x-ndjson',
          () => `${JSON.stringify(cloudEvent('e-4'))}\n${JSON.stringify(cloudEvent('e-5'))}\n`,
          2,
        ],
        ['an OCSF finding', 'application/json', () => JSON.stringify(ocsf), 1],
      ])('comes as %s', async (_, type, body, accepted) => {
        const answer = await doors.ask('/v1/events', { token, type, body: body() });
        expect([answer.status, answer.json]).toEqual([202, { accepted, duplicates: 0 }]);
      });

      test('comes in binary mode, with its attributes in headers', async () => {
        const headers = {
          'ce-specversion': '1.0',
          'ce-id': 'e-6',
          'ce-source': 'urn:example:scanner',
          'ce-type': 'com.example.secret.committed',
          'ce-time': '2026-11-23T09:00:00Z',
        };
        const json = { repository: 'acme/binary', file: 'b.py', line: 2 };
        const first = await doors.ask('/v1/events', { token, json, headers });
        expect([first.status, first.json]).toEqual([202, { accepted: 1, duplicates: 0 }]);
        expect((await doors.ask('/v1/events', { token, json, headers })).json).toEqual({
          accepted: 0,
          duplicates: 1,
        });
        const { 'ce-type': _type, ...without } = headers;
        const bad = await doors.ask('/v1/events', { token, json, headers: without });
        expect([bad.status, bad.json.errors]).toMatchObject([422, [{ pointer: '/type' }]]);
      });

      test.each([
        ['text that is no JSON', '{"specversion":', 422],
        ['an event without its type', JSON.stringify({ specversion: '1.0', id: '1', source: 'x' }), 422],
        ['nesting past the cap', `${'['.repeat(100)}${']'.repeat(100)}`, 422],
      ])('is refused when it is %s', async (_, body, status) => {
        const answer = await doors.ask('/v1/events', { token, body });
        expect(answer.status).toBe(status);
        expect(answer.headers.get('Content-Type')).toBe('application/problem+json');
      });
    });

    describe('many small deliveries at once', () => {
      test('are each answered with their own counts', async () => {
        const posts = Array.from({ length: 60 }, (_, n) => {
          // Every third one repeats the one before it.
          const id = `many-${n % 3 === 2 ? n - 1 : n}`;
          return doors.ask('/v1/events', {
            token,
            json: cloudEvent(id, { repository: 'acme/many', file: id, line: 1 }),
          });
        });
        const answers = await Promise.all(posts);
        expect(answers.every(({ status }) => status === 202)).toBe(true);
        const accepted = answers.reduce((sum, { json }) => sum + Number(json.accepted), 0);
        const duplicates = answers.reduce((sum, { json }) => sum + Number(json.duplicates), 0);
        expect([accepted, duplicates]).toEqual([40, 20]);
      });

      test('share transactions', async () => {
        let transactions = 0;
        const counted: Store = {
          ...store,
          transaction: (work) => {
            transactions += 1;
            return store.transaction(work);
          },
        };
        const many = openDoors({ store: counted });
        await Promise.all(
          Array.from({ length: 50 }, (_, n) =>
            many.ask('/v1/events', { token, json: cloudEvent(`shared-${n}`) }),
          ),
        );
        expect(transactions).toBeLessThan(25);
      });

      test('do not fail for one another’s sake, and what failed is stored nowhere', async () => {
        const poisoned = failing(store, 'poison');
        const many = openDoors({ store: poisoned });
        const before = await eventsStored();
        const ids = ['good-1', 'poison', 'good-2', 'good-3'];
        const answers = await Promise.all(
          ids.map((id) =>
            many.ask('/v1/events', {
              token,
              json: cloudEvent(id, { repository: 'acme/poison', file: id, line: 3 }),
            }),
          ),
        );
        expect(answers.map(({ status }) => status)).toEqual([202, 500, 202, 202]);
        expect(await eventsStored()).toBe(before + 3);
        expect(answers[1]?.text).not.toContain('the disk is full');
        expect(many.logged.join('')).toContain('the disk is full');
        const listed = await store.read.loops(loopPrincipal, { repository: 'acme/poison', limit: 10 });
        expect(listed.items.map((row) => row.facts.kept[0]?.where.file).sort()).toEqual([
          'good-1',
          'good-2',
          'good-3',
        ]);

        const repeated = await doors.ask('/v1/events', {
          token,
          json: cloudEvent('poison', { repository: 'acme/poison', file: 'poison', line: 3 }),
        });
        expect(repeated.json).toEqual({ accepted: 1, duplicates: 0 });
      });
    });
  });
}

type Forgery = { readonly secret?: string; readonly change?: boolean; readonly bare?: boolean };

/** A store that fails at the last step of a transaction which holds an event of this file. */
function failing(store: Store, file: string): Store {
  return {
    ...store,
    transaction: (work) =>
      store.transaction(async (tx) => {
        let isPoisoned = false;
        const watched: StoreWrite = {
          ...tx,
          insertEvents: (events) => {
            isPoisoned ||= JSON.stringify(events).includes(`"${file}"`);
            return tx.insertEvents(events);
          },
          addCounters: async (counters) => {
            await tx.addCounters(counters);
            if (isPoisoned) throw new Error('the disk is full');
          },
        };
        return work(watched);
      }),
  };
}

const ocsf = {
  class_uid: 2004,
  class_name: 'Detection Finding',
  activity_id: 1,
  time: monday - 3_600_000,
  severity_id: 4,
  status_id: 1,
  metadata: { version: '1.3.0', uid: 'ocsf-report-1', product: { name: 'Example Scanner' } },
  finding_info: { uid: 'f-1', title: 'API key in a file', types: ['Secrets'] },
  evidences: [{ file: { name: 'config.py', path: 'src/config.py' } }],
  resources: [{ type: 'Repository', name: 'acme/shop' }],
};
