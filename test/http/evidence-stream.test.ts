import { once } from 'node:events';
import { connect } from 'node:net';
import { serve } from '@hono/node-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyPeriod } from '../../src/ledger/verify-period.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { Store } from '../../src/ports/store.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { measuredLoop, newId } from '../support/measured-loops.ts';
import { type Doors, openDoors, signer } from './doors.ts';

/** Five batches of stories, of six megabytes each: far more than sockets hold by themselves. */
const loops = 1000;
const batches = 5;
const entryChars = 30_000;
const at = Date.UTC(2026, 10, 23);

let store: Store;
let doors: Doors;
let token = '';
let server: ReturnType<typeof serve>;
/** Times that stories were taken from the store. */
let taken = 0;

beforeAll(async () => {
  store = await lendEmbedded();
  const counting: Store = {
    ...store,
    read: {
      ...store.read,
      evidenceStories: (...asked) => {
        taken += 1;
        return store.read.evidenceStories(...asked);
      },
    },
  };
  doors = openDoors({ store: counting });
  token = await doors.token(['evidence:read']);
  const { appendLedger } = doors.house.parts;
  for (let from = 0; from < loops; from += 200)
    await store.transaction(async (tx) => {
      const rows = Array.from({ length: 200 }, () =>
        measuredLoop({ behaviour: 'secret-in-repository', unit: newId(), at }),
      );
      await tx.saveLoops(rows);
      const entries = rows.flatMap(
        ({ id }) =>
          appendLedger({ id, seq: 0, head: '' }, [
            { kind: 'told', at, body: { what: 'x'.repeat(entryChars) } },
          ]).entries,
      );
      await tx.appendLedger(entries, []);
    });
  server = serve({ fetch: doors.app.fetch, port: 0, hostname: '127.0.0.1' });
  await once(server, 'listening');
});
afterAll(async () => {
  server?.close();
  await store?.close();
});

test('whoever reads the evidence of a period slowly does not make the process hold the whole', async () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const path = '/v1/evidence?from=2026-11-01&to=2026-11-30&purpose=a+slow+reader';
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
  );
  await once(socket, 'readable');
  // The store answers one after the other: were more asked for, it would be its turn many times by now.
  for (let turn = 0; turn < batches * 3; turn += 1)
    await store.read.evidenceSubjects(loopPrincipal, { from: at, until: at + 1 });
  expect(taken).toBeGreaterThan(0);
  expect(taken).toBeLessThan(batches);
  const parts: Buffer[] = [];
  for await (const part of socket) parts.push(part as Buffer);
  // The last holds what is no case: the chain that notes the audit.
  expect(taken).toBe(batches + 1);
  const body = unchunked(Buffer.concat(parts).toString('utf8'));
  async function* lines() {
    yield* body.split('\n').filter((line) => line !== '');
  }
  const verdict = await verifyPeriod(lines(), { trustedKeys: [signer.keyId] });
  expect(verdict).toMatchObject({ findings: [], summary: { stories: loops + 1 } });
});

/** The body of an answer in chunks (RFC 9112, section 7.1); all of it is ASCII. */
function unchunked(answer: string): string {
  let rest = answer.slice(answer.indexOf('\r\n\r\n') + 4);
  let body = '';
  for (;;) {
    const end = rest.indexOf('\r\n');
    const size = Number.parseInt(rest.slice(0, end), 16);
    if (!(size > 0)) return body;
    body += rest.slice(end + 2, end + 2 + size);
    rest = rest.slice(end + 2 + size + 2);
  }
}
