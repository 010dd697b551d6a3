import type { EventKind } from '../../../../core/event.ts';
import { compact, dictOf, textOf } from '../../../../lib/guards.ts';
import { instantOf } from '../../../../lib/instant.ts';
import { nobody, type Who, whoIs } from '../who.ts';
import { type Delivery, hashOf, idOf, type ReadDelivery } from './delivery.ts';

/** `pull_request`: put up for review, taken, or anything else that happens to one. */
export const pullRequest: ReadDelivery = ({ payload, action, repository }) => {
  const pull = dictOf(payload.pull_request);
  const number = idOf(pull?.number) ?? idOf(payload.number);
  if (pull === undefined || number === undefined) return undefined;
  const isMerged = action === 'closed' && pull.merged === true;
  const kind: EventKind =
    action === 'opened' || action === 'reopened'
      ? 'change.proposed'
      : isMerged
        ? 'change.merged'
        : 'activity.recorded';
  const commit = hashOf(isMerged ? pull.merge_commit_sha : dictOf(pull.head)?.sha);
  const time = textOf(isMerged ? pull.merged_at : pull.updated_at) ?? textOf(pull.created_at);
  return [
    {
      kind,
      id: [number, time, commit],
      occurredAt: instantOf(time),
      resource: { type: 'pull-request', id: nameOf(repository, number) },
      joins: compact({ commit, ticket: nameOf(repository, number) }),
      where: compact({ commit, branch: textOf(dictOf(pull.base)?.ref) }),
      who: writerOf(payload, action === 'opened' ? pull.user : undefined),
    },
  ];
};

const outcomes: Readonly<Record<string, 'success' | 'failure'>> = {
  approved: 'success',
  changes_requested: 'failure',
};

/** `pull_request_review`: approved, or changes asked for; a comment alone is neither and has no outcome. */
export const pullRequestReview: ReadDelivery = ({ payload, action, repository }) => {
  const review = dictOf(payload.review);
  const pull = dictOf(payload.pull_request);
  const number = idOf(pull?.number);
  if (review === undefined || number === undefined) return undefined;
  const state = (textOf(review.state) ?? '').toLowerCase();
  const isSubmitted = action === 'submitted';
  const time = textOf(review.updated_at) ?? textOf(review.submitted_at);
  const commit = hashOf(review.commit_id) ?? hashOf(dictOf(pull?.head)?.sha);
  return [
    {
      kind: isSubmitted ? 'change.reviewed' : 'activity.recorded',
      id: [idOf(review.id), number, state, time],
      occurredAt: instantOf(time),
      outcome: isSubmitted && Object.hasOwn(outcomes, state) ? outcomes[state] : undefined,
      resource: { type: 'pull-request', id: nameOf(repository, number) },
      joins: compact({ commit, ticket: nameOf(repository, number) }),
      where: compact({ commit, branch: textOf(dictOf(pull?.base)?.ref) }),
      who: writerOf(payload, isSubmitted ? review.user : undefined),
    },
  ];
};

/** What somebody wrote: its writer did it, unless it was another who changed or removed it later. */
export const written =
  (member: string, action: string): ReadDelivery =>
  (delivery) => {
    const own = dictOf(delivery.payload[member]);
    if (own === undefined) return undefined;
    const isFirst = delivery.action === action;
    return [{ kind: 'activity.recorded', who: writerOf(delivery.payload, isFirst ? own.user : undefined) }];
  };

function writerOf(payload: Delivery['payload'], writer: unknown): Who {
  const sender = whoIs(payload.sender);
  const isNamed = sender.actor.type !== 'unknown' || sender.actor.account !== undefined;
  return isNamed ? sender : writer === undefined ? nobody : whoIs(writer);
}

function nameOf(repository: string | undefined, number: string): string {
  return `${repository ?? ''}#${number}`;
}
