import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Event } from '../src/core/event.ts';
import { makeEvent } from '../src/core/make-event.ts';
import { ingest } from '../src/loop/ingest.ts';
import { loopPrincipal } from '../src/loop/parts.ts';
import type { LoopRow, Store } from '../src/ports/store.ts';
import { day, type House, hour, monday, openHouse, testClock } from './support/house.ts';
import { lendEmbedded } from './support/lent-stores.ts';
import { sourceContext } from './support/source-context.ts';

/** The paths and the history of the shipped behaviours, from what sources tell to what a person reads. */
let store: Store;
let house: House;
beforeAll(async () => {
  store = await lendEmbedded();
  house = openHouse({ store, clock: testClock(monday), delivery: { perPersonPerDayMax: 500 } });
});
afterAll(() => store?.close());

const minute = 60_000;
const token = 'token-outside-approved-path';
const bypass = 'privileged-workflow-bypass';
type Happening = Omit<Parameters<typeof makeEvent>[0], 'source' | 'id'> & { readonly source?: string };

let serial = 0;
/** News that comes as it happens. */
async function happens(given: Happening): Promise<void> {
  serial += 1;
  const event: Event = makeEvent(
    { source: 'github', ...given, id: [serial] },
    { ...sourceContext, receivedAt: house.clock.now() },
  );
  await ingest(house.parts, {
    source: event.source,
    receivedAt: house.clock.now(),
    mode: 'live',
    events: [event],
  });
}
const person = (name: string) => ({
  actor: { type: 'person' as const, email: `${name}@example.com` },
  leads: [{ kind: 'session-caller' as const, email: `${name}@example.com` }],
});
const now = () => house.clock.now();
async function pass(ms: number): Promise<void> {
  house.clock.pass(ms);
  await house.settleDown();
}
const loopsOf = async (behaviour: string): Promise<readonly LoopRow[]> =>
  (await store.read.loops(loopPrincipal, { behaviour, limit: 100 })).items;
async function textOf(row: LoopRow | undefined): Promise<string> {
  const messages = (await store.read.loop(loopPrincipal, row?.id ?? ''))?.messages ?? [];
  return JSON.stringify(messages.at(-1)?.snapshot ?? '');
}

const workload = {
  actor: { type: 'workload' as const, name: 'shop-api' },
  identity: { type: 'workload-identity', id: 'shop-api' },
  leads: [{ kind: 'session-caller' as const, email: 'ana@example.com' }],
};
/** A run of the release, with or without its steps. */
async function release(run: string, steps: { readonly gate: boolean; readonly approvedBy: string }) {
  const joins = { run, commit: run.padStart(40, 'a') };
  const where = { repository: 'acme/shop', commit: joins.commit };
  const environment = { type: 'environment', id: 'production' };
  await happens({ kind: 'change.proposed', occurredAt: now() - 50 * minute, joins, where, ...person('ana') });
  await happens({
    kind: 'change.reviewed',
    occurredAt: now() - 40 * minute,
    outcome: 'success',
    joins,
    where,
    ...person(steps.approvedBy),
  });
  await happens({ kind: 'change.merged', occurredAt: now() - 30 * minute, joins, where, ...person('bob') });
  if (steps.gate) {
    await happens({
      kind: 'gate.passed',
      occurredAt: now() - 20 * minute,
      outcome: 'success',
      resource: environment,
      joins,
      where,
      ...person('bob'),
    });
  }
  await happens({
    source: 'cloudtrail',
    kind: 'token.issued',
    occurredAt: now() - 10 * minute,
    outcome: 'success',
    resource: { type: 'iam-role', id: `prod-${run}` },
    joins: { run, subject: 'repo:acme/shop:environment:production' },
    ...workload,
  });
  await happens({
    kind: 'deploy.made',
    occurredAt: now() - 5 * minute,
    outcome: 'success',
    resource: environment,
    joins,
    where,
    ...person('ana'),
  });
  await pass(hour);
}

describe('the approved paths of the shipped behaviours', () => {
  test('a release that walks the whole path is nobody’s case', async () => {
    await release('801', { gate: true, approvedBy: 'bob' });
    expect(await loopsOf(token)).toEqual([]);
    expect(await loopsOf(bypass)).toEqual([]);
  });

  test('a release past the gate is told with the step that was skipped', async () => {
    await release('802', { gate: false, approvedBy: 'bob' });
    const [issued] = await loopsOf(token);
    expect(issued?.facts.kept[0]?.broken).toEqual({ step: 'deployment-gate', how: 'skipped' });
    expect(await textOf(issued)).toContain('We did not see the gate of the release before it.');
    const [deployed] = await loopsOf(bypass);
    expect(deployed?.facts.kept[0]?.broken).toEqual({ step: 'deployment-gate', how: 'skipped' });
    expect(await textOf(deployed)).toContain('a release off the approved path in acme/shop');
  });

  test('a review of one’s own change is told as done by the wrong person', async () => {
    const before = (await loopsOf(bypass)).length;
    await pass(day);
    await release('803', { gate: true, approvedBy: 'ana' });
    const rows = await loopsOf(bypass);
    const own = rows.flatMap(({ facts }) => facts.kept).map(({ broken }) => broken);
    expect(rows.length).toBeGreaterThanOrEqual(before);
    expect(own).toContainEqual({ step: 'reviewed', how: 'wrong-actor' });
  });
});

describe('the history of an identity', () => {
  const asked = (resource: string, more: Partial<Happening> = {}) =>
    happens({
      source: 'vault',
      kind: 'token.issued',
      occurredAt: now(),
      outcome: 'success',
      network: { address: '192.0.2.10' },
      resource: { type: 'vault-path', id: resource },
      actor: { type: 'workload', name: 'reports' },
      identity: { type: 'vault-entity', id: 'reports' },
      leads: [{ kind: 'session-caller', email: 'bob@example.com' }],
      ...more,
    });
  const ofReports = async () =>
    (await loopsOf(token)).filter(({ facts }) => facts.identity?.id === 'reports');

  test('says nothing while it is learnt, nor of what is usual; a first is told with what was usual', async () => {
    await asked('database/creds/read');
    for (let n = 0; n < 40; n += 1) {
      house.clock.pass(day);
      await asked('database/creds/read');
    }
    await house.settleDown();
    expect(await ofReports()).toEqual([]);
    await asked('database/creds/admin');
    await pass(day);
    const [row] = await ofReports();
    expect(row?.facts.kept[0]?.unusual).toMatchObject({ what: 'resource', known: ['database/creds/read'] });
    expect(await textOf(row)).toContain('Until now this account only asked for database/creds/read.');
  });
});

describe('an identity whose owner left', () => {
  test('is a case of its own, and is settled when it is switched off', async () => {
    const identity = { type: 'service-account', id: 'ci-deploy' };
    await happens({
      source: 'directory',
      kind: 'identity.disabled',
      action: 'owner-left',
      occurredAt: now() - minute,
      identity,
      leads: [{ kind: 'sponsor', email: 'ana@example.com' }],
    });
    await pass(day);
    const [row] = await loopsOf('orphaned-identity');
    expect(await textOf(row)).toContain('The owner of ci-deploy has left, and it still works.');
    await happens({
      source: 'entra',
      kind: 'credential.removed',
      occurredAt: now() - 2 * minute,
      identity,
    });
    await pass(minute);
    expect((await loopsOf('orphaned-identity'))[0]).toMatchObject({ rung: 'observed' });
    await happens({ source: 'entra', kind: 'identity.disabled', occurredAt: now() - minute, identity });
    await pass(minute);
    expect((await loopsOf('orphaned-identity'))[0]).toMatchObject({ rung: 'verified' });
  });
});
