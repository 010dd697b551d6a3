import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { reviewKinds, reviewStates } from '../../core/review/proposal.ts';
import { decideReview } from '../../loop/reviews/decide.ts';
import { reviewTaxonomy } from '../../loop/reviews/propose.ts';
import { reviewJson, reviewSchema, reviewStorySchema } from '../json/review-json.ts';
import { iso, known } from '../json/shapes.ts';
import type { Room } from '../room.ts';
import { acting, changing, noQuery, type Operations, pathPart, reading } from '../table/operation.ts';

const listQuery = z.strictObject({
  state: z.enum(reviewStates).exactOptional(),
  behaviour: z.string().min(1).max(64).exactOptional(),
  kind: z.enum(reviewKinds).exactOptional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

const decisionBody = z.strictObject({
  decision: z.enum(['accept', 'reject']),
  reason: z.string().trim().min(3).max(500),
});

type ReviewKeys =
  | 'GET /v1/reviews'
  | 'POST /v1/reviews'
  | 'GET /v1/reviews/{id}'
  | 'POST /v1/reviews/{id}/decisions';

const unknownId = 'No proposal has this id.';

/** What is proposed about words and taxonomy. Whoever sees some teams only sees none of it: it is about everybody. */
export function reviewRoutes(room: Room): Pick<Operations, ReviewKeys> {
  const { parts } = room.given;
  return {
    'GET /v1/reviews': reading({
      summary: 'Lists proposals about words and taxonomy, the latest first.',
      query: listQuery,
      answers: { 200: { description: 'Proposals.', schema: z.object({ items: z.array(reviewSchema) }) } },
      handle: async ({ c, caller, query }) => {
        const rows = await parts.store.read.reviews(caller, query);
        return c.json({ items: rows.map(reviewJson) });
      },
    }),
    'POST /v1/reviews': acting({
      summary: 'Looks for proposals now. It is done once a week anyway.',
      answers: { 200: { description: 'How many are new.', schema: z.object({ proposed: z.int() }) } },
      handle: async ({ c, caller }) => {
        if (caller.teams !== 'all' || caller.kind === 'agent')
          throw new AppError(
            'forbidden',
            'A review is about everybody: it takes a person who sees all teams.',
          );
        return c.json({ proposed: await reviewTaxonomy(parts) });
      },
    }),
    'GET /v1/reviews/{id}': reading({
      summary: 'One proposal with its patch and its story.',
      query: noQuery,
      answers: { 200: { description: 'The proposal.', schema: reviewStorySchema } },
      handle: async ({ c, caller }) => {
        const row = await parts.store.read.review(caller, pathPart(c, 'id'));
        if (row === undefined) throw new AppError('not-found', unknownId);
        const story = await parts.store.read.reviewLedger(caller, row.id);
        const { patch } = row.body;
        return c.json({
          ...reviewJson(row),
          ...known('patch', patch.kind === 'written' ? patch.text : undefined),
          story: story.map(({ at, kind, hash }) => ({ at: iso(at), kind, hash })),
        });
      },
    }),
    'POST /v1/reviews/{id}/decisions': changing({
      summary: 'Takes a proposal up, or turns it down. Nothing in the packs is changed by it.',
      body: decisionBody,
      answers: { 200: { description: 'The proposal as it stands now.', schema: reviewSchema } },
      handle: async ({ c, caller, body }) => {
        const decided = await decideReview(parts, caller, pathPart(c, 'id'), body);
        if (decided.kind === 'not-found') throw new AppError('not-found', unknownId);
        if (decided.kind === 'refused')
          throw new AppError(
            'conflict',
            `${decided.reason.slice(0, 1).toUpperCase()}${decided.reason.slice(1)}.`,
          );
        return c.json(reviewJson(decided.review));
      },
    }),
  };
}
