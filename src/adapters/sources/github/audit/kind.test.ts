import { describe, expect, test } from 'vitest';
import { auditKindOf } from './kind.ts';
import { auditScore } from './record.ts';

const kindOf = (action: string, record: object = {}) => auditKindOf(action, { action, ...record }).kind;

describe('what an action of the audit log means', () => {
  test.each([
    ['control.bypassed', 'protected_branch.policy_override'],
    ['control.bypassed', 'secret_scanning_push_protection.bypass'],
    ['control.bypassed', 'workflows.bypass_protection_rules'],
    ['control.disabled', 'protected_branch.destroy'],
    ['control.disabled', 'repository_ruleset.destroy'],
    ['control.disabled', 'environment.remove_protection_rule'],
    ['control.disabled', 'org.disable_two_factor_requirement'],
    ['control.disabled', 'org.disable_oauth_app_restrictions'],
    ['control.disabled', 'org.advanced_security_disabled_on_all_repos'],
    ['control.disabled', 'business_secret_scanning_push_protection.disabled_for_new_repos'],
    ['control.disabled', 'org.secret_scanning_push_protection_disable'],
    ['control.disabled', 'repository_vulnerability_alerts.disable'],
    ['control.disabled', 'ssh_certificate_requirement.disable'],
    ['control.restored', 'org.enable_two_factor_requirement'],
    ['control.restored', 'repository_secret_scanning.enable'],
    ['control.restored', 'protected_branch.create'],
    ['credential.created', 'public_key.create'],
    ['credential.created', 'deploy_key.create'],
    ['credential.created', 'personal_access_token.access_granted'],
    ['credential.created', 'personal_access_token.create'],
    ['credential.created', 'oauth_access.create'],
    ['credential.created', 'oauth_authorization.create'],
    ['credential.created', 'ssh_certificate_authority.create'],
    ['credential.removed', 'public_key.delete'],
    ['credential.removed', 'personal_access_token.access_revoked'],
    ['credential.removed', 'oauth_access.destroy'],
    ['gate.passed', 'workflows.approve_workflow_job'],
    ['push.made', 'git.push'],
    ['repository.archived', 'repo.archived'],
    ['secret.committed', 'secret_scanning_alert.create'],
  ])('%s: %s', (kind, action) => {
    expect(kindOf(action)).toBe(kind);
  });

  test.each([
    'protected_branch.update_name',
    'repo.disable',
    'repo.access',
    'org.add_member',
    'org.remove_member',
    'org.disable_member_team_creation_permission',
    'workflows.disable_workflow',
    'team.destroy',
    'hook.create',
    'integration_installation.create',
    'integration.create',
    'personal_access_token.request_created',
    'repository_vulnerability_alert.dismiss',
    'git.clone',
    'constructor',
    'a.toString',
  ])('an activity and nothing worse: %s', (action) => {
    expect(kindOf(action)).toBe('activity.recorded');
  });

  test('a refused push and a refused job keep what they are, as failures', () => {
    expect(auditKindOf('protected_branch.rejected_ref_update', {})).toEqual({
      kind: 'activity.recorded',
      outcome: 'failure',
    });
    expect(auditKindOf('workflows.reject_workflow_job', {})).toEqual({
      kind: 'gate.passed',
      outcome: 'failure',
    });
  });

  test('a setting of a protected branch is told by what it is now', () => {
    const update = (setting: string, now: unknown) =>
      kindOf(`protected_branch.update_${setting}`, { [setting]: now });
    expect(update('admin_enforced', false)).toBe('control.disabled');
    expect(update('admin_enforced', true)).toBe('control.restored');
    expect(update('pull_request_reviews_enforcement_level', 0)).toBe('control.disabled');
    expect(update('pull_request_reviews_enforcement_level', 'everyone')).toBe('control.restored');
    expect(update('allow_force_pushes_enforcement_level', 2)).toBe('control.disabled');
    expect(update('allow_force_pushes_enforcement_level', 'off')).toBe('control.restored');
    // Whether one review is fewer than before is not told.
    expect(update('required_approving_review_count', 1)).toBe('activity.recorded');
    expect(kindOf('protected_branch.update_admin_enforced')).toBe('activity.recorded');
  });

  test('a ruleset that was not enforced protected nothing', () => {
    const off = { ruleset_enforcement: 'evaluate' };
    expect(kindOf('repository_ruleset.destroy', off)).toBe('activity.recorded');
    expect(kindOf('repository_ruleset.create', off)).toBe('activity.recorded');
    const update = (record: object) => kindOf('repository_ruleset.update', record);
    expect(update({ ruleset_enforcement: 'disabled', ruleset_old_enforcement: 'enabled' })).toBe(
      'control.disabled',
    );
    expect(update({ ruleset_enforcement: 'enabled', ruleset_old_enforcement: 'evaluate' })).toBe(
      'control.restored',
    );
    expect(update({ ruleset_enforcement: 'enabled', ruleset_rules_deleted: [{}] })).toBe('control.disabled');
    expect(update({ ruleset_enforcement: 'enabled', ruleset_bypass_actors_added: [{}] })).toBe(
      'control.disabled',
    );
    expect(update({ ruleset_enforcement: 'enabled' })).toBe('activity.recorded');
    expect(update({ ...off, ruleset_rules_deleted: [{}] })).toBe('activity.recorded');
  });
});

test('a record is told from deliveries and from the logs of others', () => {
  const record = { action: 'repo.create', actor: 'octo-ana', created_at: 1_714_557_600_000 };
  expect(auditScore({ ...record, org: 'acme' })).toBeGreaterThan(0.8);
  expect(auditScore(record)).toBeGreaterThan(0.6);
  for (const other of [
    {},
    { action: 'created', org: 'acme' },
    { action: 'user_login', actor: { type: 'user' } },
    { ...record, actor: { login: 'octo-ana' } },
    { ...record, repository: { full_name: 'acme/x' } },
    { action: 'Repo.Create', org: 'acme' },
  ])
    expect(auditScore(other)).toBe(0);
});
