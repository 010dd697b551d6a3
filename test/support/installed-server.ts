import { createHash } from 'node:crypto';
import { type App, openApp } from '../../src/app.ts';
import type { Config } from '../../src/config/schema.ts';
import { createLog } from '../../src/lib/log.ts';
import { readServerFile } from '../../src/lib/server-file.ts';
import { deliver } from '../../src/loop/deliver.ts';
import { plan } from '../../src/loop/plan.ts';
import { type Serving, serve } from '../../src/serve.ts';
import { type TestClock, testClock } from './house.ts';
import { testKeySet } from './installation.ts';

/** Foldback as an operator runs it, server and worker in this process, on a clock that the test moves. */
export type InstalledServer = {
  readonly app: App;
  readonly clock: TestClock;
  /** As whoever can read the data folder. */
  ask(path: string, options?: { readonly json?: unknown; readonly body?: string }): Promise<Asked>;
  /** As a browser does, without any right. */
  browse(path: string, form?: Readonly<Record<string, string>>): Promise<Asked>;
  /** Imports a report as `foldback import` does. */
  import(report: string, query?: string): Promise<Asked>;
  /** What is due is planned and said; returns how much that was. */
  speak(): Promise<number>;
  stop(): Promise<void>;
};

export type Asked = {
  readonly status: number;
  readonly text: string;
  readonly json: Record<string, unknown>;
};

export async function startInstalled(config: Config, clock = testClock()): Promise<InstalledServer> {
  const app = await openApp({ config, keys: testKeySet(), log: createLog({ level: 'silent' }), clock });
  const serving: Serving = await serve(app, 'all');
  const { url = '' } = serving;
  const token = (await readServerFile(config.data.dir))?.token ?? '';
  const ask = async (path: string, init: RequestInit): Promise<Asked> => {
    const response = await fetch(new URL(path, url), init);
    const text = await response.text();
    return { status: response.status, text, json: parsed(text) };
  };
  const rights = { Authorization: `Bearer ${token}` };
  return {
    app,
    clock,
    ask: (path, { json, body } = {}) => {
      const sent = json === undefined ? body : JSON.stringify(json);
      const headers = { ...rights, 'Content-Type': 'application/json' };
      return ask(path, sent === undefined ? { headers: rights } : { method: 'POST', body: sent, headers });
    },
    browse: (path, form) =>
      ask(
        path,
        form === undefined
          ? { headers: { Accept: 'text/html' } }
          : {
              method: 'POST',
              body: new URLSearchParams(form),
              headers: { Accept: 'text/html', Origin: 'null' },
            },
      ),
    import: (report, query = '') =>
      ask(`/v1/imports?id=${createHash('sha256').update(report).digest('hex')}${query}`, {
        method: 'POST',
        body: report,
        headers: { ...rights, 'Content-Type': 'application/octet-stream' },
      }),
    speak: async () => {
      const planned = await plan(app.parts);
      const { sent, uncertain, failed } = await deliver(app.parts);
      return planned + sent + uncertain + failed;
    },
    stop: async () => {
      await serving.stop();
      await app.close();
    },
  };
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
  } catch {
    return {};
  }
}
