import { dayMs } from '../core/duration.ts';
import type { ForgottenClass } from '../ports/store.ts';
import type { LoopParts } from './parts.ts';

/** Days for which detail about people is kept, by its class. */
export type Retention = {
  readonly eventDays: number;
  readonly outcomeDays: number;
  readonly messageDays: number;
  readonly refusedReplyDays: number;
  readonly auditDays: number;
};

/** Rows of each class in one turn: forgetting must not hold up what is live. */
const rowsMax = 500;
/** Of turns in a run. What is left is due in the next one. */
const turnsMax = 40;
/** The budget looks at today; a few days more help whoever asks why a message waited. */
const attentionDays = 30;

/** Forgets detail that is older than it may be, in small transactions. Returns how many rows of each class. */
export async function forgetDetail(
  parts: LoopParts,
  retention: Retention,
): Promise<Readonly<Record<ForgottenClass, number>>> {
  const before = (days: number): number => parts.clock.now() - days * dayMs;
  const cutoffs = {
    events: before(retention.eventDays),
    outcomes: before(retention.outcomeDays),
    messages: before(retention.messageDays),
    attention: before(attentionDays),
    refusedReplies: before(retention.refusedReplyDays),
    audit: before(retention.auditDays),
  };
  const total: Record<ForgottenClass, number> = {
    events: 0,
    outcomes: 0,
    messages: 0,
    attention: 0,
    learnt: 0,
    denials: 0,
    refusedReplies: 0,
    audit: 0,
  };
  const classes = [
    'events',
    'outcomes',
    'messages',
    'attention',
    'learnt',
    'denials',
    'refusedReplies',
    'audit',
  ] as const;
  for (let turn = 0; turn < turnsMax; turn += 1) {
    const done = await parts.store.transaction((tx) => tx.forgetDetail(cutoffs, rowsMax));
    for (const one of classes) total[one] += done[one];
    if (classes.every((one) => done[one] < rowsMax)) break;
  }
  return total;
}
