import { z } from 'zod';
import { causes, evidenceCodes, patchGaps, reviewKinds, reviewStates } from '../../core/review/proposal.ts';
import type { ReviewRow } from '../../ports/store.ts';
import { id32, instant, iso, known, knownInstant } from './shapes.ts';

const evidenceSchema = z.object({
  code: z.enum(evidenceCodes),
  subject: z.string(),
  x: z.number(),
  n: z.number().describe('`x` of `n`.'),
  lower: z.number().exactOptional(),
  upper: z.number().exactOptional().describe('95 %; of a ratio for `same-kind` and `no-effect`.'),
  against: z.number().exactOptional().describe('The share that it is held against.'),
});

export const reviewSchema = z.object({
  id: id32,
  behaviour: z.string(),
  kind: z.enum(reviewKinds),
  subject: z.string(),
  state: z.enum(reviewStates),
  cause: z.enum(causes).exactOptional().describe('COM-B, by rule: a hint.'),
  evidence: z.array(evidenceSchema),
  words: z
    .array(z.object({ word: z.string(), people: z.int() }))
    .describe('Of answers, each written by five people or more.'),
  files: z.array(z.string()).describe('What its patch touches, below the folder of packs.'),
  gap: z.enum(patchGaps).exactOptional().describe('Why there is no patch.'),
  firstAt: instant,
  lastAt: instant,
  decidedAt: instant.exactOptional(),
  decidedBy: z.string().exactOptional(),
  reason: z.string().exactOptional(),
});

export const reviewStorySchema = reviewSchema.extend({
  patch: z.string().exactOptional().describe('A unified diff, relative to the folder of packs.'),
  story: z.array(z.object({ at: instant, kind: z.string(), hash: z.string() })),
});

export type ReviewJson = z.infer<typeof reviewSchema>;
export type ReviewStoryJson = z.infer<typeof reviewStorySchema>;

export function reviewJson(row: ReviewRow): ReviewJson {
  const { evidence, cause, words, patch } = row.body;
  const { id, behaviour, kind, subject, state } = row;
  return {
    ...{ id, behaviour, kind, subject, state },
    ...known('cause', cause),
    evidence: evidence.map((one) => ({ ...one })),
    words: words.map((one) => ({ ...one })),
    files: patch.kind === 'written' ? [...patch.files] : [],
    ...known('gap', patch.kind === 'left' ? patch.gap : undefined),
    firstAt: iso(row.firstAt),
    lastAt: iso(row.lastAt),
    ...knownInstant('decidedAt', row.decidedAt),
    ...known('decidedBy', row.decidedByName),
    ...known('reason', row.reason),
  };
}
