import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sources } from '../src/adapters/index.ts';
import { readEvents } from '../src/adapters/read-events.ts';
import type { Event } from '../src/core/event.ts';
import { leadEvidence } from '../src/core/lead-evidence.ts';
import { rankOwners } from '../src/core/rank-owners.ts';
import { resolveOwner } from '../src/core/resolve-owner.ts';
import { limits } from '../src/lib/limits.ts';
import { ownerWeights } from './support/owner-weights.ts';
import { sourceContext } from './support/source-context.ts';

const gophish = sources.find((source) => source.id === 'gophish');

async function events(input: string, sampleChars: number = limits.sampleChars): Promise<readonly Event[]> {
  const found: Event[] = [];
  const options = { sources, context: sourceContext, limits: { ...limits, sampleChars } };
  // In pieces, so that a short sample ends before the input does.
  const bytes = Buffer.from(input);
  const pieces = Array.from({ length: Math.ceil(bytes.length / 256) }, (_, n) =>
    bytes.subarray(n * 256, (n + 1) * 256),
  );
  for await (const item of readEvents(pieces, options)) {
    if (!('event' in item)) throw new Error(item.rejected);
    found.push(item.event);
  }
  return found;
}

const details = (payload: object, agent = 'Test/1.0') =>
  JSON.stringify({
    payload: { rid: ['AbC12dE'], ...payload },
    browser: { address: '192.0.2.7', 'user-agent': agent },
  });
const entry = (message: string, time: string, more: object = {}) => ({
  campaign_id: 7,
  email: 'ana@example.com',
  time,
  message,
  details: details({}),
  ...more,
});
const result = (more: object = {}) => ({
  id: 'AbC12dE',
  status: 'Clicked Link',
  ip: '192.0.2.7',
  latitude: 0,
  longitude: 0,
  send_date: '2024-05-01T10:00:00Z',
  reported: false,
  modified_date: '2024-05-01T10:00:09.123456789Z',
  email: 'ana@example.com',
  first_name: 'Ana',
  last_name: 'Sol',
  position: 'Buyer of secrets',
  ...more,
});

describe('GoPhish', () => {
  test('what was typed into a form is nowhere in an event, whatever it was', async () => {
    const typed = fc.string({ minLength: 8, maxLength: 60, unit: fc.constantFrom(...'ABCxyz0189!%_"\\{}é') });
    await fc.assert(
      fc.asyncProperty(typed, typed, async (name, value) => {
        fc.pre(value !== name);
        const body = entry('Submitted Data', '2024-05-01T10:00:00Z', {
          details: details({ [name]: [value, 'x'] }),
        });
        const asObject = { ...body, details: JSON.parse(body.details) };
        for (const form of [JSON.stringify(body), JSON.stringify(asObject)]) {
          const [event] = await events(form);
          expect(event).toMatchObject({ kind: 'phish.submitted', record: { submittedFields: 1 } });
          const text = JSON.stringify(event);
          for (const part of [name, value]) expect(text).not.toContain(JSON.stringify(part).slice(1, -1));
        }
      }),
      { numRuns: 200 },
    );
  });

  test('nothing of the mail server, the pages or the other recipients comes along with a campaign', async () => {
    const campaign = {
      id: 7,
      name: 'May',
      launch_date: 'x',
      send_by_date: 'x',
      template: { html: 'kept-nowhere' },
      results: [result(), result({ id: 'zz', email: 'bo@example.com', first_name: 'Kept-nowhere' })],
      groups: [{ targets: [{ email: 'kept-nowhere@example.com' }] }],
      timeline: [entry('Clicked Link', '2024-05-01T10:00:09Z')],
      smtp: { username: 'kept-nowhere', password: 'kept-nowhere' },
    };
    const [event, ...others] = await events(JSON.stringify(campaign));
    expect(others).toEqual([]);
    expect(event?.actor).toEqual({ type: 'person', name: 'Ana Sol', email: 'ana@example.com' });
    expect(event?.record).toMatchObject({ campaignName: 'May', secondsSinceSent: 9 });
    expect(JSON.stringify(event).toLowerCase()).not.toContain('kept-nowhere');
    expect(JSON.stringify(event)).not.toContain('Buyer');
  });

  test('one click is one event by webhook, interface, export and result', async () => {
    const click = entry('Clicked Link', '2024-05-01T10:00:09.123456789Z');
    const csv = `campaign_id,email,time,message,details\r\n7,Ana@example.com,${click.time},Clicked Link,"${click.details.replaceAll('"', '""')}"`;
    const forms = [
      JSON.stringify(click),
      JSON.stringify({ ...click, details: '' }),
      JSON.stringify([click]),
      JSON.stringify({ id: 7, name: 'May', results: [result()], timeline: [click] }),
      JSON.stringify([{ id: 7, name: 'May', results: [], timeline: [click] }]),
      JSON.stringify({ id: 7, name: 'May', results: [result()] }),
      csv,
    ];
    const found = await Promise.all(forms.map((form) => events(form)));
    const clicks = found.map((list) => list.filter((event) => event.kind === 'phish.clicked'));
    expect(clicks.map((list) => list.length)).toEqual(forms.map(() => 1));
    expect(new Set(clicks.flat().map((event) => event.id)).size).toBe(1);
    expect(new Set(clicks.flat().map((event) => event.occurredAt))).toEqual(
      new Set([Date.UTC(2024, 4, 1, 10, 0, 9, 123)]),
    );
  });

  test('a campaign in one piece, as pull mode reads it, gives the events of its timeline', () => {
    const timeline = [
      entry('Clicked Link', '2024-05-01T10:00:09Z'),
      entry('Campaign Created', '2024-05-01T10:00:00Z'),
    ];
    const found = gophish?.map({ id: 7, name: 'May', results: [result()], timeline }, sourceContext);
    expect(found).toMatchObject([
      { kind: 'phish.clicked', actor: { name: 'Ana Sol' }, record: { campaignId: '7', campaignName: 'May' } },
    ]);
  });

  test('two clicks a nanosecond apart are two events, and all of one mail share an id of the provider', async () => {
    const found = await events(
      JSON.stringify([
        entry('Email Sent', '2024-05-01T10:00:00Z', { details: '' }),
        entry('Clicked Link', '2024-05-01T10:00:09.000000001Z'),
        entry('Clicked Link', '2024-05-01T10:00:09.000000002Z'),
      ]),
    );
    expect(new Set(found.map((event) => event.id)).size).toBe(3);
    const shared = found.map((event) => new Set(event.fingerprints.map(({ value }) => value)));
    const [first = new Set<string>()] = shared;
    expect(shared.every((values) => [...first].every((value) => values.has(value)))).toBe(true);
    const [other] = await events(
      JSON.stringify(entry('Email Sent', '2024-05-01T10:00:00Z', { campaign_id: 8, details: '' })),
    );
    expect(other?.fingerprints.some(({ value }) => first.has(value))).toBe(false);
  });

  test('who clicked and reported has done both, and the time that may be of the other says so', async () => {
    const csv = `id,status,ip,latitude,longitude,send_date,reported,modified_date,email,first_name,last_name,position\r\n${Object.values(result({ reported: true })).join(',')}`;
    const found = await events(csv);
    expect(found.map((event) => [event.kind, event.record.timeIsLastChange])).toEqual([
      ['phish.sent', undefined],
      ['phish.clicked', true],
      ['phish.reported', true],
    ]);
  });

  test('a campaign whose mail and pages fill the sample is read to its timeline', async () => {
    const campaign = {
      id: 7,
      name: 'May',
      launch_date: '2024-05-01T10:00:00Z',
      send_by_date: '0001-01-01T00:00:00Z',
      template: { name: 't', html: 'x'.repeat(5000) },
      results: Array.from({ length: 50 }, (_, n) => result({ id: `r${n}`, email: `p${n}@example.com` })),
      timeline: [entry('Clicked Link', '2024-05-01T10:00:09Z', { email: 'p3@example.com' })],
    };
    for (const sampleChars of [300, 6000]) {
      const found = await events(JSON.stringify(campaign), sampleChars);
      expect(found.map((event) => [event.kind, event.actor.name])).toEqual([['phish.clicked', 'Ana Sol']]);
    }
  });

  test('the mailbox alone leads to its holder', async () => {
    const [event] = await events(JSON.stringify(entry('Clicked Link', '2024-05-01T10:00:09Z')));
    const candidates = rankOwners(leadEvidence(event?.leads ?? [], ownerWeights), { weights: ownerWeights });
    expect(resolveOwner(candidates)).toMatchObject({
      kind: 'person',
      owner: { kind: 'stranger', email: 'ana@example.com' },
      evidence: [{ kind: 'mailbox-holder', detail: 'The simulated mail was sent to this mailbox.' }],
    });
  });
});

const vectorsFile = join(
  process.env.FOLDBACK_CORPUS ?? join(import.meta.dirname, '../../shared/corpus'),
  'gophish/signature-test-vectors.json',
);
const isThere = existsSync(vectorsFile);

test.skipIf(!isThere)(
  `the vendor's own signatures are taken${isThere ? '' : ' (skipped: no corpus at FOLDBACK_CORPUS)'}`,
  () => {
    const { vectors }: { vectors: readonly { secret: string; body: string; hex: string }[] } = JSON.parse(
      readFileSync(vectorsFile, 'utf8'),
    );
    expect(vectors.length).toBeGreaterThan(1);
    for (const { secret, body, hex } of vectors) {
      const verify = (header: string, secrets: readonly string[]) =>
        gophish?.webhook?.verify(
          { headers: { 'x-gophish-signature': header }, body: Buffer.from(body), receivedAt: 0 },
          secrets,
        );
      expect(verify(`sha256=${hex}`, [secret])).toEqual({ ok: true });
      expect(verify(`sha256=${hex}`, [`${secret}.`])).toEqual({ ok: false, reason: 'bad-signature' });
      expect(verify(hex, [secret])).toEqual({ ok: false, reason: 'bad-signature' });
      expect(verify(`sha256=${hex}`, [''])).toEqual({ ok: false, reason: 'no-secret' });
    }
  },
);
