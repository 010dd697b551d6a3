import type { Json } from '../../../core/event.ts';
import { type Dict, isDict } from '../../../lib/guards.ts';
import { permissive, restrictive } from './loosened.ts';

/** Levels and items of a delivery that are kept: as deep as a rule of a ruleset lies, as many as a job has steps. */
const levelsMax = 7;
const itemsMax = 20;

const person = new Set(['login', 'id', 'type']);
const repository = new Set([
  'id',
  'name',
  'full_name',
  'private',
  'visibility',
  'fork',
  'archived',
  'allow_forking',
  'default_branch',
]);

/** Members that weigh much and say little: this is all that is kept of them. */
const shortened: Readonly<Record<string, ReadonlySet<string>>> = {
  ...Object.fromEntries(
    'sender user actor triggering_actor creator approver requestor requester owner member merged_by dismissed_by inviter assignee author requested_reviewer'
      .split(' ')
      .map((name) => [name, person]),
  ),
  repository,
  repo: repository,
  head_repository: repository,
  organization: person,
  enterprise: new Set(['slug', 'id']),
  installation: new Set(['id', 'app_slug', 'app_id', 'repository_selection']),
  app: new Set(['slug', 'name', 'id']),
  team: new Set(['slug', 'name', 'id', 'privacy', 'permission']),
  key: new Set(['id', 'title', 'read_only', 'verified', 'created_at', 'added_by']),
  hook: new Set(['id', 'type', 'name', 'active', 'events']),
};

/** What is kept of everything else, wherever it stands. Neither texts that people wrote nor addresses of the API. */
const names = new Set(
  `action ref base_ref ref_type before after forced created deleted id number name slug title path status state
  conclusion event task environment original_environment production_environment transient_environment head_branch
  head_sha sha run_id run_number run_attempt workflow workflow_id workflow_name created_at updated_at started_at
  run_started_at completed_at submitted_at merged_at closed_at expires_at since html_url runner_name runner_group_name
  labels steps pull_requests head base merged draft merge_commit_sha commit_id author_association review pull_request
  issue workflow_run workflow_job workflow_job_run workflow_job_runs deployment deployment_status
  deployment_callback_url check_run check_suite reviewers reviewer rule changes from repository_ruleset enforcement
  target source source_type bypass_actors actor_id actor_type bypass_mode conditions ref_name include exclude rules
  added removed updated rule_type condition condition_type configuration parameters authorized_actor_names
  required_status_checks security_and_analysis advanced_security secret_scanning secret_scanning_push_protection
  dependabot_security_updates personal_access_token_request token_id token_name token_expired token_expires_at
  repository_selection permissions_added permissions_upgraded permissions_result permission scope membership role
  exemption_request exemption_response request_type requester_login reviewer_login definition property_name
  alert security_advisory repository_advisory published_at dismissed_at dismissed_reason severity ghsa_id affected_package_name tool secret_types type
  repositories repositories_added repositories_removed full_name pages page_name visibility
  ${[...restrictive, ...permissive].join(' ')}`.split(/\s+/u),
);

/** A delivery as GitHub shaped it, without what a rule never reads. */
export function keptDelivery(payload: Dict): { readonly [key: string]: Json | undefined } {
  return keptMembers(payload, undefined, 0);
}

function keptMembers(
  value: Dict,
  only: ReadonlySet<string> | undefined,
  level: number,
): Record<string, Json> {
  const kept: Record<string, Json> = {};
  for (const name in value) {
    const member = value[name];
    const isShort = Object.hasOwn(shortened, name);
    if (only === undefined ? !isShort && !names.has(name) : !only.has(name)) continue;
    // Of what is kept in short, text of the same name is something else: the key itself, for one.
    if (isShort && only === undefined && !isDict(member)) continue;
    const found = keptValue(member, isShort && only === undefined ? shortened[name] : only, level + 1);
    if (found !== undefined) kept[name] = found;
  }
  return kept;
}

function keptValue(value: unknown, only: ReadonlySet<string> | undefined, level: number): Json | undefined {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (level >= levelsMax) return undefined;
  if (Array.isArray(value))
    return value.slice(0, itemsMax).flatMap((item: unknown) => keptValue(item, only, level + 1) ?? []);
  return isDict(value) ? keptMembers(value, only, level) : undefined;
}
