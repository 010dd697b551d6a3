import { randomBytes } from 'node:crypto';
import { type Principal, systemPrincipal } from './access/principal.ts';
import type { App } from './app.ts';
import { holdConnections } from './app-connections.ts';
import { type Door, openDoor } from './app-door.ts';
import { besideDuties } from './app-duties.ts';
import { AppError } from './core/errors.ts';
import { createHttp } from './http/server.ts';
import { isEqualConstantTime } from './lib/hmac.ts';
import { acquireLock, type Lock } from './lib/lock-file.ts';
import { removeServerFile, writeServerFile } from './lib/server-file.ts';
import { noteMode } from './loop/decide.ts';
import { noteWords } from './loop/note-words.ts';
import { mendCopy } from './loop/seal.ts';
import { wordingsOf } from './packs/wording.ts';
import { startWorker, type Worker } from './worker.ts';

export type Role = 'all' | 'api' | 'worker';

export type Serving = {
  /** Where requests are answered; undefined for a worker alone. */
  readonly url?: string;
  /** The one-time link for the first administrator; undefined once claimed. */
  readonly claimUrl?: string;
  /** Ends requests and the turn that runs, then closes what was opened. */
  stop(): Promise<void>;
};

/**
 * Starts answering requests, running the loop, or both.
 *
 * @param taken the door, if its port was taken before; it is closed with the rest
 */
export async function serve(app: App, role: Role, taken?: Door): Promise<Serving> {
  const { config, parts, log } = app;
  const localToken = randomBytes(32).toString('base64url');
  const authenticate = async (bearer: string): Promise<Principal | undefined> =>
    isEqualConstantTime(bearer, localToken)
      ? { ...systemPrincipal('command line'), kind: 'operator' }
      : app.authenticate(bearer);

  const work = (): Worker => {
    const worker = startWorker({ parts, sealer: app.sealer, log, beside: besideDuties(app) });
    app.onWake(worker.wake);
    const connections = holdConnections({ ...app, language: config.delivery.language });
    return {
      wake: worker.wake,
      stop: async () => {
        await connections.stop();
        await worker.stop();
      },
    };
  };
  if (role !== 'api') {
    await mendCopy(parts, app.sealer);
    await noteMode(parts);
  }
  await noteWords(parts, wordingsOf(app.packs));
  if (role === 'worker') return work();
  // Policies that are not sound end the start here, not the first request.
  app.policies.live.current();
  await app.policies.flush();
  const http = createHttp({ ...app, authenticate });
  const door = taken ?? (await openDoor(config.http));
  const { url } = door;
  door.open(http.fetch);
  const policies = app.followPolicies();
  const worker = role === 'all' ? work() : undefined;
  await writeServerFile(config.data.dir, { url, token: localToken });
  const claimPath = await app.claim.offer();
  return {
    url,
    ...(claimPath === undefined ? {} : { claimUrl: `${config.http.publicUrl ?? url}${claimPath}` }),
    stop: async () => {
      await removeServerFile(config.data.dir);
      await door.close();
      await policies.stop();
      await worker?.stop();
    },
  };
}

/** The lock of the data folder, for whoever opens the embedded store. Says who has it when it is taken. */
export async function lockData(dir: string, onLost?: () => void): Promise<Lock> {
  const locked = await acquireLock(dir, onLost === undefined ? {} : { onLost });
  if (locked.kind === 'held') return locked.lock;
  const { pid, since, place } = locked.holder;
  throw new AppError('store-locked', `process ${pid} on ${place} has held ${dir} since ${since}`);
}
