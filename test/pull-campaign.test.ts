import { afterAll, beforeAll, expect, test } from 'vitest';
import { sources } from '../src/adapters/index.ts';
import { keepPulledCampaign } from '../src/app-campaigns.ts';
import { createLog } from '../src/lib/log.ts';
import { keepCampaign } from '../src/loop/campaign.ts';
import { loopPrincipal } from '../src/loop/parts.ts';
import { pullSource } from '../src/loop/pull.ts';
import type { Pulled, PulledCampaign } from '../src/ports/source.ts';
import type { Store } from '../src/ports/store.ts';
import { openDoors } from './http/doors.ts';
import { lendEmbedded } from './support/lent-stores.ts';

let store: Store;
beforeAll(async () => {
  store = await lendEmbedded();
});
afterAll(() => store?.close());

const campaign = (subject: string): PulledCampaign => ({
  id: '31',
  name: 'May',
  template: {
    subject,
    html: '<p>Dear user, <a href="{{.URL}}">read</a> it within 3 hours.</p>',
    text: '',
    from: 'IT Help Desk <it@acme-help.test>',
    replyTo: '',
    url: 'https://192.0.2.7/login',
    attachments: [],
  },
});

test('the mail that a source hands over is kept, and what was said of its campaign stands', async () => {
  const { house, given, logged } = openDoors({ store });
  const { parts } = house;
  const source = sources.find((one) => one.isSimulation === true);
  if (source === undefined) throw new Error('no source of simulations');
  const config = {
    organisation: { name: 'Example Ltd' },
    delivery: { language: 'en' },
  };
  const read = async (subject: string) => {
    const pulled: readonly Pulled[] = [
      { kind: 'campaign', part: 'mail of campaign 31', campaign: campaign(subject) },
      { kind: 'done', part: 'mail of campaign 31', cursor: 'kept' },
    ];
    const outcome = await pullSource(parts, {
      source,
      everyMs: 0,
      mapContext: given.mapContext,
      read: () => handedOver(pulled),
      wait: async () => undefined,
      keepCampaign: (one) =>
        keepPulledCampaign(
          {
            packs: given.packs,
            parts,
            config,
            log: createLog({ stream: { write: (line) => logged.push(line) } }),
          },
          source.id,
          one,
        ),
    });
    expect(outcome).toMatchObject({ kind: 'pulled', failures: [] });
    const [row] = await store.read.campaigns(loopPrincipal, [{ source: source.id, id: '31' }]);
    return row;
  };
  const first = await read('Hello {{.FirstName}}');
  expect(first).toMatchObject({
    name: 'May',
    reconstruction: {
      from: { name: 'IT Help Desk', address: 'it@acme-help.test' },
      subject: 'Hello [your first name]',
      text: 'Dear user, read [192.0.2.7] it within 3 hours.',
    },
    difficulty: {},
  });
  const reconstruction = { replyTo: [], subject: '', text: '', isCut: false, attachments: [] };
  await keepCampaign(
    parts,
    { source: source.id, id: '31' },
    { reconstruction, cues: [] },
    { otherCues: 4, alignment: [6, 4, 2, 4, 0] },
  );
  const again = await read('Now another subject');
  expect(again).toMatchObject({
    name: 'May',
    reconstruction: { subject: 'Now another subject' },
    difficulty: { otherCues: 4, alignment: [6, 4, 2, 4, 0] },
  });
  expect(logged).toEqual([]);
});

async function* handedOver(items: readonly Pulled[]): AsyncGenerator<Pulled, void, undefined> {
  yield* items;
}
