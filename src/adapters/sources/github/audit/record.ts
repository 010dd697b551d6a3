import type { Json } from '../../../../core/event.ts';
import { type Dict, isDict, scalarText, textOf } from '../../../../lib/guards.ts';
import { permissive, restrictive } from '../loosened.ts';

const actionName = /^[a-z][a-z0-9_]{0,80}(?:\.[a-z0-9_]{1,80}){1,3}$/u;

/** Members that only the audit log of GitHub has beside `action`. */
const own = ['org', 'org_id', 'repo', 'repo_id', 'business', 'operation_type', 'programmatic_access_type'];

/** How surely a record is one of the audit log: 0 no … 1. A delivery has objects where a record has names. */
export function auditScore(record: Dict): number {
  const action = textOf(record.action);
  if (action === undefined || !actionName.test(action)) return 0;
  if (['sender', 'repository', 'repo', 'organization', 'actor'].some((name) => isDict(record[name])))
    return 0;
  if (own.some((name) => name in record)) return 0.85;
  const isDated = 'created_at' in record || '@timestamp' in record || 'at_sign_timestamp' in record;
  return isDated && 'actor' in record ? 0.7 : 0.5;
}

/** What is kept of a record, under GitHub's names: what public rules read, and what tells the place. */
const names: ReadonlySet<string> = new Set(
  `_document_id @timestamp at_sign_timestamp created_at action operation_type actor actor_id actor_ip actor_is_bot
  actor_is_agent actor_location country_code business org org_id repo repo_id repository repository_public public_repo
  visibility previous_visibility user user_id user_agent team name branch ref event head_branch head_sha conclusion
  workflow_id workflow_run_id run_attempt run_number started_at completed_at environment_name env_name
  programmatic_access_type token_id token_scopes hashed_token transport_protocol_name protocol_name permission
  old_permission new_repo_permission old_repo_permission fingerprint key title read_only number alert_number ghsa_id
  secret_type secret_type_display_name resolution ruleset_id ruleset_name ruleset_source_type ruleset_enforcement
  ruleset_old_enforcement ruleset_rules_added ruleset_rules_deleted ruleset_bypass_actors_added
  ruleset_bypass_actors_deleted overridden_codes reasons pull_request_id pull_request_url review_state
  application_name oauth_application_name integration hook_id events active config data deploy_key_fingerprint
  oauth_application_id
  ${[...restrictive, ...permissive].join(' ')}`.split(/\s+/u),
);
/** Of lists and of the settings of a hook, a few: a hook's secret and address are not among them. */
const itemsMax = 20;

export function keptRecord(record: Dict): { readonly [key: string]: Json | undefined } {
  const kept: Record<string, Json | undefined> = {};
  for (const name in record) {
    // The text of a public key tells nobody anything; its fingerprint stands beside it.
    if (names.has(name) && !(name === 'key' && scalarText(record[name]).length > 100))
      kept[name] = keptValue(record[name], 0);
  }
  return kept;
}

function keptValue(value: unknown, level: number): Json | undefined {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (level >= 2) return undefined;
  if (Array.isArray(value))
    return value.slice(0, itemsMax).flatMap((item: unknown) => keptValue(item, level + 1) ?? []);
  if (!isDict(value)) return undefined;
  const kept: Record<string, Json> = {};
  for (const name in value) {
    const found = names.has(name) ? keptValue(value[name], level + 1) : undefined;
    if (found !== undefined) kept[name] = found;
  }
  return kept;
}
