import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, openApp } from '../src/app.ts';
import { type KeySet, rotatedKeySet } from '../src/config/keys.ts';
import { checkpointHash, judgeSignature } from '../src/ledger/seal.ts';
import { createLog } from '../src/lib/log.ts';
import { decide } from '../src/loop/decide.ts';
import { deliver } from '../src/loop/deliver.ts';
import { ingest } from '../src/loop/ingest.ts';
import { replyByLink } from '../src/loop/listen.ts';
import { loopPrincipal } from '../src/loop/parts.ts';
import { plan } from '../src/loop/plan.ts';
import { sealLedger } from '../src/loop/seal.ts';
import { fakeSecret, hour, leak } from './support/house.ts';
import { installationKinds, type TestInstallation, testKeySet } from './support/installation.ts';

let place: TestInstallation;
beforeAll(async () => {
  const [embedded] = installationKinds();
  if (embedded === undefined) throw new Error('no embedded store');
  place = await embedded.make();
  const people = 'people:\n  - { id: ana, name: Ana, emails: [ana@example.com], team: blue }\n';
  writeFileSync(
    join(place.dir, 'people.yaml'),
    `${people}teams:\n  - { id: blue, name: Blue, handles: [] }\n`,
  );
});
afterAll(() => place.remove());

const open = (keys: KeySet): Promise<App> =>
  openApp({
    config: place.config({ people: join(place.dir, 'people.yaml') }),
    keys,
    log: createLog({ level: 'silent' }),
  });

test('after every key was turned, links that were sent still answer, what was signed stays valid, and the chain goes on', async () => {
  const keys = testKeySet('before');
  const first = await open(keys);
  const now = Date.now();
  const event = leak({
    at: now - hour,
    receivedAt: now,
    secret: fakeSecret(9_100),
    author: 'ana',
    file: 'turned.py',
    validity: 'active',
  });
  const { loops } = await ingest(first.parts, {
    source: 'scanner',
    receivedAt: now,
    mode: 'live',
    events: [event],
  });
  const [loop = ''] = loops;
  await plan(first.parts);
  await deliver(first.parts);
  const told = (await first.parts.store.read.loop(loopPrincipal, loop))?.messages[0];
  if (told === undefined) throw new Error('nobody was told');
  const link = first.parts.replyLink(told.id, told.to.id).tokenHash;
  expect(await sealLedger(first.parts, first.sealer)).toBeGreaterThan(0);
  await first.close();

  const turned = rotatedKeySet(keys, ['fingerprint', 'token', 'ledger'], randomBytes);
  const second = await open(turned);
  expect(second.parts.replyLink(told.id, told.to.id).tokenHash).not.toBe(link);
  expect(await replyByLink(second.parts, link, { answer: 'done' })).toMatchObject({ kind: 'recorded' });
  await decide(second.parts, loopPrincipal, loop, { kind: 'dismiss' });
  expect(await sealLedger(second.parts, second.sealer)).toBeGreaterThan(0);
  const checkpoints = await second.parts.store.read.checkpoints(loopPrincipal, 0);
  expect(new Set(checkpoints.map(({ keyId }) => keyId)).size).toBe(2);
  expect(checkpoints.map((one) => judgeSignature(one, second.publicKeys))).toEqual(
    checkpoints.map(() => 'good'),
  );
  for (const [at, { previous }] of checkpoints.slice(1).entries())
    expect(previous).toBe(checkpoints.slice(at, at + 1).map(checkpointHash)[0]);
  await second.close();
}, 120_000);
