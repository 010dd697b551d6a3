import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { shippedPacksDir } from '../../src/content.ts';
import { chromiumPath, launchBrowser } from '../browser/browser.ts';
import { cleanEnvironment, launcher, runCli } from '../support/run-cli.ts';
import { until } from '../support/until.ts';

const loops = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      behaviour: z.string(),
      state: z.string(),
      firstOccurredAt: z.string(),
      secret: z.object({ validity: z.string() }).optional(),
    }),
  ),
});

const experiments = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      state: z.string(),
      document: z.object({ title: z.string() }),
      readout: z.object({
        units: z.number(),
        comparisons: z.array(
          z.object({
            arm: z.string(),
            verdict: z.string(),
            sentence: z.string(),
            details: z.array(z.string()),
          }),
        ),
      }),
    }),
  ),
});
const week = 7 * 86_400_000;

describe('foldback demo', () => {
  let child: ChildProcess;
  let url = '';
  let said = '';
  beforeAll(async () => {
    child = spawn(process.execPath, [launcher, 'demo', '--no-open', '--port', '0'], {
      env: { ...cleanEnvironment() },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    url = await new Promise<string>((resolve, reject) => {
      const hear = (chunk: Buffer) => {
        said += chunk.toString('utf8');
        const found = /Start here\s+(http:\S+?)\/\n/u.exec(said)?.[1];
        if (found !== undefined && said.includes('Ctrl-C')) resolve(found);
      };
      child.stdout?.on('data', hear);
      child.stderr?.on('data', hear);
      child.on('close', (code) => reject(new Error(`demo ended with ${code}: ${said}`)));
    });
  }, 180_000);
  afterAll(() => {
    child.kill('SIGTERM');
  });

  test('it says that nothing leaves the machine, and where to look', () => {
    expect(said).toContain('Nothing leaves this machine');
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/u);
    for (const path of ['/console', '/outbox', '/v1/loops']) expect(said).toContain(`${url}${path}\n`);
  });

  test('its start page says the same, and leads to the console', async () => {
    const page = await (await fetch(`${url}/`)).text();
    expect(page).toContain('nothing leaves this machine');
    expect(page).toContain('href="/console"');
    // What is true of installations only: nothing is sent, claimed or kept here.
    for (const other of ['being sent', 'claimed', 'survives']) expect(page).not.toContain(other);
  });

  test('the console is there, as `npm ci` leaves it', async () => {
    const page = await fetch(`${url}/console`);
    expect([page.status, said.includes('not built')]).toEqual([200, false]);
    expect(await page.text()).toContain('/console/assets/');
  });

  test('every screen of the console has something to show', async () => {
    const items = z.looseObject({ items: z.array(z.unknown()).min(1) });
    const paths = ['reviews', 'controls', 'experiments', 'audit', 'policy/exceptions', 'policy/decisions'];
    for (const path of [...paths, 'channels', 'sources', 'measures', 'messages']) {
      // Decisions at run time are written down together, a moment after they were made.
      await until(path, async () => {
        const response = await fetch(`${url}/v1/${path}`);
        return items.safeParse(await response.json()).data;
      });
    }
    const session = await fetch(`${url}/v1/session`);
    expect(await session.json()).toMatchObject({ isDemonstration: true });
    const rollout = await fetch(`${url}/v1/rollout`);
    expect(await rollout.json()).toMatchObject({ rules: [{ stage: 'canary' }] });
  });

  test('its cases are of every behaviour, and one with a key that works waits for its answer', async () => {
    const response = await fetch(`${url}/v1/loops?limit=200`);
    expect(response.status).toBe(200);
    const { items } = loops.parse(await response.json());
    const behaviours = [...new Set(items.map(({ behaviour }) => behaviour))].sort();
    const shipped = readdirSync(join(shippedPacksDir(), 'behaviours')).map((name) =>
      name.replace('.yaml', ''),
    );
    expect(behaviours).toEqual(shipped.sort());
    expect(behaviours).toEqual([
      'agent-outside-policy',
      'clicked-simulated-phish',
      'denied-by-policy',
      'orphaned-identity',
      'path-needs-work',
      'privileged-workflow-bypass',
      'secret-in-repository',
      'submitted-credentials',
      'token-outside-approved-path',
    ]);
    // Twelve weeks and the days of this week so far.
    const occurred = items.map(({ firstOccurredAt }) => Date.parse(firstOccurredAt));
    const weeks = (Date.now() - Math.min(...occurred.filter((at) => at > Date.now() - 13 * week))) / week;
    expect(weeks).toBeGreaterThan(11);
    expect(new Set(items.map(({ state }) => state)).size).toBeGreaterThanOrEqual(6);
    // Told at once, whatever the hour; the worker may need a moment.
    await expect
      .poll(async () => {
        const { items: now } = loops.parse(await (await fetch(`${url}/v1/loops?limit=5`)).json());
        return now.find(({ secret }) => secret?.validity === 'active')?.state;
      })
      .toBe('told');
    const urgent = loops.parse(await (await fetch(`${url}/v1/loops?needs=danger`)).json());
    expect(urgent.items[0]).toMatchObject({ state: 'told', secret: { validity: 'active' } });
  });

  test('its own experiment is too early to tell, beside one of a simulation that is over and says so', async () => {
    const { items } = experiments.parse(await (await fetch(`${url}/v1/experiments`)).json());
    const [own, archived] = items;
    expect(items).toHaveLength(2);
    expect(own?.state).toBe('running');
    expect(own?.readout.units).toBeGreaterThan(1);
    expect(own?.readout.units).toBeLessThanOrEqual(40);
    const sayings = own?.readout.comparisons.map(({ sentence }) => sentence) ?? [];
    expect(sayings).toHaveLength(1);
    for (const sentence of sayings) expect(sentence).toMatch(/too early to tell/iu);
    expect(archived?.state).toBe('ended');
    expect(archived?.document.title).toContain('Archived simulation of 4,000 people');
    const verdicts = archived?.readout.comparisons.map(({ arm, verdict }) => [arm, verdict]);
    expect(verdicts).toEqual([
      ['helpful', 'works'],
      ['harmful', 'worse'],
    ]);
    // It was followed to its end: that nobody speaks of it any more hides nothing.
    const details = archived?.readout.comparisons.flatMap((one) => one.details) ?? [];
    expect(details.filter((text) => text.includes('silent'))).toEqual([]);
  });

  test.skipIf(chromiumPath === undefined)(
    'every screen says what it is, and the experiments which one is archived',
    async () => {
      const browser = await launchBrowser();
      try {
        const page = await browser.newPage();
        for (const path of ['', '/experiments']) {
          await page.goto(`${url}/console${path}`);
          await page.getByRole('note').getByText('nothing leaves this machine').waitFor();
        }
        await page.getByRole('link', { name: 'Archived simulation of 4,000 people' }).click();
        await page.getByRole('heading', { name: 'Archived simulation of 4,000 people' }).waitFor();
        await page.getByRole('note').getByText('the company is invented').waitFor();
      } finally {
        await browser.close();
      }
    },
    30_000,
  );

  test('a recipient’s page opens from the outbox and takes an answer', async () => {
    const outbox = await (await fetch(`${url}/outbox`)).text();
    const message = /href="(\/outbox\/[0-9a-f]{32})"/u.exec(outbox)?.[1] ?? '';
    const page = await (await fetch(`${url}${message}`)).text();
    const link = /\/r\/[0-9A-Za-z]{20,}/u.exec(page)?.[0] ?? '';
    const reply = await fetch(`${url}${link}`);
    expect([reply.status, (await reply.text()).includes('<form')]).toEqual([200, true]);
  });

  test('a page of another name or origin gets nothing', async () => {
    const foreign = await fetch(`${url}/v1/pause`, {
      method: 'PUT',
      headers: { Origin: 'https://evil.example' },
    });
    expect([400, 403, 404, 405, 421]).toContain(foreign.status);
    expect((await fetch(`${url}/v1/loops`)).headers.get('access-control-allow-origin')).toBeNull();
  });
});

test('the demonstration listens on this machine only, and at a port that there is', async () => {
  const refused = await Promise.all([
    runCli(['demo', '--no-open', '--host', '0.0.0.0']),
    runCli(['demo', '--no-open'], { env: { FOLDBACK__HTTP__HOST: '192.0.2.1' } }),
    runCli(['demo', '--no-open', '--port', '70000']),
  ]);
  expect(refused.map(({ code, stdout }) => [code, stdout])).toEqual(refused.map(() => [2, '']));
  const [bound, set, port] = refused.map(({ stderr }) => stderr);
  for (const said of [bound, set]) expect(said).toContain('on this machine only');
  expect(port).toContain('--port takes a number');
}, 60_000);
