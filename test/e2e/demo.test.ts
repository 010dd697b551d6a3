import { type ChildProcess, spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { cleanEnvironment, launcher, runCli } from '../support/run-cli.ts';
import { until } from '../support/until.ts';

const loops = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      behaviour: z.string(),
      state: z.string(),
      secret: z.object({ validity: z.string() }).optional(),
    }),
  ),
});

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
    expect(behaviours).toEqual([
      'agent-outside-policy',
      'clicked-simulated-phish',
      'denied-by-policy',
      'orphaned-identity',
      'privileged-workflow-bypass',
      'secret-in-repository',
      'submitted-credentials',
      'token-outside-approved-path',
    ]);
    expect(new Set(items.map(({ state }) => state)).size).toBeGreaterThanOrEqual(6);
    // Told at once, whatever the hour; the worker may need a moment.
    await expect
      .poll(async () => {
        const { items: now } = loops.parse(await (await fetch(`${url}/v1/loops?limit=5`)).json());
        return now.find(({ secret }) => secret?.validity === 'active')?.state;
      })
      .toBe('told');
  });

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

test('the demonstration listens on this machine only', async () => {
  const asked = await runCli(['demo', '--no-open', '--host', '0.0.0.0']);
  expect([asked.code, asked.stdout]).toEqual([2, '']);
  expect(asked.stderr).toContain('on this machine only');
  const set = await runCli(['demo', '--no-open'], { env: { FOLDBACK__HTTP__HOST: '192.0.2.1' } });
  expect(set.code).toBe(2);
});
