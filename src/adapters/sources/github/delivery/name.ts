import { type Dict, dictOf, isDict, textOf } from '../../../../lib/guards.ts';
import { unknownName } from './delivery.ts';

/** Members by which a saved body is known, the most telling first: all of them stand in it and are not null. */
const shapes: readonly (readonly [name: string, ...members: string[]])[] = [
  ['deployment_protection_rule', 'deployment_callback_url'],
  ['deployment_status', 'deployment_status'],
  ['workflow_job', 'workflow_job'],
  ['deployment_review', 'workflow_run', 'since'],
  ['deployment_review', 'workflow_run', 'approver'],
  ['deployment_review', 'workflow_run', 'reviewers'],
  ['deployment', 'deployment'],
  ['workflow_run', 'workflow_run'],
  ['check_run', 'check_run'],
  ['check_suite', 'check_suite'],
  ['pull_request_review', 'review', 'pull_request'],
  ['issue_comment', 'comment', 'issue'],
  ['pull_request_review_comment', 'comment', 'pull_request'],
  ['commit_comment', 'comment'],
  ['pull_request', 'pull_request'],
  ['issues', 'issue'],
  ['gollum', 'pages'],
  ['repository_ruleset', 'repository_ruleset'],
  ['branch_protection_rule', 'rule', 'repository'],
  ['personal_access_token_request', 'personal_access_token_request'],
  ['custom_property_values', 'new_property_values'],
  ['custom_property', 'definition'],
  ['repository_advisory', 'repository_advisory'],
  ['security_advisory', 'security_advisory'],
  ['secret_scanning_scan', 'secret_types'],
  ['installation_repositories', 'repositories_added'],
  ['ping', 'zen'],
  ['workflow_dispatch', 'workflow', 'ref'],
  ['star', 'starred_at'],
  ['membership', 'member', 'team'],
  ['member', 'member'],
  ['team_add', 'team', 'repository'],
  ['team', 'team'],
  ['organization', 'membership'],
  ['organization', 'invitation'],
  ['installation', 'installation', 'repositories'],
];

/** Actions on a repository as a whole, of which a delivery says nothing but that. */
const repositoryActions = new Set([
  'created',
  'deleted',
  'archived',
  'unarchived',
  'edited',
  'renamed',
  'transferred',
  'publicized',
  'privatized',
]);

/** What a saved body of a webhook is a delivery of: `X-GitHub-Event` as it was. */
export function nameByShape(payload: Dict): string {
  const has = (member: string) => payload[member] !== undefined && payload[member] !== null;
  const request = dictOf(payload.exemption_request);
  if (request !== undefined)
    return request.request_type === 'secret_scanning'
      ? 'bypass_request_secret_scanning'
      : 'bypass_request_push_ruleset';
  for (const [name, ...members] of shapes) if (members.every(has)) return name;
  if (isDict(payload.alert)) return alertName(payload.alert);
  if (isDict(payload.key)) return 'read_only' in payload.key ? 'deploy_key' : 'public_key';
  if (isDict(dictOf(dictOf(payload.changes)?.from)?.security_and_analysis)) return 'security_and_analysis';
  return nameByAction(textOf(payload.action) ?? '', payload);
}

function alertName(alert: Dict): string {
  if ('affected_package_name' in alert) return 'repository_vulnerability_alert';
  if ('security_vulnerability' in alert || 'dependency' in alert) return 'dependabot_alert';
  return 'code_scanning_alert';
}

function nameByAction(action: string, payload: Dict): string {
  const isOfRepository = isDict(payload.repository);
  // The only delivery about a repository whose whole news is that something was switched.
  if (isOfRepository && (action === 'enabled' || action === 'disabled'))
    return 'branch_protection_configuration';
  if (isOfRepository && repositoryActions.has(action)) return 'repository';
  if (isDict(payload.installation) && !isOfRepository && !isDict(payload.organization)) return 'installation';
  if (isDict(payload.organization) && !isOfRepository) return 'organization';
  if (action === 'revoked' && !isOfRepository) return 'github_app_authorization';
  return unknownName;
}
