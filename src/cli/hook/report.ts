import { createHash, randomUUID } from 'node:crypto';
import type { Config } from '../../config/schema.ts';
import { readServerFile } from '../../lib/server-file.ts';
import { networkTransport } from '../server-client.ts';
import type { FileHit } from './scan-files.ts';

export type HookRun = {
  readonly repository: string;
  /** Who commits, or who wrote the newest commit of the push. */
  readonly author?: { readonly name?: string; readonly email?: string };
  /** Of a push: its newest commit and its branch. */
  readonly commit?: string;
  readonly branch?: string;
  readonly hits: readonly FileHit[];
};

/** As long as a person at the keyboard may wait for something that is none of their business. */
const timeoutMs = 1_000;
/** One body of this many is far below the limit of the server. */
const hitsMax = 1_000;

export type Reported = 'sent' | 'no-server' | 'no-answer';

/**
 * Tells a known server of the run, which is an opportunity, and of what was stopped, which is counted. The values stay here: a hash joins
 * sightings of one secret. Never throws and never takes longer than a second.
 */
export async function reportRun(run: HookRun, config: Config, server: string | undefined): Promise<Reported> {
  return sendReport('/v1/events', eventsOf(run), config, server);
}

/** Hands a known server what a hook has to tell. Never throws and never takes longer than a second. */
export async function sendReport(
  path: string,
  body: unknown,
  config: Config,
  server: string | undefined,
): Promise<Reported> {
  const found = await serverOf(config, server).catch(() => undefined);
  if (found === undefined) return 'no-server';
  try {
    const answered = await networkTransport(
      found.url,
      found.token,
    )({ method: 'POST', path, body, signal: AbortSignal.timeout(timeoutMs) });
    return answered.status === 202 ? 'sent' : 'no-answer';
  } catch {
    // Whatever it is, it must not stand in the way of the person's work.
    return 'no-answer';
  }
}

async function serverOf(
  { server, token, data }: Config,
  given: string | undefined,
): Promise<{ readonly url: string; readonly token: string } | undefined> {
  const url = given ?? server;
  if (url === undefined) return readServerFile(data.dir);
  if (token !== undefined) return { url, token };
  const local = await readServerFile(data.dir);
  const isSame = local !== undefined && new URL(local.url).origin === new URL(url).origin;
  return isSame ? { url, token: local.token } : undefined;
}

/** CloudEvents 1.0, as `POST /v1/events` takes them. */
function eventsOf({ repository, author, commit, branch, hits }: HookRun): readonly object[] {
  const time = new Date().toISOString();
  const source = `foldback/hook/${repository}`;
  const common = { repository, author, detector: 'foldback hook' };
  const made = {
    specversion: '1.0',
    id: commit === undefined ? randomUUID() : digest(['push', branch ?? '', commit]),
    source,
    type: 'dev.foldback.push.made',
    time,
    data: { ...common, commit, branch },
  };
  return [
    made,
    ...hits.slice(0, hitsMax).map((hit) => ({
      specversion: '1.0',
      // The same secret at the same place tried again is the same event.
      id: digest([hit.commit ?? '', hit.path, String(hit.line), hit.hash]),
      source,
      // It did not get in: whoever tried was told at once, and nobody is told that it is there.
      type: 'dev.foldback.secret.stopped',
      time,
      data: {
        ...common,
        commit: hit.commit,
        branch,
        file: hit.path,
        line: hit.line,
        provider: hit.provider,
        rule: hit.rule,
        fingerprint: hit.hash,
        title: 'stopped by the hook',
      },
    })),
  ];
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
