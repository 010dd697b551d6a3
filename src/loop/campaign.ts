import type { Json } from '../core/event.ts';
import type { Cue } from '../core/mail-cues/cue.ts';
import type { Difficulty } from '../core/mail-cues/difficulty.ts';
import { readAlignment } from '../core/mail-cues/difficulty.ts';
import {
  type CampaignInput,
  campaignInputSchema,
  cuesSchema,
  difficultyOf,
  type Reconstruction,
  reconstructionSchema,
  type Simulation,
} from '../core/mail-cues/simulation.ts';
import type { CampaignKey, CampaignRow, LoopRow, StoreRead } from '../ports/store.ts';
import { type LoopParts, loopPrincipal } from './parts.ts';

/** A simulation whose mail is known. */
export type Campaign = CampaignKey & {
  readonly name?: string;
  readonly reconstruction: Reconstruction;
  readonly cues: readonly Cue[];
  readonly input: CampaignInput;
  readonly difficulty: Difficulty;
};

/**
 * Keeps the mail of a simulation. What was said of it before (its alignment, its other cues) stands until it is said
 * anew, so that a look at the source does not undo what a person told.
 */
export async function keepCampaign(
  parts: Pick<LoopParts, 'store' | 'clock'>,
  key: CampaignKey & { readonly name?: string },
  simulation: Simulation,
  input: CampaignInput,
): Promise<Campaign> {
  return parts.store.transaction(async (tx) => {
    await tx.lock(`campaign:${key.source}:${key.id}`);
    const [before] = await tx.read.campaigns(loopPrincipal, [key]);
    const kept: CampaignInput = { ...(before === undefined ? {} : inputOf(before)), ...input };
    const { reconstruction, cues } = simulation;
    await tx.saveCampaign({
      source: key.source,
      id: key.id,
      ...(key.name === undefined ? {} : { name: key.name }),
      reconstruction: { ...reconstruction },
      cues: cues.map((cue): Json => ({ ...cue, where: { ...cue.where } })),
      difficulty: { ...kept },
      updatedAt: parts.clock.now(),
    });
    const difficulty = difficultyOf(cues, kept);
    return { ...key, reconstruction, cues, input: kept, difficulty };
  });
}

/** The simulation that a loop is about; undefined when it is about none. */
export function campaignKeyOf(row: Pick<LoopRow, 'facts'>): CampaignKey | undefined {
  const about = row.facts.kept.find(({ joins }) => joins?.campaign !== undefined);
  const id = about?.joins?.campaign;
  return about === undefined || id === undefined ? undefined : { source: about.source, id };
}

/** The simulation of a loop, where its mail is known. */
export async function campaignOf(
  parts: Pick<LoopParts, 'store'>,
  row: Pick<LoopRow, 'facts'>,
): Promise<Campaign | undefined> {
  const key = campaignKeyOf(row);
  if (key === undefined) return undefined;
  const [found] = await parts.store.read.campaigns(loopPrincipal, [key]);
  return found === undefined ? undefined : readCampaign(found);
}

/** Simulations whose mail is known, under their source and id. */
export async function campaignsOf(
  read: Pick<StoreRead, 'campaigns'>,
  keys: readonly CampaignKey[],
): Promise<ReadonlyMap<string, Campaign>> {
  const found = await read.campaigns(loopPrincipal, keys);
  return new Map(
    found.flatMap((row) => {
      const campaign = readCampaign(row);
      return campaign === undefined ? [] : [[`${row.source} ${row.id}`, campaign] as const];
    }),
  );
}

/** Undefined for what an older or newer version kept in another form: then the page does without. */
function readCampaign(row: CampaignRow): Campaign | undefined {
  const reconstruction = reconstructionSchema.safeParse(row.reconstruction);
  const cues = cuesSchema.safeParse(row.cues);
  if (!reconstruction.success || !cues.success) return undefined;
  const input = inputOf(row);
  return {
    source: row.source,
    id: row.id,
    ...(row.name === undefined ? {} : { name: row.name }),
    reconstruction: reconstruction.data,
    cues: cues.data,
    input,
    difficulty: difficultyOf(cues.data, input),
  };
}

function inputOf(row: CampaignRow): CampaignInput {
  const read = campaignInputSchema.safeParse(row.difficulty);
  if (!read.success) return {};
  const { otherCues, alignment } = read.data;
  const known = alignment === undefined ? undefined : readAlignment(alignment.join(','));
  return {
    ...(otherCues === undefined ? {} : { otherCues }),
    ...(known === undefined ? {} : { alignment: known }),
  };
}
