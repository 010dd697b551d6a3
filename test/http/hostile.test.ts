import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RouteRow, routeTable } from '../../src/http/route-table.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { Store } from '../../src/ports/store.ts';
import { builtConsole } from '../browser/built-console.ts';
import { testStores } from '../support/stores.ts';
import { type Doors, openDoors } from './doors.ts';

const rows: readonly RouteRow[] = routeTable;
const pathTexts = [
  '%00',
  '%E0%A4%A',
  '%F0%9F%92%A9',
  "'--",
  '%2e%2e%2f',
  'a'.repeat(3000),
  '__proto__',
  '0'.repeat(32),
];
const queryTexts = ['%00', "' or 1=1", '%F0%28%8C%28', '[object Object]', '-1', '1e999', 'a'.repeat(3000)];
const bodies = [
  '',
  '\0',
  '{',
  '[]',
  'null',
  '"\\u0000"',
  '"\\ud800"',
  '{"__proto__":{"on":true}}',
  '{"constructor":{"prototype":{}}}',
  '{"title":"a\\u0000b","owner":"x"}',
  '{"title":"half \\ud83d","repository":"\\udca9"}',
  '{"reason":"\\u0000","decision":"dismiss"}',
  '{"ids":["\\u0000"]}',
  `{"name":${'['.repeat(80)}${']'.repeat(80)}}`,
  '{"email":"\\u0000@example.com"}',
  `{"title":"${'x'.repeat(70_000)}"}`,
  '--boundary\r\n',
  'answer=done&form=%00',
];

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(`hostile requests over the ${kind.name} store`, () => {
    let store: Store;
    let doors: Doors;
    let token: string;
    beforeAll(async () => {
      store = await kind.open();
      doors = openDoors({ store, over: { consoleFolder: await builtConsole() } });
      token = await doors.token(['admin']);
    });
    afterAll(() => store?.close());

    const refused = async (row: RouteRow, path: string, body?: string) => {
      const options = body === undefined ? {} : { body, type: row.takes?.[0] ?? 'application/json' };
      const answer = await doors.ask(path, { token, method: row.method, ...options });
      expect(`${row.method} ${path.slice(0, 80)} ${body?.slice(0, 80)} ${answer.status >= 500}`).toMatch(
        /false$/u,
      );
      if (answer.status >= 400 && row.path.startsWith('/v1/'))
        expect(answer.headers.get('Content-Type')).toBe('application/problem+json');
    };

    test('are never a fault of ours: paths', async () => {
      for (const row of rows.filter(({ path }) => path.includes('{'))) {
        for (const text of pathTexts)
          await refused(row, row.path.replace(/\{\w+\}/u, text), row.takes && '{}');
      }
    });

    test('are never a fault of ours: queries', async () => {
      const names = [
        'limit',
        'after',
        'state',
        'owner',
        'team',
        'repository',
        'identity',
        'format',
        'before',
        'case',
        'id',
        'x',
      ];
      for (const row of rows.filter(({ method }) => method === 'GET')) {
        const path = row.path.replace(/\{\w+\}/u, '0'.repeat(32));
        for (const name of names)
          for (const text of queryTexts) await refused(row, `${path}?${name}=${text}`);
      }
    });

    test('are never a fault of ours: bodies', async () => {
      for (const row of rows.filter(({ takes }) => takes !== undefined)) {
        const path = row.path.replace('{source}', 'gitleaks').replace(/\{\w+\}/u, '0'.repeat(32));
        const query = row.path === '/v1/imports' ? `?id=${'0'.repeat(64)}` : '';
        for (const body of bodies) await refused(row, path + query, body);
      }
      expect((await store.read.loops(loopPrincipal, { limit: 10 })).items).toEqual([]);
    });
  });
}

describe('a request for another host', () => {
  test('is refused, whatever it asks for, and told nothing', async () => {
    const store = await testStores()[0]?.open();
    if (store === undefined) throw new Error('a store was expected');
    const doors = openDoors({
      store,
      http: { publicUrl: 'https://feedback.example.com', hosts: ['inside.example'] },
    });
    const token = await doors.token(['admin']);
    for (const [host, status] of [
      ['feedback.example.com', 200],
      ['inside.example:8443', 200],
      ['localhost', 200],
      ['evil.example', 421],
      ['feedback.example.com.evil.example', 421],
    ] as const) {
      const response = await doors.app.request(`http://${host}/v1/loops`, {
        headers: { Authorization: `Bearer ${token}`, Host: host },
      });
      expect([host, response.status]).toEqual([host, status]);
    }
    await store.close();
  });
});
