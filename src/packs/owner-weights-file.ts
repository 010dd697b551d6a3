import { z } from 'zod';
import type { OwnerWeights } from '../core/owner-weights.ts';
import type { PackFolder } from './pack-folder.ts';
import type { PackProblem } from './problem.ts';

export const ownerWeightsFile = 'owners/weights.yaml';

const share = z.number().min(0).max(1);
const slug = z.string().regex(/^[a-z][a-z0-9:-]{0,60}$/u, 'use small letters, digits and hyphens');

/** `owners/weights.yaml`: what each kind of evidence about an owner weighs. */
export const ownerWeightsSchema = z.strictObject({
  leaverFactor: share,
  unlistedWeightMax: share,
  placeDiscount: share,
  kinds: z
    .record(
      slug,
      z.strictObject({
        // Certainty would make infinite odds, and nothing at all is no evidence.
        weight: z.number().gt(0, 'a weight is above 0').lt(1, 'a weight is below 1: nothing is certain'),
        family: slug,
        says: z.enum(['deed', 'place', 'support', 'against']),
        because: z.string().trim().min(10, 'say in a sentence why').max(300),
      }),
    )
    .refine((kinds) => Object.keys(kinds).length > 0, 'no kind has a weight'),
});

/** Nothing weighs anything: what stands in while the file is missing, which is a problem of the packs. */
const nothingWeighs: OwnerWeights = { kinds: {}, leaverFactor: 0, unlistedWeightMax: 0, placeDiscount: 0 };

export function readOwnerWeights(folder: PackFolder, problems: PackProblem[]): OwnerWeights {
  const [found] = folder.matching(/^owners\/weights\.yaml$/u);
  if (found === undefined) {
    problems.push({ file: ownerWeightsFile, line: 0, reason: 'this file is missing' });
    return nothingWeighs;
  }
  const read = folder.yaml(ownerWeightsFile, ownerWeightsSchema);
  if (read === undefined) return nothingWeighs;
  // Evidence that only lowers cannot be of one origin with evidence that adds: the stronger would hide the other.
  const families = Map.groupBy(Object.entries(read.value.kinds), ([, { family }]) => family);
  for (const [family, entries] of families) {
    const isMixed = new Set(entries.map(([, { says }]) => says === 'against')).size > 1;
    const last = entries.at(-1)?.[0];
    if (!isMixed || last === undefined) continue;
    const reason = `the family ${family} both adds and lowers; give what says "against" a family of its own`;
    problems.push({ file: ownerWeightsFile, line: read.lineOf(['kinds', last, 'family']), reason });
  }
  return read.value;
}
