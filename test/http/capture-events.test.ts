import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { Store } from '../../src/ports/store.ts';
import { monday } from '../support/house.ts';
import { testStores } from '../support/stores.ts';
import { cloudEvent } from './cloud-event.ts';
import { type Doors, openDoors, signed } from './doors.ts';

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(
    `capture of webhooks and events over the ${kind.name} store`,
    () => {
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
        ])(
          'with %s is refused, and nothing of it is stored',
          async (_, { secret, change, bare }: Forgery) => {
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
          },
        );

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
    },
  );
}

type Forgery = { readonly secret?: string; readonly change?: boolean; readonly bare?: boolean };

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
