import type { EventKind } from '../../../../core/event.ts';
import { type Dict, listOf, textOf } from '../../../../lib/guards.ts';
import { permissive, restrictive, strengthOf } from '../loosened.ts';

export type AuditKind = { readonly kind: EventKind; readonly outcome?: 'success' | 'failure' };

/** Actions of the audit log with one meaning; those of a family are told by their words, below. */
const actions: Readonly<Record<string, AuditKind>> = {
  'protected_branch.policy_override': { kind: 'control.bypassed', outcome: 'success' },
  'secret_scanning_push_protection.bypass': { kind: 'control.bypassed', outcome: 'success' },
  'workflows.bypass_protection_rules': { kind: 'control.bypassed', outcome: 'success' },
  // The protection held: the branch is as it was.
  'protected_branch.rejected_ref_update': { kind: 'activity.recorded', outcome: 'failure' },
  'protected_branch.create': { kind: 'control.restored' },
  'protected_branch.destroy': { kind: 'control.disabled' },
  'environment.add_protection_rule': { kind: 'control.restored' },
  'environment.remove_protection_rule': { kind: 'control.disabled' },
  'required_workflow.create': { kind: 'control.restored' },
  'required_workflow.delete': { kind: 'control.disabled' },
  'audit_log_streaming.create': { kind: 'control.restored' },
  'audit_log_streaming.destroy': { kind: 'control.disabled' },
  'workflows.approve_workflow_job': { kind: 'gate.passed', outcome: 'success' },
  'workflows.reject_workflow_job': { kind: 'gate.passed', outcome: 'failure' },
  'workflows.created_workflow_run': { kind: 'workflow.run' },
  'workflows.completed_workflow_run': { kind: 'workflow.run' },
  'workflows.prepared_workflow_job': { kind: 'workflow.run' },
  'workflows.rerun_workflow_run': { kind: 'workflow.run' },
  'pull_request.create': { kind: 'change.proposed' },
  'pull_request.merge': { kind: 'change.merged' },
  'pull_request.indirect_merge': { kind: 'change.merged' },
  'pull_request_review.submit': { kind: 'change.reviewed' },
  'git.push': { kind: 'push.made' },
  'repo.archived': { kind: 'repository.archived' },
  'repo.destroy': { kind: 'repository.archived' },
  'secret_scanning_alert.create': { kind: 'secret.committed' },
  'secret_scanning_alert.resolve': { kind: 'secret.status' },
  'secret_scanning_alert.reopen': { kind: 'secret.status' },
  'secret_scanning_alert.revoke': { kind: 'secret.status' },
  'user.suspend': { kind: 'identity.disabled' },
  'user.unsuspend': { kind: 'identity.enabled' },
  'external_identity.deprovision': { kind: 'identity.disabled' },
  'oauth_application.reset_secret': { kind: 'credential.changed' },
};

const credentials =
  /^(?:public_key|deploy_key|personal_access_token|oauth_access|oauth_authorization|oauth_application|integration|ssh_certificate_authority|passkey|org_credential_authorization)\.(\w+)$/u;
const made = new Set(
  'create grant access_granted credential_regenerated regenerate register generate_client_secret'.split(' '),
);
const taken = new Set(
  'delete destroy revoke revoked access_revoked credential_revoked deauthorize deauthorized remove remove_client_secret revoke_tokens'.split(
    ' ',
  ),
);

/** Features that protect: switching one off takes a control away. Other features are conveniences. */
const protects =
  /two_factor|advanced_security|secret_scanning|push_protection|dependabot|vulnerability_alert|code_scanning|codeql|oauth_app_restrictions|saml|ssh_certificate_requirement|ip_allow_list|dependency_graph/u;
const switchedOff = /(?:^|[._])disabled?(?:[._]|$)/u;
const switchedOn = /(?:^|[._])enabled?(?:[._]|$)/u;

/** What an action of the audit log means. */
export function auditKindOf(action: string, record: Dict): AuditKind {
  if (Object.hasOwn(actions, action)) return actions[action] ?? recorded;
  const verb = credentials.exec(action)?.[1];
  // An app that is made has no credential yet: its secrets and keys are made later, by other actions.
  const isApp = action === 'integration.create' || action === 'integration.destroy';
  if (verb !== undefined && !isApp && made.has(verb))
    return { kind: 'credential.created', outcome: 'success' };
  if (verb !== undefined && !isApp && taken.has(verb))
    return { kind: 'credential.removed', outcome: 'success' };
  if (action.startsWith('repository_ruleset.')) return { kind: ofRuleset(action, record) };
  if (action.startsWith('protected_branch.')) return { kind: ofBranch(action, record) };
  if (protects.test(action)) {
    if (switchedOff.test(action)) return { kind: 'control.disabled' };
    if (switchedOn.test(action)) return { kind: 'control.restored' };
  }
  return recorded;
}

const recorded: AuditKind = { kind: 'activity.recorded' };

/** A ruleset that is not enforced protects nothing. */
function ofRuleset(action: string, record: Dict): EventKind {
  const now = textOf(record.ruleset_enforcement);
  const before = textOf(record.ruleset_old_enforcement);
  if (action === 'repository_ruleset.create') return isOff(now) ? 'activity.recorded' : 'control.restored';
  if (action === 'repository_ruleset.destroy') return isOff(now) ? 'activity.recorded' : 'control.disabled';
  if (action !== 'repository_ruleset.update') return 'activity.recorded';
  if (before !== undefined && isOff(before) !== isOff(now))
    return isOff(now) ? 'control.disabled' : 'control.restored';
  if (isOff(now)) return 'activity.recorded';
  const has = (name: string) => listOf(record[name]).length > 0;
  if (has('ruleset_rules_deleted') || has('ruleset_bypass_actors_added')) return 'control.disabled';
  return has('ruleset_rules_added') || has('ruleset_bypass_actors_deleted')
    ? 'control.restored'
    : 'activity.recorded';
}

function isOff(enforcement: string | undefined): boolean {
  return enforcement === 'disabled' || enforcement === 'evaluate';
}

/**
 * `protected_branch.update_<setting>` tells the setting as it is now, not as it was: one that is off now protects no
 * longer, one that is on does.
 */
function ofBranch(action: string, record: Dict): EventKind {
  const setting = action.slice('protected_branch.'.length).replace(/^update_/u, '');
  const now = setting in record ? strengthOf(record[setting]) : undefined;
  if (now === undefined || setting === 'required_approving_review_count') return 'activity.recorded';
  if (restrictive.has(setting)) return now > 0 ? 'control.restored' : 'control.disabled';
  if (permissive.has(setting)) return now > 0 ? 'control.disabled' : 'control.restored';
  return 'activity.recorded';
}
