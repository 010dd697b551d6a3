import { z } from 'zod';
import type { App } from './app.ts';
import type { Config } from './config/schema.ts';
import { createHttpFetch } from './lib/http-fetch.ts';
import type { Log } from './lib/log.ts';
import { loopPrincipal } from './loop/parts.ts';
import type { Clock } from './ports/clock.ts';
import type { AuditRow, Store } from './ports/store.ts';
import type { BesideDuty } from './worker.ts';

/** Whoever watches hears of it soon. */
const everyMs = 5_000;
const batchMax = 200;
/** A process that ended in the middle, or a system that did not answer: the next try is made after this time. */
const leaseMs = 60_000;
const askTimeoutMs = 15_000;
/** Its answer is not used beyond its status. */
const answerBytesMax = 4_096;

/** Where entries go. At least once each, in order: what was not taken is sent again, with the same number and hash. */
export type AuditSink = {
  readonly name: 'log' | 'push';
  /** Whether it also gets what was recorded before it was switched on. */
  readonly fromTheStart: boolean;
  /** A reason when they were not taken. */
  send(entries: readonly AuditEntry[]): Promise<string | undefined>;
};

export type AuditEntry = {
  readonly seq: number;
  readonly at: string;
  readonly kind: string;
  readonly by: string;
  readonly address?: string;
  readonly what: unknown;
  readonly previous: string;
  readonly hash: string;
};

const stateSchema = z.object({ seq: z.number(), until: z.number() });

export function auditDuties(app: Pick<App, 'config' | 'parts' | 'log'>): readonly BesideDuty[] {
  const { log, parts } = app;
  return sinksOf(app.config, log).map((sink) => ({
    name: `audit ${sink.name}`,
    everyMs,
    run: (signal) => tellSink({ store: parts.store, clock: parts.clock, log }, sink, signal),
  }));
}

export function sinksOf({ audit }: Pick<Config, 'audit'>, log: Log): readonly AuditSink[] {
  return [...(audit.log ? [logSink(log)] : []), ...(audit.push === undefined ? [] : [pushSink(audit.push)])];
}

function logSink(log: Log): AuditSink {
  return {
    name: 'log',
    fromTheStart: false,
    send: async (entries) => {
      for (const audit of entries) log.info({ audit }, 'a decision about access');
      return undefined;
    },
  };
}

function pushSink(settings: NonNullable<Config['audit']['push']>): AuditSink {
  const { url, authorization, allowPrivateNetwork, ca } = settings;
  return {
    name: 'push',
    fromTheStart: true,
    send: async (entries) => {
      const fetch = createHttpFetch({
        allowOrigins: allowPrivateNetwork ? [new URL(url).origin] : [],
        ...(ca === undefined ? {} : { ca }),
      });
      try {
        const answer = await fetch({
          url,
          method: 'POST',
          headers: {
            'Content-Type': 'application/x-ndjson',
            ...(authorization === undefined ? {} : { Authorization: authorization }),
          },
          body: entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
          timeoutMs: askTimeoutMs,
          responseBytesMax: answerBytesMax,
          oversize: 'cut',
        });
        if (answer.kind !== 'ok') return answer.reason;
        return answer.status >= 200 && answer.status < 300 ? undefined : `it answers with ${answer.status}`;
      } finally {
        await fetch.close();
      }
    },
  };
}

type TellParts = { readonly store: Store; readonly clock: Clock; readonly log: Log };

/** Sends what a sink has not yet, until it has everything or does not take it. Of several workers one does. */
export async function tellSink(parts: TellParts, sink: AuditSink, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const rows = await claimEntries(parts, sink);
    const last = rows.at(-1);
    if (last === undefined) return;
    const reason = await sink.send(rows.map(entryOf));
    if (reason !== undefined) {
      parts.log.warn(
        { sink: sink.name, reason },
        'the record of access decisions was not taken; it is sent again',
      );
      return;
    }
    await moveOn(parts, sink, rows[0]?.seq ?? 0, last.seq);
  }
}

const settingOf = (sink: AuditSink): string => `audit-sent-${sink.name}`;

/** What is next, with a lease; nothing while another has one. */
async function claimEntries({ store, clock }: TellParts, sink: AuditSink): Promise<readonly AuditRow[]> {
  return store.transaction(async (tx) => {
    await tx.lock(settingOf(sink));
    const parsed = stateSchema.safeParse(await tx.setting(settingOf(sink)));
    const now = clock.now();
    const before = parsed.success ? parsed.data : { seq: await firstOf(tx.read, sink), until: 0 };
    if (before.until > now && before.until <= now + leaseMs) return [];
    const rows = await tx.read.auditAfter(loopPrincipal, before.seq, batchMax);
    const until = rows.length === 0 ? 0 : now + leaseMs;
    if (!parsed.success || until > 0) await tx.saveSetting(settingOf(sink), { seq: before.seq, until });
    return rows;
  });
}

async function firstOf(read: Store['read'], sink: AuditSink): Promise<number> {
  return sink.fromTheStart ? 0 : ((await read.auditChain(loopPrincipal))?.seq ?? 0);
}

/** Whoever lost its lease to another moves nothing back. */
async function moveOn({ store }: TellParts, sink: AuditSink, first: number, last: number): Promise<void> {
  await store.transaction(async (tx) => {
    await tx.lock(settingOf(sink));
    const parsed = stateSchema.safeParse(await tx.setting(settingOf(sink)));
    if (parsed.success && parsed.data.seq < first)
      await tx.saveSetting(settingOf(sink), { seq: last, until: 0 });
  });
}

function entryOf({ seq, at, kind, by, address, body, previous, hash }: AuditRow): AuditEntry {
  return {
    seq,
    at: new Date(at).toISOString(),
    kind,
    by,
    ...(address === undefined ? {} : { address }),
    what: JSON.parse(body),
    previous,
    hash,
  };
}
