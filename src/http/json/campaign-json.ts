import { z } from 'zod';
import { cueKinds } from '../../core/mail-cues/cue.ts';
import { ratings } from '../../core/mail-cues/difficulty.ts';
import type { Campaign } from '../../loop/campaign.ts';
import { known } from './shapes.ts';

export const campaignSchema = z.object({
  source: z.string(),
  id: z.string(),
  name: z.string().exactOptional(),
  cues: z.array(
    z.object({
      kind: z.enum(cueKinds),
      part: z.enum(['from', 'reply-to', 'subject', 'text', 'attachments']),
      start: z.int().exactOptional(),
      end: z.int().exactOptional(),
      shown: z.string().exactOptional(),
      actual: z.string().exactOptional(),
      like: z.string().exactOptional(),
    }),
  ),
  difficulty: z.object({
    cues: z.int().describe('Cues of the scale, those included that the campaign counted.'),
    amount: z.enum(['few', 'some', 'many']).exactOptional(),
    alignment: z.object({ score: z.int(), level: z.enum(['weak', 'medium', 'strong']) }).exactOptional(),
    rating: z.enum(ratings).describe('How hard to tell from a genuine mail; not rated without an alignment.'),
  }),
});

/** A simulation as it is shown: what was found, and how hard it was. */
export function campaignJson({
  source,
  id,
  name,
  cues,
  difficulty,
}: Campaign): z.infer<typeof campaignSchema> {
  return {
    source,
    id,
    ...known('name', name),
    cues: cues.map(({ where, ...cue }) => ({ ...cue, ...where })),
    difficulty,
  };
}
