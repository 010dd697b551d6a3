import { decisionOf, type ToolCall } from './call.ts';
import { isIrreversible } from './irreversible.ts';
import { type SecretPlace, secretPlaceOf } from './secret-reach.ts';

/** What a call can break, the gravest first: the first becomes `joins.rule`. */
export const ruleClasses = [
  'secret-reach',
  'injected-instruction',
  'outside-purpose',
  'unapproved-irreversible',
  'denied-tool',
] as const;
export type RuleClass = (typeof ruleClasses)[number];

export type Judgement = {
  readonly rules: readonly RuleClass[];
  readonly secretPlace: SecretPlace | undefined;
  readonly isOutsidePurpose: boolean;
  readonly isIrreversible: boolean;
};

/** What the call broke, by what the sender says and by what was called. Pure. */
export function judge(call: ToolCall): Judgement {
  const decision = decisionOf(call.statedDecision);
  const secretPlace = secretPlaceOf(call.tool, call.given);
  const isOutsidePurpose =
    (call.declaredTools !== undefined && !isDeclared(call.tool, call.declaredTools)) ||
    (decision === 'denied' && saysOutside.test(call.reason?.slice(0, 500) ?? ''));
  const irreversible = isIrreversible(call.tool, call.given);
  const isWaiting = decision === 'pending' || decision === 'asked';
  const broken: Readonly<Record<RuleClass, boolean>> = {
    'secret-reach': secretPlace !== undefined,
    'injected-instruction': call.following !== undefined,
    'outside-purpose': isOutsidePurpose,
    // A call that still waits, or was refused, has done nothing without approval.
    'unapproved-irreversible':
      irreversible && call.approval?.isMissing === true && !isWaiting && decision !== 'denied',
    'denied-tool': decision === 'denied',
  };
  return {
    rules: ruleClasses.filter((rule) => broken[rule]),
    secretPlace,
    isOutsidePurpose,
    isIrreversible: irreversible,
  };
}

/** How policy engines say that a tool is not among those of an agent or a role. */
const saysOutside =
  /\bnot (?:in (?:the |its )?allow(?:ed)?[ -]?list|in allowed|permitted for|allowed for|authori[sz]ed for)/iu;

function isDeclared(tool: string, declared: readonly string[]): boolean {
  return declared.some((name) =>
    name.endsWith('*') ? tool.startsWith(name.slice(0, -1)) : name.toLowerCase() === tool.toLowerCase(),
  );
}
