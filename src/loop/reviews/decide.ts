import type { Json } from '../../core/event.ts';
import { keptNote } from '../../core/kept-text.ts';
import type { Principal } from '../../ports/principal.ts';
import type { ReviewRow } from '../../ports/store.ts';
import type { LoopParts } from '../parts.ts';
import { reviewRestMs } from './propose.ts';
import { saveWithEntry } from './story.ts';

export type ReviewInput = { readonly decision: 'accept' | 'reject'; readonly reason: string };

export type ReviewDecided =
  | { readonly kind: 'decided'; readonly review: ReviewRow }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'refused'; readonly reason: string };

/** Records what a named person thinks of a proposal. Nothing in the packs is changed by it. */
export async function decideReview(
  parts: LoopParts,
  principal: Principal,
  id: string,
  { decision, reason }: ReviewInput,
): Promise<ReviewDecided> {
  const now = parts.clock.now();
  if ((await parts.store.read.review(principal, id)) === undefined) return { kind: 'not-found' };
  if (principal.kind === 'agent') return { kind: 'refused', reason: 'an agent decides about no words' };
  return parts.store.transaction(async (tx): Promise<ReviewDecided> => {
    const before = await tx.lockReview(id);
    if (before === undefined) return { kind: 'not-found' };
    if (before.state !== 'proposed') return { kind: 'refused', reason: `it is ${before.state}` };
    const row: ReviewRow = {
      ...before,
      state: decision === 'accept' ? 'accepted' : 'rejected',
      decidedAt: now,
      decidedBy: principal.id,
      decidedByName: principal.name,
      reason: keptNote(reason),
      notAgainBefore: now + reviewRestMs,
    };
    const body: { [key: string]: Json } = { decision, by: principal.id, reason: keptNote(reason) };
    const fact = { kind: `decision:${decision}`, at: now, body, personal: ['/by', '/reason'] };
    return { kind: 'decided', review: await saveWithEntry(parts, tx, row, fact) };
  });
}
