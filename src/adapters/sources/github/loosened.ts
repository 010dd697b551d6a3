import { type Dict, dictOf, isDict, listOf, textOf } from '../../../lib/guards.ts';

/** Settings of a protected branch that protect the more, the higher they stand: level, switch or number. */
export const restrictive: ReadonlySet<string> = new Set([
  'admin_enforced',
  'pull_request_reviews_enforcement_level',
  'required_approving_review_count',
  'dismiss_stale_reviews_on_push',
  'dismiss_stale_reviews',
  'require_code_owner_review',
  'require_last_push_approval',
  'ignore_approvals_from_contributors',
  'authorized_dismissal_actors_only',
  'authorized_actors_only',
  'required_status_checks_enforcement_level',
  'strict_required_status_checks_policy',
  'signature_requirement_enforcement_level',
  'linear_history_requirement_enforcement_level',
  'required_deployments_enforcement_level',
  'required_conversation_resolution_level',
  'required_review_thread_resolution',
  'merge_queue_enforcement_level',
  'lock_branch_enforcement_level',
  'create_protected',
]);

/** Settings that allow something that a protected branch refuses. */
export const permissive: ReadonlySet<string> = new Set([
  'allow_force_pushes_enforcement_level',
  'allow_deletions_enforcement_level',
]);

const levels = ['off', 'non_admins', 'everyone'];

/** How much a setting protects or allows: null and a missing level are off. */
export function strengthOf(value: unknown): number | undefined {
  if (value === null) return 0;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (value === 'true' || value === 'false') return Number(value === 'true');
  const level = levels.indexOf(textOf(value) ?? '');
  return level === -1 ? undefined : level;
}

/** Names of what was loosened and of what was tightened by an edit. */
export type Edit = { readonly loosened: readonly string[]; readonly tightened: readonly string[] };

/** Under which name the loss and the return of settings of one protection join: `main: admin_enforced`. */
export function ruleName(name: string, settings: readonly string[]): string {
  return `${name}: ${settings.map((one) => aliases.get(one) ?? one).join(', ')}`;
}

/** Settings that the audit log calls otherwise than the webhooks do. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['dismiss_stale_reviews', 'dismiss_stale_reviews_on_push'],
]);

type Change = readonly [name: string, direction: -1 | 0 | 1];

/** An edit of `branch_protection_rule`: `changes.<name>.from` against what the rule says now. */
export function editOfProtection(rule: Dict, changes: Dict): Edit {
  return sorted(
    Object.entries(changes).map(([name, change]): Change => {
      if (!isDict(change) || !('from' in change) || !(name in rule)) return [name, 0];
      return [name, directionOf(name, change.from, rule[name], rule)];
    }),
  );
}

function directionOf(name: string, from: unknown, now: unknown, rule: Dict): -1 | 0 | 1 {
  if (name === 'required_status_checks') return ofLists(now, from);
  // Who may push in spite of the rule: one more is one more who may.
  if (name === 'authorized_actor_names') return rule.authorized_actors_only === true ? ofLists(from, now) : 0;
  const [before, after] = [strengthOf(from), strengthOf(now)];
  if (before === undefined || after === undefined || before === after) return 0;
  if (restrictive.has(name)) return after < before ? -1 : 1;
  return permissive.has(name) ? (after > before ? -1 : 1) : 0;
}

/** Looser when something of the second list is missing in the first, stricter when only the other way round. */
function ofLists(required: unknown, other: unknown): -1 | 0 | 1 {
  const [has, had] = [textsOf(required), textsOf(other)];
  if (had.some((text) => !has.includes(text))) return -1;
  return has.some((text) => !had.includes(text)) ? 1 : 0;
}

/** An edit of `repository_ruleset`: `changes` names what was added, deleted and updated. */
export function editOfRuleset(ruleset: Dict, changes: Dict): Edit {
  const found: Change[] = [];
  const before = textOf(dictOf(changes.enforcement)?.from);
  if (before !== undefined) {
    const [was, is] = [before === 'active', ruleset.enforcement === 'active'];
    found.push(['enforcement', was === is ? 0 : is ? 1 : -1]);
  }
  const rules = dictOf(changes.rules);
  for (const one of listOf(rules?.deleted)) found.push([typeOfRule(one), -1]);
  for (const one of listOf(rules?.added)) found.push([typeOfRule(one), 1]);
  for (const one of listOf(rules?.updated).filter(isDict)) found.push(...ofUpdatedRule(one));
  for (const one of listOf(dictOf(changes.conditions)?.updated).filter(isDict)) {
    const now = dictOf(dictOf(one.condition)?.ref_name) ?? dictOf(one.condition) ?? {};
    const { include, exclude } = dictOf(one.changes) ?? {};
    if (isDict(include)) found.push(['include', ofLists(now.include, include.from)]);
    if (isDict(exclude)) found.push(['exclude', ofLists(exclude.from, now.exclude)]);
  }
  return sorted(found);
}

/** `changes.configuration.from` is the rule's former parameters, as JSON in a text. */
function ofUpdatedRule(updated: Dict): readonly Change[] {
  const rule = dictOf(updated.rule);
  const former = textOf(dictOf(dictOf(updated.changes)?.configuration)?.from);
  const now = dictOf(rule?.parameters);
  const before = former === undefined ? undefined : parsed(former);
  if (now === undefined || before === undefined) return [[typeOfRule(rule), 0]];
  return Object.keys(before).map((name): Change => [name, directionOf(name, before[name], now[name], {})]);
}

/** Parameters of a rule are short: what is longer is not read. */
const parametersLengthMax = 20_000;

function parsed(text: string): Dict | undefined {
  if (text.length > parametersLengthMax) return undefined;
  try {
    return dictOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function typeOfRule(rule: unknown): string {
  return textOf(dictOf(rule)?.type) ?? 'rule';
}

/** As many names of changes as a message could ever list. */
const namesMax = 20;

function sorted(changes: readonly Change[]): Edit {
  const of = (wanted: number) => [
    ...new Set(changes.filter(([, direction]) => direction === wanted).map(([name]) => name.slice(0, 100))),
  ];
  return { loosened: of(-1).sort().slice(0, namesMax), tightened: of(1).sort().slice(0, namesMax) };
}

function textsOf(value: unknown): readonly string[] {
  return listOf(value).flatMap((item) => textOf(isDict(item) ? item.context : item) ?? []);
}
