import { writeFileSync } from 'node:fs';
import { type ClientRequest, createServer, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { schemaSteps } from '../src/adapters/stores/postgres/migrate.ts';
import { type AppOptions, openApp } from '../src/app.ts';
import { openDoor } from '../src/app-door.ts';
import { createLog } from '../src/lib/log.ts';
import { readServerFile } from '../src/lib/server-file.ts';
import { batchMax } from '../src/loop/hand-over.ts';
import { ingest } from '../src/loop/ingest.ts';
import { loopPrincipal } from '../src/loop/parts.ts';
import { serve } from '../src/serve.ts';
import { finding } from './http/doors.ts';
import { fakeSecret, hour, leak } from './support/house.ts';
import { installationKinds, type TestInstallation, testKeySet } from './support/installation.ts';
import { listen } from './support/loopback.ts';
import { until } from './support/until.ts';

// On PostgreSQL, whose schema is made step by step; a new embedded store comes with it.
const kind = installationKinds().find(({ name }) => name === 'postgres');
const drained = test.skipIf(kind?.skip !== undefined);
let place: TestInstallation | undefined;
beforeEach(async () => {
  if (kind?.skip === undefined) place = await kind?.make();
});
afterEach(() => place?.remove());

const config = () => {
  if (place === undefined) throw new Error(kind?.skip);
  return place.config({ http: { port: 0 } });
};
const open = (onSchemaStep?: AppOptions['onSchemaStep']) =>
  openApp({
    config: config(),
    keys: testKeySet(),
    log: createLog({ level: 'silent' }),
    ...(onSchemaStep === undefined ? {} : { onSchemaStep }),
  });

/** A request whose body is not sent yet. */
function begin(
  url: string,
  token: string,
): { readonly sent: ClientRequest; readonly answer: Promise<IncomingMessage> } {
  const sent = request(`${url}/v1/sources/gitleaks`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
  });
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve);
    sent.once('error', reject);
  });
  return { sent, answer };
}

drained(
  'a stop lets the request that runs end, takes no other, and leaves the work for the next start',
  async () => {
    const app = await open();
    const serving = await serve(app, 'api');
    const { url, token = '' } = (await readServerFile(config().data.dir)) ?? { url: '' };
    const body = JSON.stringify([finding(fakeSecret(77))]);
    const { sent, answer } = begin(url, token);
    sent.write(body.slice(0, 40));
    // The server has the beginning once it answers others.
    expect((await fetch(`${url}/livez`)).status).toBe(200);

    const stopped = serving.stop();
    await expect(untilRefused(url)).resolves.toBe(true);
    sent.end(body.slice(40));
    const answered = await answer;
    expect([answered.statusCode, JSON.parse(await text(answered))]).toMatchObject([202, { accepted: 1 }]);
    await stopped;
    await app.close();

    const again = await open();
    try {
      const { items } = await again.parts.store.read.loops(loopPrincipal, { limit: 10 });
      expect(items).toHaveLength(1);
    } finally {
      await again.close();
    }
  },
);

drained(
  'a stop lets what a worker has in hand end, and another worker takes the rest at once: nothing twice, no lease to wait for',
  async () => {
    const count = batchMax + 12;
    const people = join(config().data.dir, 'people.yaml');
    const person = (n: number) =>
      `  - { id: p${n}, name: Person ${n}, emails: [p${n}@example.com], team: blue }\n`;
    const list = Array.from({ length: count }, (_, n) => person(n)).join('');
    writeFileSync(people, `people:\n${list}teams:\n  - { id: blue, name: Blue, handles: [] }\n`);
    // A receiver that answers nobody until it is told to.
    const got: string[] = [];
    let answer: () => void = () => undefined;
    const told = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const receiver = createServer((asked, reply) => {
      got.push(String(asked.headers['webhook-id']));
      asked.resume();
      void told.then(() => reply.writeHead(204).end());
    });
    const port = await listen(receiver);
    const live = () =>
      openApp({
        config:
          place?.config({
            people,
            http: { port: 0, publicUrl: 'http://127.0.0.1:4400' },
            delivery: { mode: 'live', channel: 'webhook' },
            channels: {
              webhook: {
                url: `http://127.0.0.1:${port}/`,
                secrets: [`whsec_${Buffer.alloc(32, 7).toString('base64')}`],
                allowPrivateNetwork: true,
              },
            },
          }) ?? config(),
        keys: testKeySet(),
        log: createLog({ level: 'silent' }),
      });
    const [first, second] = [await live(), await live()];
    try {
      const now = Date.now();
      const events = Array.from({ length: count }, (_, n) =>
        leak({
          at: now - hour,
          receivedAt: now,
          secret: fakeSecret(8_000_000 + n),
          author: `p${n}`,
          file: `${n}.py`,
          // A key that works is urgent: said at once, at whatever hour this test runs.
          validity: 'active',
        }),
      );
      await ingest(first.parts, { source: 'scanner', receivedAt: now, mode: 'live', events });
      const one = await serve(first, 'worker');
      await until('a message in hand', () => (got.length > 0 ? true : undefined));
      const stopped = one.stop();
      answer();
      await stopped;
      const byFirst = got.length;
      expect(byFirst).toBeLessThan(count);

      const other = await serve(second, 'worker');
      await until('the rest', () => (got.length >= count ? true : undefined));
      await other.stop();
      expect([got.length, new Set(got).size]).toEqual([count, count]);
    } finally {
      await Promise.all([first.close(), second.close()]);
      receiver.closeAllConnections();
      receiver.close();
    }
  },
);

/** Asks until no new connection is taken. */
async function untilRefused(url: string): Promise<boolean> {
  for (let turn = 0; turn < 1_000; turn += 1) {
    const answer = await fetch(`${url}/livez`, { headers: { Connection: 'close' } }).catch(() => undefined);
    if (answer === undefined) return true;
  }
  return false;
}

drained(
  'while the schema is brought up to date, the port says that the process lives and how far it is',
  async () => {
    const door = await openDoor({ host: '127.0.0.1', port: 0 });
    const ask = async (path: string) => {
      const answer = await fetch(`${door.url}${path}`, { headers: { Connection: 'close' } });
      return [answer.status, answer.headers.get('Retry-After'), await answer.json()];
    };
    expect(await ask('/livez')).toEqual([200, null, { status: 'alive' }]);
    expect(await ask('/readyz')).toEqual([503, '2', { status: 'starting' }]);
    const seen: Parameters<typeof door.tell>[0][] = [];
    const app = await open((progress) => {
      seen.push(progress);
      door.tell(progress);
    });
    expect(seen).toEqual(schemaSteps.map((step, done) => ({ step, done, of: schemaSteps.length })));
    const last = { status: 'bringing the schema up to date', schema: seen.at(-1) };
    expect(await ask('/readyz')).toEqual([503, '2', last]);
    expect((await ask('/v1/loops'))[0]).toBe(503);
    const serving = await serve(app, 'api', door);
    expect((await fetch(`${door.url}/readyz`)).status).toBe(200);
    await serving.stop();
    await app.close();
  },
);
