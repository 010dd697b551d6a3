import { createHash } from 'node:crypto';
import { type CedarExpression, type CedarPolicy, cedar } from './cedar.ts';
import { ownContext } from './schema-shape.ts';

/** What is wrong in the policies, for whoever wrote them. `line` is 1-based; 0 means the file as a whole. */
export type PolicyProblem = { readonly file: string; readonly line: number; readonly reason: string };

export const severities = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** One policy with what its annotations say. */
export type PolicyRule = {
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  readonly file: string;
  readonly line: number;
  /** Rules that forbid one thing in several forms share a class; its own id unless `@class` says another. */
  readonly ruleClass: string;
  /** Entries of the words; empty for what permits. */
  readonly message: string;
  readonly instead: readonly string[];
  readonly ask: string;
  readonly severity: Severity;
  readonly behaviour: string;
  /** Who is told when the path needs work: a team, or an address. */
  readonly owner: string;
  /** Whether this call alone is out of the question, or all of its class. */
  readonly scope: 'call' | 'class';
  /** Whether the same call may be tried again once its condition holds. */
  readonly isRetryable: boolean;
  /** The longest exception, as `8h` or `30d`; undefined: there is none. */
  readonly exception?: string;
  /** 12 hex of SHA-256 over the policy: another one means that the rule was changed. */
  readonly version: string;
  readonly policy: CedarPolicy;
};

const slug = /^[a-z][a-z0-9-]{1,63}$/u;
const annotations = new Set([
  'id',
  'class',
  'message',
  'instead',
  'ask',
  'severity',
  'behaviour',
  'owner',
  'scope',
  'retryable',
  'exception',
]);
const needed = ['message', 'instead', 'ask', 'severity', 'behaviour', 'owner'];

/** Reads one file of policies. Everything that is wrong goes to `problems`, with its line. */
export function readPolicies(file: string, text: string, problems: PolicyProblem[]): readonly PolicyRule[] {
  const parts = cedar().policySetTextToParts(text);
  if (parts.type === 'failure') {
    for (const { message, help, sourceLocations } of parts.errors) {
      const reason = help === null ? message : `${message} (${help})`;
      problems.push({ file, line: lineAt(text, sourceLocations?.[0]?.start), reason });
    }
    return [];
  }
  for (const template of parts.policy_templates)
    problems.push({ file, line: lineAt(text, text.indexOf(template)), reason: 'a policy has no ?slot here' });
  let from = 0;
  return parts.policies.flatMap((part) => {
    const start = text.indexOf(part, from);
    from = start < 0 ? from : start + part.length;
    const read = cedar().policyToJson(part);
    if (read.type === 'failure') {
      problems.push({
        file,
        line: lineAt(text, start),
        reason: read.errors[0]?.message ?? 'it cannot be read',
      });
      return [];
    }
    return ruleOf(file, lineAt(text, start), part, read.json, problems) ?? [];
  });
}

function ruleOf(
  file: string,
  line: number,
  text: string,
  policy: CedarPolicy,
  problems: PolicyProblem[],
): PolicyRule | undefined {
  const before = problems.length;
  const refuse = (reason: string) => problems.push({ file, line, reason });
  const said = new Map(Object.entries(policy.annotations ?? {}));
  const id = said.get('id') ?? '';
  if (!slug.test(id)) refuse('a policy needs @id("…") of small letters, digits and hyphens');
  for (const name of said.keys()) if (!annotations.has(name)) refuse(`"@${name}" is not known`);
  const isForbid = policy.effect === 'forbid';
  for (const name of isForbid ? needed : [])
    if ((said.get(name) ?? '') === '') refuse(`"${id}" forbids and needs @${name}("…")`);
  const severity = severities.find((one) => one === said.get('severity'));
  if (isForbid && severity === undefined && said.has('severity'))
    refuse(`@severity is one of ${severities.join(', ')}`);
  const scope = said.get('scope') ?? 'class';
  if (scope !== 'call' && scope !== 'class') refuse('@scope is call or class');
  const retryable = said.get('retryable') ?? 'false';
  if (retryable !== 'true' && retryable !== 'false') refuse('@retryable is true or false');
  const exception = said.get('exception');
  if (exception !== undefined && !/^\d{1,3}(m|h|d)$/u.test(exception))
    refuse('write @exception as 30m, 8h or 30d');
  if (isForbid && !hasOneCondition(policy))
    refuse(`"${id}" has more than one condition: a denial names the policy, so write one policy for each`);
  if (problems.length > before) return undefined;
  return {
    id,
    effect: policy.effect,
    file,
    line,
    ruleClass: said.get('class') ?? id,
    message: said.get('message') ?? '',
    instead: listOf(said.get('instead')),
    ask: said.get('ask') ?? '',
    severity: severity ?? 'low',
    behaviour: said.get('behaviour') ?? '',
    owner: said.get('owner') ?? '',
    scope: scope === 'call' ? 'call' : 'class',
    isRetryable: retryable === 'true',
    ...(exception === undefined ? {} : { exception }),
    version: createHash('sha256').update(text).digest('hex').slice(0, 12),
    policy: exception === undefined ? policy : withException(policy, id),
  };
}

function listOf(text = ''): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** Whether one thing makes it forbid. A look whether an attribute is there at all does not count. */
function hasOneCondition({ conditions }: CedarPolicy): boolean {
  const [first, ...others] = conditions;
  if (others.length > 0) return false;
  if (first === undefined) return true;
  const parts = conjuncts(first.body).filter((part) => !('has' in part));
  return parts.length <= 1 && !parts.some((part) => '||' in part || 'if-then-else' in part);
}

function conjuncts(body: CedarExpression): readonly CedarExpression[] {
  const both: unknown = '&&' in body ? body['&&'] : undefined;
  return isPair(both) ? [...conjuncts(both.left), ...conjuncts(both.right)] : [body];
}

function isPair(
  value: unknown,
): value is { readonly left: CedarExpression; readonly right: CedarExpression } {
  return typeof value === 'object' && value !== null && 'left' in value && 'right' in value;
}

/** It forbids nothing while an exception to it is in force: Foldback says so in its own part of the context. */
function withException(policy: CedarPolicy, id: string): CedarPolicy {
  const own: CedarExpression = { '.': { left: { Var: 'context' }, attr: ownContext } };
  const body: CedarExpression = {
    '&&': {
      left: { has: { left: { Var: 'context' }, attr: ownContext } },
      right: { contains: { left: { '.': { left: own, attr: 'exceptions' } }, right: { Value: id } } },
    },
  };
  return { ...policy, conditions: [...policy.conditions, { kind: 'unless', body }] };
}

function lineAt(text: string, offset: number | undefined): number {
  return offset === undefined || offset < 0 ? 0 : text.slice(0, offset).split('\n').length;
}
