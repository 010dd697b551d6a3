import type { PolicyContent, PolicyWords } from '../core/policy/content.ts';
import { type CedarSchema, cedar } from './cedar.ts';
import type { PolicyProblem, PolicyRule } from './read-policies.ts';

/**
 * Holds rules against the schema and the words: types, ids, policies that no request can reach, sentences that are
 * missing in a language.
 *
 * @returns what may stand, but is worth a look
 */
export function checkRules(
  rules: readonly PolicyRule[],
  schema: CedarSchema,
  words: PolicyContent['words'],
  problems: PolicyProblem[],
): readonly PolicyProblem[] {
  const warnings: PolicyProblem[] = [];
  const byId = new Map<string, PolicyRule>();
  for (const rule of rules) {
    const { file, line, id } = rule;
    const other = byId.get(id);
    if (other !== undefined) problems.push({ file, line, reason: `"${id}" also stands in ${other.file}` });
    byId.set(id, rule);
  }
  const staticPolicies = Object.fromEntries(rules.map(({ id, policy }) => [id, policy]));
  const checked = cedar().validate({
    schema,
    policies: { staticPolicies },
    validationSettings: { mode: 'strict' },
  });
  if (checked.type === 'failure') {
    for (const { message } of checked.errors)
      problems.push({ file: 'policies/schema.cedarschema', line: 0, reason: message });
    return warnings;
  }
  const put = (into: PolicyProblem[], policyId: string, reason: string) => {
    const rule = byId.get(policyId);
    into.push({ file: rule?.file ?? 'policies', line: rule?.line ?? 0, reason });
  };
  for (const { policyId, error } of checked.validationErrors)
    put(problems, policyId, error.help === null ? error.message : `${error.message} (${error.help})`);
  const unreachable = new Set<string>();
  for (const { policyId, error } of checked.validationWarnings) {
    if (/impossible|unable to find an applicable action/u.test(error.message)) unreachable.add(policyId);
    else put(warnings, policyId, error.message);
  }
  for (const id of unreachable)
    put(problems, id, `no request can reach "${id}": look at its types, its action and the schema`);
  missingWords(rules, words, problems);
  return warnings;
}

function missingWords(
  rules: readonly PolicyRule[],
  words: PolicyContent['words'],
  problems: PolicyProblem[],
): void {
  if (rules.length > 0 && !words.some((one) => one.words.language === 'en'))
    problems.push({
      file: 'policies/words.en.yaml',
      line: 0,
      reason: 'this file is missing or has problems',
    });
  for (const { file, line, id, effect, message, instead, ask } of rules) {
    if (effect !== 'forbid') continue;
    for (const { file: wordsFile, words: one } of words) {
      const lacks = (kind: keyof Pick<PolicyWords, 'messages' | 'instead' | 'ask'>, name: string) => {
        if (!Object.hasOwn(one[kind], name))
          problems.push({ file, line, reason: `"${id}": ${wordsFile} has no "${name}" under "${kind}"` });
      };
      lacks('messages', message);
      for (const name of instead) lacks('instead', name);
      lacks('ask', ask);
    }
  }
}
