import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sealRows } from '../../src/ledger/rows.ts';
import { lookAtExperiments } from '../../src/loop/experiments/look.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { sealLedger } from '../../src/loop/seal.ts';
import type { Store } from '../../src/ports/store.ts';
import { type Doors, openDoors, signer } from '../http/doors.ts';
import { appliedControl } from '../support/applied-control.ts';
import { day, monday, testClock } from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { runCli } from '../support/run-cli.ts';
import { crowd, leakOf, trialDocument } from './trial.ts';

const people = crowd(100);
const ids = people.map(({ id }) => id);
const control = appliedControl({
  behaviour: 'secret-in-repository',
  scope: { kind: 'everyone', id: '' },
  appliedAt: monday - 10 * day,
});
const document = trialDocument({ control: control.id });

describe('a control with an experiment of its own', () => {
  let store: Store;
  let doors: Doors;
  let token = '';
  let server: ReturnType<typeof serve>;
  let dir = '';
  beforeAll(async () => {
    store = await lendEmbedded();
    doors = openDoors({ store, people, delivery: { perPersonPerDayMax: 50 }, clock: testClock(monday) });
    token = await doors.token(['experiments:write', 'measures:read', 'controls:read', 'evidence:read'], {
      days: 300,
    });
    await store.transaction((tx) => tx.insertControl(control));
    server = serve({ fetch: doors.app.fetch, port: 0, hostname: '127.0.0.1' });
    await new Promise((settle) => server.once('listening', settle));
    dir = mkdtempSync(join(tmpdir(), 'foldback-effect-'));
  });
  afterAll(async () => {
    rmSync(dir, { recursive: true, force: true });
    server?.close();
    await store?.close();
  });

  const show = async (by = token) => (await doors.ask(`/v1/controls/${control.id}`, { token: by })).json;
  const post = (path: string, json: unknown) => doors.ask(path, { method: 'POST', token, json });
  const cli = (...args: string[]) => {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return runCli([...args, '--server', `http://127.0.0.1:${port}`], { env: { FOLDBACK__TOKEN: token } });
  };

  test('has no effect before that, whatever was counted before and since', async () => {
    const { beforeAfter, effect } = await show();
    expect(beforeAfter).toMatchObject({ kind: 'not-enough-data' });
    expect(effect).toBeUndefined();
    const { stdout } = await cli('controls', 'show', control.id);
    expect(stdout).toContain('Effect: not known, no experiment was registered for it');
  });

  test('is refused for a control that is not there, or is of another behaviour', async () => {
    const other = appliedControl({
      behaviour: 'clicked-simulated-phish',
      scope: { kind: 'everyone', id: '' },
      appliedAt: monday,
    });
    await store.transaction((tx) => tx.insertControl(other));
    for (const wrong of ['f'.repeat(32), other.id]) {
      const answer = await post('/v1/experiments', { ...document, control: wrong });
      expect(answer.status).toBe(422);
      expect(answer.text).toContain('"pointer":"/control"');
    }
  });

  test('takes its verdict, for whoever may see the figures, as the command line shows it', async () => {
    expect((await post('/v1/experiments', document)).status).toBe(201);
    expect((await show())['effect']).toBeUndefined();
    expect((await post(`/v1/experiments/${document.id}/start`, { anyway: true })).status).toBe(200);
    await leakOf(doors.house, ids, doors.house.clock.now());
    await doors.house.settleDown();
    const arms = new Map(
      (await store.read.followedUnits(loopPrincipal, document.id)).map(({ habit, arm }) => [habit, arm]),
    );
    doors.house.clock.pass(5 * day);
    const { items } = await store.read.loops(loopPrincipal, { limit: 200 });
    const again = items.flatMap(({ habit, owner }, at) => {
      const share = arms.get(habit) === 'usual' ? 10 : 1;
      return at % 11 < share && owner.id !== undefined ? [owner.id] : [];
    });
    await leakOf(doors.house, again, doors.house.clock.now());
    await doors.house.settleDown();
    await lookAtExperiments(doors.house.parts);
    expect((await show())['effect']).toMatchObject({
      experiment: document.id,
      state: 'running',
      readout: { comparisons: [{ arm: 'check-first', verdict: 'works', sentence: 'Works.' }] },
    });
    const blue = await doors.token(['controls:read'], { teams: ['blue'] });
    expect((await show(blue))['effect']).toBeUndefined();
    const shown = await cli('controls', 'show', control.id);
    expect(shown.stdout).toContain(`Effect, by ${document.id}, check-first: Works. [works]`);
  });

  test('its figures are shown and it is stopped with a reason by the command line', async () => {
    const shown = await cli('experiments', 'show', document.id);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toMatch(/^usual +\d+ +\d+ +0 +not known$/mu);
    expect(shown.stdout).toMatch(/^check-first +\d+ +\d+ +0 +not known$/mu);
    expect(shown.stdout).toContain('check-first: Works. [works]');
    const json = await cli('experiments', 'show', document.id, '--json');
    const counted = (JSON.parse(json.stdout).readout.arms as { assigned: number }[]).map(
      (arm) => arm.assigned,
    );
    expect(counted.reduce((sum, n) => sum + n, 0)).toBe(100);
    expect((await cli('experiments', 'stop', document.id)).code).toBe(2);
    const stopped = await cli('experiments', 'stop', document.id, '--reason', 'the tool was bought');
    expect([stopped.code, stopped.stdout.trim()]).toEqual([0, `${document.id} is stopped.`]);
    expect((await doors.ask(`/v1/experiments/${document.id}`, { token })).json).toMatchObject({
      state: 'stopped',
      endReason: 'the tool was bought',
    });
  });

  test('its chain is in the evidence of the period: whole as it was written, named where it was changed or taken out', async () => {
    await sealLedger(doors.house.parts, {
      seal: (heads, previous, at) => sealRows(heads, previous, at, signer),
      keep: async () => undefined,
      missing: async () => [],
    });
    const from = '2026-11-01&to=2026-12-31&purpose=an+audit';
    const { text } = await doors.ask(`/v1/evidence?from=${from}`, { token });
    const row = await store.read.experiment(loopPrincipal, document.id);
    const chain = row?.chain ?? '';
    const verify = async (given: string) => {
      const file = join(dir, 'period.jsonl');
      writeFileSync(file, given);
      return runCli(['evidence', 'verify', file, '--public-key', signer.keyId]);
    };
    expect(await verify(text)).toMatchObject({ code: 0 });
    const lines = text.split('\n');
    const at = lines.findIndex((line) => line.startsWith('{"story"') && line.includes(chain));
    expect(lines[at]).toContain('experiment.registered');
    const changed = lines.with(at, lines[at]?.replace(/(share\\*":)0\.5/u, '$10.6') ?? '');
    expect(changed[at]).not.toBe(lines[at]);
    const altered = await verify(changed.join('\n'));
    expect([altered.code, altered.stdout + altered.stderr]).toEqual([1, expect.stringContaining(chain)]);
    const without = await verify(lines.toSpliced(at, 1).join('\n'));
    expect([without.code, without.stdout + without.stderr]).toEqual([1, expect.stringContaining(chain)]);
  });
});
