import type { Log } from './lib/log.ts';
import { keepCampaign } from './loop/campaign.ts';
import type { LoopParts } from './loop/parts.ts';
import type { Packs } from './packs/load.ts';
import { readSimulation } from './packs/read-simulation.ts';
import type { PulledCampaign } from './ports/source.ts';

/** What reading the mails of simulations needs of the app. */
export type CampaignWorld = {
  readonly config: {
    readonly organisation: { readonly name: string };
    readonly delivery: { readonly language: string };
  };
  readonly packs: Pick<Packs, 'cues'>;
  readonly parts: Pick<LoopParts, 'store' | 'clock' | 'people'>;
  readonly log: Log;
};

/** Keeps the mail of a simulation that a source handed over. One that cannot be read is told of and left out. */
export async function keepPulledCampaign(
  { config, packs, parts, log }: CampaignWorld,
  source: string,
  { id, name, template }: PulledCampaign,
): Promise<void> {
  const ground = {
    cues: packs.cues,
    organisation: config.organisation.name,
    addresses: parts.people.all().flatMap(({ emails }) => emails),
    language: config.delivery.language,
  };
  const read = await readSimulation(ground, { kind: 'template', template });
  if (read.kind === 'unreadable') {
    log.warn({ source, campaign: id, reason: read.reason }, 'the mail of a simulation cannot be read');
    return;
  }
  const key = { source, id, ...(name === undefined ? {} : { name }) };
  await keepCampaign(parts, key, read.simulation, {});
}
