import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { schemaSteps } from '../src/adapters/stores/postgres/migrate.ts';
import { type AppOptions, openApp } from '../src/app.ts';
import { openDoor } from '../src/app-door.ts';
import { createLog } from '../src/lib/log.ts';
import { readServerFile } from '../src/lib/server-file.ts';
import { loopPrincipal } from '../src/loop/parts.ts';
import { serve } from '../src/serve.ts';
import { finding } from './http/doors.ts';
import { fakeSecret } from './support/house.ts';
import { installationKinds, type TestInstallation, testKeySet } from './support/installation.ts';

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
