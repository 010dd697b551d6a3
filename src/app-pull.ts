import { z } from 'zod';
import { type CampaignWorld, keepPulledCampaign } from './app-campaigns.ts';
import type { Config } from './config/schema.ts';
import { pullTiming } from './config/sections/sources.ts';
import { createHttpFetch } from './lib/http-fetch.ts';
import type { Log } from './lib/log.ts';
import { pause } from './lib/pause.ts';
import type { LoopParts } from './loop/parts.ts';
import { type PullOutcome, pullSource } from './loop/pull.ts';
import type { MapContext, OpenPull, PullTools, Source } from './ports/source.ts';
import type { BesideDuty } from './worker.ts';

/** How often it is looked whether a reading is due; when it is due rests in the store. */
const lookEveryMs = 15_000;

/** What a duty of reading needs of the app. */
export type PullWorld = {
  readonly config: Pick<Config, 'sources'> & Partial<CampaignWorld['config']>;
  /** Without them the mails of simulations are not looked at. */
  readonly packs?: CampaignWorld['packs'];
  readonly sources: readonly Source[];
  readonly parts: LoopParts;
  readonly mapContext: (receivedAt: number) => MapContext;
  readonly log: Log;
};

/** A duty for every source that is read instead of sending. Throws on settings that the source does not accept. */
export function pullDuties(world: PullWorld): readonly BesideDuty[] {
  return world.sources.flatMap((source) => {
    const given = world.config.sources[source.id]?.pull;
    if (source.pull === undefined || given === undefined) return [];
    const { everyMinutes } = z.object(pullTiming).parse(given);
    const { everyMinutes: _everyMinutes, ...own } = given;
    const open = source.pull.open(own);
    const run = (signal: AbortSignal) => pullOnce(world, source, open, everyMinutes * 60_000, signal);
    return [{ name: `pull ${source.id}`, everyMs: lookEveryMs, run }];
  });
}

async function pullOnce(
  world: PullWorld,
  source: Source,
  open: OpenPull,
  everyMs: number,
  signal: AbortSignal,
): Promise<void> {
  const { parts, mapContext, log, packs } = world;
  const { organisation, delivery } = world.config;
  const isAskedForMails = packs !== undefined && organisation !== undefined && delivery !== undefined;
  const campaigns = isAskedForMails ? { packs, parts, log, config: { organisation, delivery } } : undefined;
  const fetch = createHttpFetch({ allowOrigins: open.origins });
  const tools: Omit<PullTools, 'wait'> = {
    now: () => parts.clock.now(),
    fetch: async (request) =>
      open.origins.includes(new URL(request.url).origin)
        ? fetch({ ...request, signal })
        : { kind: 'blocked', reason: 'this is no address of the source' },
  };
  try {
    const outcome = await pullSource(parts, {
      source,
      everyMs,
      mapContext,
      read: (cursors, wait) => open.read(cursors, { ...tools, wait }),
      wait: (ms) => pause(ms, signal),
      keepCampaign: async (campaign) => {
        if (campaigns !== undefined) await keepPulledCampaign(campaigns, source.id, campaign);
      },
      signal,
    });
    report(log, source.id, outcome);
  } finally {
    await fetch.close();
  }
}

function report(log: Log, source: string, outcome: PullOutcome): void {
  if (outcome.kind !== 'pulled') return;
  const { accepted, duplicates, rejected, failures } = outcome;
  const counts = { source, accepted, duplicates, rejected };
  if (failures.length === 0 && rejected === 0) log.info(counts, 'a source was read');
  else log.warn({ ...counts, failures: failures.slice(0, 10) }, 'a source could not be read wholly');
}
