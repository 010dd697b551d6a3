import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { z } from 'zod';
import { AppError } from '../core/errors.ts';
import { jsonOrUndefined } from '../lib/json-or-undefined.ts';
import type { Lock } from '../lib/lock-file.ts';
import { readServerFile, type ServerFile } from '../lib/server-file.ts';
import { CliError, exit } from './exit.ts';
import { note } from './output.ts';
import { type Ask, localTransport, networkTransport, refusal, type Transport } from './server-client.ts';
import { type ConfigFlags, glanceSettings, openSettings } from './settings.ts';

/** Options of every command that works on stored data. */
export type StoreFlags = ConfigFlags & { readonly server?: string };

/** The doors of Foldback, wherever it runs. Errors: `CliError` with the doors' own words. */
export type Session = {
  /** The answer of a door, checked against its shape. */
  ask<Answer>(ask: Ask, shape: z.ZodType<Answer>): Promise<Answer>;
  /** The answer as text. */
  text(ask: Ask): Promise<string>;
  /** Where the server is; undefined when this process opened the store itself. */
  readonly url?: string;
  close(): Promise<void>;
};

/**
 * Reaches the stored data: through `--server`, through the server that runs on this data folder, or, when none runs,
 * by opening the store in this process.
 */
export async function openSession(flags: StoreFlags): Promise<Session> {
  const { config } = await glanceSettings(flags);
  const url = flags.server ?? config.server;
  const local = await readServerFile(config.data.dir);
  if (url !== undefined) {
    if (!/^https?:\/\//u.test(url) || !URL.canParse(url))
      throw new CliError('Write the server as http://host:port or https://host.');
    const isLocal = local !== undefined && new URL(local.url).origin === new URL(url).origin;
    const token = config.token ?? (isLocal ? local.token : undefined);
    if (token === undefined)
      throw new CliError(
        'A token is needed: set FOLDBACK__TOKEN (npx foldback admin token makes one).',
        exit.denied,
      );
    return session(networkTransport(url, token), url);
  }
  if (local !== undefined) return session(networkTransport(local.url, local.token), local.url);
  return openStore(flags);
}

/** A server that starts on this data holds it before it answers. */
const startWaitMsMax = 30_000;
const startLookMs = 250;

/** The lock of the data, or the server that has it and is about to answer. */
async function lockOrServer(dir: string): Promise<Lock | ServerFile> {
  const { lockData } = await import('../serve.ts');
  const started = performance.now();
  let isTold = false;
  for (;;) {
    try {
      return await lockData(dir);
    } catch (error) {
      const isHeld = error instanceof AppError && error.code === 'store-locked';
      if (!isHeld || performance.now() - started > startWaitMsMax) throw error;
    }
    const server = await readServerFile(dir);
    if (server !== undefined) return server;
    if (!isTold) note('Another process has this data. Waiting for it to answer, or to end …');
    isTold = true;
    await setTimeout(startLookMs);
  }
}

function session(transport: Transport, url?: string, close?: () => Promise<void>): Session {
  const text = async (ask: Ask): Promise<string> => {
    const answered = await transport(ask);
    if (answered.status < 200 || answered.status > 299) throw refusal(answered);
    return answered.text;
  };
  return {
    text,
    ask: async (ask, shape) => {
      const parsed = shape.safeParse(jsonOrUndefined(await text(ask)));
      if (parsed.success) return parsed.data;
      throw new CliError(
        'The answer has an unknown form. Are the command and the server of one version?',
        exit.failed,
      );
    },
    ...(url === undefined ? {} : { url }),
    close: close ?? (() => Promise.resolve()),
  };
}

async function openStore(flags: StoreFlags): Promise<Session> {
  const { config } = await openSettings(flags);
  const { findKeys } = await import('../config/keys-store.ts');
  const { openApp } = await import('../app.ts');
  const { openDoors } = await import('../in-process.ts');
  const { createLog } = await import('../lib/log.ts');
  // Two processes on one embedded store would lose data; PostgreSQL takes any number.
  const lock = config.database.url === undefined ? await lockOrServer(config.data.dir) : undefined;
  if (lock !== undefined && 'url' in lock) return session(networkTransport(lock.url, lock.token), lock.url);
  try {
    const found = await findKeys(config, randomBytes);
    if (found.source === 'generated')
      note(`New keys are in ${found.path}. Keep a copy of them apart from the data.`);
    const app = await openApp({ config, keys: found.keys, log: createLog({ level: 'warn' }) });
    return session(localTransport(openDoors(app)), undefined, async () => {
      await app.close();
      await lock?.release();
    });
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

/** Runs with a session and closes it, whatever happens. */
export async function withSession<T>(flags: StoreFlags, work: (session: Session) => Promise<T>): Promise<T> {
  const opened = await openSession(flags);
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}
