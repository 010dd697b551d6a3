import type { Event } from '../../../../core/event.ts';
import { compact, type Dict, dictOf, isDict, textOf } from '../../../../lib/guards.ts';
import { instantOf } from '../../../../lib/instant.ts';
import type { MapContext } from '../../../../ports/source.ts';
import { nobody, whoIs } from '../who.ts';
import { pullRequest, pullRequestReview, written } from './change.ts';
import { bypassRequest, protectionOfAll, protectionOfBranch, ruleset, securityFeatures } from './control.ts';
import { appAuthorization, key, tokenRequest } from './credential.ts';
import { deliveryOf, eventOf, hashOf, idOf, outcomeOf, type ReadDelivery } from './delivery.ts';
import { nameByShape } from './name.ts';
import {
  deployment,
  deploymentReview,
  deploymentStatus,
  protectionRule,
  workflowJob,
  workflowRun,
} from './run.ts';

/** `check_run` and `check_suite`: of one commit, with how they ended. */
const check: ReadDelivery = ({ name, payload }) => {
  const own = dictOf(payload[name]);
  const id = idOf(own?.id);
  if (own === undefined || id === undefined) return undefined;
  const commit = hashOf(own.head_sha);
  const time =
    textOf(own.completed_at) ?? textOf(own.updated_at) ?? textOf(own.started_at) ?? textOf(own.created_at);
  const branch = textOf(own.head_branch) ?? textOf(dictOf(own.check_suite)?.head_branch);
  return [
    {
      kind: 'activity.recorded',
      id: [id, textOf(own.status), textOf(own.conclusion), time],
      occurredAt: instantOf(time),
      outcome: outcomeOf(own.conclusion),
      joins: { commit },
      where: compact({ commit, branch }),
    },
  ];
};

/** A scan is the platform's own: its sender is no author of anything. */
const scan: ReadDelivery = ({ payload }) => {
  const time = textOf(payload.completed_at) ?? textOf(payload.started_at);
  return [
    {
      kind: 'activity.recorded',
      id: [textOf(payload.type), textOf(payload.source), time],
      occurredAt: instantOf(time),
      who: nobody,
    },
  ];
};

/** One that is archived or deleted ends: nobody writes there any more. */
const repository: ReadDelivery = ({ action, payload }) => [
  {
    kind: action === 'archived' || action === 'deleted' ? 'repository.archived' : 'activity.recorded',
    who: senderOf(payload),
  },
];

const readers: Readonly<Record<string, ReadDelivery>> = {
  workflow_run: workflowRun,
  workflow_job: workflowJob,
  deployment,
  deployment_status: deploymentStatus,
  deployment_review: deploymentReview,
  deployment_protection_rule: protectionRule,
  pull_request: pullRequest,
  pull_request_review: pullRequestReview,
  pull_request_review_comment: written('comment', 'created'),
  issue_comment: written('comment', 'created'),
  commit_comment: written('comment', 'created'),
  issues: written('issue', 'opened'),
  branch_protection_rule: protectionOfBranch,
  branch_protection_configuration: protectionOfAll,
  repository_ruleset: ruleset,
  security_and_analysis: securityFeatures,
  bypass_request_secret_scanning: bypassRequest,
  bypass_request_push_ruleset: bypassRequest,
  exemption_request_secret_scanning: bypassRequest,
  exemption_request_push_ruleset: bypassRequest,
  deploy_key: key('deploy-key'),
  public_key: key('public-key'),
  personal_access_token_request: tokenRequest,
  github_app_authorization: appAuthorization,
  repository,
  check_run: check,
  check_suite: check,
  secret_scanning_scan: scan,
};

/** Applause: nothing that anybody would answer for. */
const silent = new Set(['star', 'watch']);

/** Any delivery but those of secret alerts and pushes. What has no nearer kind is an activity. */
export function mapDelivery(payload: Dict, name: string | undefined, context: MapContext): readonly Event[] {
  const told = name === undefined || name === '' ? nameByShape(payload) : name;
  if (silent.has(told)) return [];
  const delivery = deliveryOf(told, payload, context);
  const read = Object.hasOwn(readers, told) ? readers[told]?.(delivery) : undefined;
  if (read !== undefined) return read.map((one) => eventOf(delivery, one));
  return [eventOf(delivery, { kind: 'activity.recorded', who: senderOf(payload) })];
}

/** A delivery that lost its sender may still name who pushed. */
function senderOf(payload: Dict) {
  if (isDict(payload.sender)) return whoIs(payload.sender);
  const pusher = textOf(dictOf(payload.pusher)?.name);
  return pusher === undefined ? nobody : whoIs({ login: pusher });
}
