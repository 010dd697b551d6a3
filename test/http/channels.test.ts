import { afterAll, beforeAll, expect, test } from 'vitest';
import { ingest } from '../../src/loop/ingest.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { Channel, SendResult } from '../../src/ports/channel.ts';
import type { Store } from '../../src/ports/store.ts';
import { fakeSecret, hour, leak, monday } from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { type Doors, openDoors } from './doors.ts';

let store: Store;
let doors: Doors;
let answer: SendResult = { kind: 'accepted' };
const chat: Channel = {
  id: 'chat',
  title: 'Chat',
  leavesMachine: true,
  reconcile: 'none',
  address: ({ id }) => id,
  send: async () => answer,
  checkSetup: async () => [],
};
let serial = 700;

beforeAll(async () => {
  store = await lendEmbedded();
  doors = openDoors({
    store,
    channels: [chat],
    delivery: { channel: 'chat', perPersonPerDayMax: 100 },
  });
});
afterAll(() => store?.close());

/** One message to somebody of team blue, answered like this. Returns its id. */
async function tell(result: SendResult): Promise<string> {
  answer = result;
  serial += 1;
  const secret = fakeSecret(serial);
  const taken = await ingest(doors.house.parts, {
    source: 'scanner',
    receivedAt: monday,
    mode: 'live',
    events: [leak({ at: monday - hour, receivedAt: monday, secret, author: 'ana', file: `c${serial}.py` })],
  });
  for (let turn = 0; turn < 3; turn += 1) await doors.house.settleDown();
  return (await store.read.loop(loopPrincipal, taken.loops[0] ?? ''))?.messages[0]?.id ?? '';
}

test('what became of messages is counted by channel, for whoever may see them', async () => {
  const reader = await doors.token(['messages:read']);
  const blue = await doors.token(['messages:read'], { teams: ['blue'] });
  const red = await doors.token(['messages:read'], { teams: ['red'] });
  const none = { waiting: 0, throttled: 0, accepted: 0, uncertain: 0, refused: 0, bounced: 0, dead: 0 };
  const asked = async (token: string) => (await doors.ask('/v1/channels', { token })).json['items'];
  const empty = { id: 'chat', title: 'Chat', isOn: true, reconcile: 'none', ...none, withdrawn: 0 };
  expect(await asked(reader)).toEqual([empty]);

  await tell({ kind: 'accepted' });
  await tell({ kind: 'accepted' });
  const id = await tell({ kind: 'accepted' });
  await store.transaction((tx) =>
    tx.recordMessages([{ id, state: 'bounced', lastError: 'the message came back (5.1.1)' }]),
  );
  await tell({ kind: 'uncertain', reason: 'silence' });
  await tell({ kind: 'retry', afterSeconds: 900, reason: 'busy' });
  const [counted] = [await asked(reader)].flat();
  expect(counted).toMatchObject({ accepted: 2, bounced: 1, uncertain: 1, throttled: 1, refused: 0 });
  expect(counted).not.toHaveProperty('delivered');
  expect(await asked(blue)).toEqual([counted]);
  expect(await asked(red)).toEqual([empty]);
});

test('a channel that can say so counts what it accepted as delivered; one that is off is shown with its past', async () => {
  const quiet = openDoors({ store, delivery: { channel: 'outbox' } });
  const token = await quiet.token(['messages:read']);
  const { json } = await quiet.ask('/v1/channels', { token });
  expect(json['items']).toMatchObject([
    { id: 'chat', isOn: false, accepted: 2 },
    { id: 'outbox', isOn: true, accepted: 0, delivered: 0 },
  ]);
});
