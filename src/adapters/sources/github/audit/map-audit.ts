import type { Event, Identity, Resource } from '../../../../core/event.ts';
import { makeEvent } from '../../../../core/make-event.ts';
import { commitHash } from '../../../../core/repository-name.ts';
import { compact, type Dict, dictOf, textOf } from '../../../../lib/guards.ts';
import { instantOf } from '../../../../lib/instant.ts';
import type { MapContext } from '../../../../ports/source.ts';
import { environmentSubject, idOf, outcomeOf } from '../delivery/delivery.ts';
import { ruleName } from '../loosened.ts';
import { alertFacts } from '../map-alert.ts';
import { type GithubAlert, readAlert } from '../schema.ts';
import { nobody, typeOf, type Who, whoseLogin } from '../who.ts';
import { type AuditKind, auditKindOf } from './kind.ts';
import { keptRecord } from './record.ts';

/** One record of the audit log of an organisation or enterprise: exported, streamed, or read from its interface. */
export function mapAudit(record: Dict, context: MapContext): readonly Event[] {
  const action = textOf(record.action) ?? '';
  const repository = repositoryOf(record) ?? context.repository;
  const told = auditKindOf(action, record);
  const who = whoOf(record);
  const branch = branchOf(record);
  const commit = commitHash(textOf(record.head_sha));
  // `created_at` of some actions is when the alert or the token was made.
  const time = record['@timestamp'] ?? record.at_sign_timestamp ?? record.created_at;
  const environment = textOf(record.environment_name) ?? textOf(record.env_name);
  const rule = ruleOf(action, told, record, branch);
  const alert = alertIn(told, record);
  const isOfSecret = told.kind === 'secret.committed' || told.kind === 'secret.status';
  const kind =
    isOfSecret && (alert === undefined || repository === undefined) ? 'activity.recorded' : told.kind;
  const outcome = told.outcome ?? outcomeOf(record.conclusion);
  return [
    makeEvent(
      {
        source: 'github',
        kind,
        id: [
          'audit',
          textOf(record._document_id),
          action,
          idOf(time),
          textOf(record.actor),
          textOf(record.org),
          idOf(record.number) ?? idOf(record.workflow_run_id) ?? idOf(record.user),
        ],
        occurredAt: instantOf(time),
        actor: who.actor,
        leads: who.leads,
        ...(who.identity === undefined ? {} : { identity: who.identity }),
        resource: resourceOf(action, record, repository, branch),
        action,
        ...(outcome === undefined ? {} : { outcome }),
        network: compact({
          address: textOf(record.actor_ip),
          userAgent: textOf(record.user_agent),
        }),
        joins: {
          run: idOf(record.workflow_run_id),
          commit,
          rule,
          subject: environment === undefined ? undefined : environmentSubject(repository, environment),
        },
        where: compact({ repository, commit, branch }),
        ...(alert === undefined || repository === undefined ? {} : alertFacts(alert, repository)),
        record: keptRecord(record),
      },
      context,
    ),
  ];
}

/** Git over a deploy key names nobody, and the alerts of the platform name the platform. */
function whoOf(record: Dict): Who {
  const credential = credentialOf(record);
  const login = textOf(record.actor);
  if (login === undefined || login.toLowerCase() === 'github')
    return credential === undefined ? nobody : { ...nobody, identity: credential };
  const access = (textOf(record.programmatic_access_type) ?? '').toLowerCase();
  const isApp = access.includes('server-to-server') || access === 'deploy key';
  const isBot = record.actor_is_bot === true || isApp;
  const type = record.actor_is_agent === true ? 'agent' : typeOf(login, isBot ? 'Bot' : undefined);
  const who = whoseLogin(login, type);
  const email = textOf(record.external_identity_nameid);
  const isOwn = email?.includes('@') === true && (textOf(record.user) ?? login) === login;
  // The address stands with the lead only: the actor keeps the one name that every delivery gives.
  const leads = isOwn ? who.leads.map((lead) => ({ ...lead, email })) : who.leads;
  return { ...who, leads, ...(credential === undefined ? {} : { identity: credential }) };
}

/** The token or key that was used, by the id that GitHub gives it. */
function credentialOf(record: Dict): Identity | undefined {
  const access = textOf(record.programmatic_access_type);
  const id = idOf(record.token_id) ?? textOf(record.deploy_key_fingerprint) ?? textOf(record.hashed_token);
  if (access === undefined || id === undefined) return undefined;
  const type = access
    .slice(0, 60)
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, '-')
    .replace(/^-|-$/gu, '');
  return { type: type === '' ? 'token' : type, id, provider: 'github' };
}

function repositoryOf(record: Dict): string | undefined {
  return textOf(record.repo) ?? textOf(record.repository);
}

function branchOf(record: Dict): string | undefined {
  const named = textOf(record.branch) ?? textOf(record.head_branch);
  const isOfBranch = textOf(record.action)?.startsWith('protected_branch.') === true;
  return (named ?? (isOfBranch ? textOf(record.name) : undefined))?.replace(/^refs\/heads\//u, '');
}

const credentialTypes: Readonly<Record<string, string>> = {
  public_key: 'public-key',
  deploy_key: 'deploy-key',
  personal_access_token: 'token',
  oauth_access: 'token',
  ssh_certificate_authority: 'certificate',
};

function resourceOf(
  action: string,
  record: Dict,
  repository: string | undefined,
  branch: string | undefined,
): Resource | undefined {
  const family = action.split('.', 1)[0] ?? '';
  const ofFamily = (type: string, ...names: readonly string[]): Resource | undefined => {
    const id = names.map((name) => idOf(record[name])).find((found) => found !== undefined);
    return id === undefined ? undefined : { type, id };
  };
  const credential = Object.hasOwn(credentialTypes, family) ? credentialTypes[family] : undefined;
  const near =
    credential !== undefined
      ? ofFamily(credential, 'fingerprint', 'title', 'user_programmatic_access_id', 'token_id')
      : family === 'protected_branch' && branch !== undefined
        ? { type: 'branch', id: branch }
        : family === 'repository_ruleset'
          ? ofFamily('ruleset', 'ruleset_name', 'ruleset_id')
          : family === 'team'
            ? ofTeam(record)
            : ofFamily('environment', 'environment_name', 'env_name');
  if (near !== undefined) return near;
  if (repository !== undefined) return { type: 'repository', id: repository };
  return ofFamily('organization', 'org') ?? ofFamily('enterprise', 'business');
}

function ofTeam(record: Dict): Resource | undefined {
  const team = textOf(record.team) ?? textOf(dictOf(record.data)?.team);
  return team === undefined ? undefined : { type: 'team', id: team };
}

/** What was broken, switched off or put back, under one name for all of these. */
function ruleOf(
  action: string,
  told: AuditKind,
  record: Dict,
  branch: string | undefined,
): string | undefined {
  if (!told.kind.startsWith('control.') && told.kind !== 'gate.passed') return undefined;
  const family = action.split('.', 1)[0] ?? '';
  const verb = action.slice(family.length + 1);
  if (family === 'protected_branch') {
    const name = branch ?? 'branch protection';
    const isWhole = verb === 'create' || verb === 'destroy' || verb === 'policy_override';
    return isWhole ? name : ruleName(name, [verb.replace(/^update_/u, '')]);
  }
  if (family === 'repository_ruleset') {
    const name = textOf(record.ruleset_name) ?? idOf(record.ruleset_id) ?? 'ruleset';
    if (verb !== 'update') return name;
    const isSwitch = record.ruleset_old_enforcement !== undefined;
    return ruleName(name, [isSwitch ? 'enforcement' : 'rules']);
  }
  if (family === 'secret_scanning_push_protection' && told.kind === 'control.bypassed')
    return 'push protection';
  const environment = textOf(record.environment_name) ?? textOf(record.env_name);
  return environment ?? featureOf(action);
}

/** `secret_scanning` from `repository_secret_scanning.disable` and `org.secret_scanning_disable`, as webhooks call it. */
function featureOf(action: string): string {
  return action
    .replace(/(^|[._])(?:enabled?|disabled?)(?=[._]|$)/gu, '$1')
    .replace(/([._])[._]+|[._]+$/gu, '$1')
    .replace(/[._]+$/u, '')
    .replace(/^(?:org|repo|business)\.|^(?:repository|business)_/u, '');
}

/** The alert that a record speaks of: its number joins it with what the webhook and the interface tell. */
function alertIn(told: AuditKind, record: Dict): GithubAlert | undefined {
  if (told.kind !== 'secret.committed' && told.kind !== 'secret.status') return undefined;
  return readAlert({
    number: record.number ?? record.alert_number,
    secret_type: textOf(record.secret_type) ?? 'secret',
    secret_type_display_name: record.secret_type_display_name,
    resolution: record.resolution,
  });
}
