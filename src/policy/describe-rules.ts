import { cedar } from './cedar.ts';
import type { Sentence } from './decision.ts';
import type { PolicySet } from './policy-set.ts';
import type { PolicyRule } from './read-policies.ts';
import type { RecordShape } from './schema-shape.ts';

/** A rule as whoever wonders about it reads it: the policy, and every word that it can say. */
export type RuleDescription = Omit<PolicyRule, 'policy' | 'message' | 'instead' | 'ask'> & {
  readonly text: string;
  readonly reasonUser: Sentence;
  readonly reasonAdmin: Sentence;
  readonly doInstead: readonly { readonly id: string; readonly text: Sentence }[];
  readonly ask?: { readonly id: string; readonly text: Sentence };
};

/** The rules of a set in the order of their files. */
export function describeRules({ rules, answers }: PolicySet): readonly RuleDescription[] {
  return rules.map(({ policy, message: _message, instead: _instead, ask: _ask, ...rule }) => {
    const said = answers.rule.get(rule.id);
    const written = cedar().policyToText({ ...policy, annotations: {} });
    return {
      ...rule,
      text: written.type === 'success' ? written.text : '',
      reasonUser: said?.reasonUser ?? {},
      reasonAdmin: said?.reasonAdmin ?? {},
      doInstead: said?.doInstead ?? [],
      ...(said?.ask === undefined ? {} : { ask: said.ask }),
    };
  });
}

/** Something that a policy may look at and that a form can ask for. */
export type AskedFact = { readonly name: string; readonly kind: 'text' | 'number' | 'flag' };

/** What can be asked: everything else is denied before any policy is looked at. */
export type AskableAction = {
  readonly action: string;
  readonly subjects: readonly string[];
  readonly resources: readonly string[];
  readonly context: readonly AskedFact[];
  /** Members of the action's own properties. */
  readonly properties: readonly AskedFact[];
};

export function askableActions({ shape }: PolicySet): readonly AskableAction[] {
  return [...shape.actions].map(([action, { subjects, resources, context }]) => {
    const own = context.members.get('action');
    return {
      action,
      subjects: [...subjects],
      resources: [...resources],
      context: factsOf(context),
      properties: own?.kind === 'record' ? factsOf(own) : [],
    };
  });
}

/** By type of subject or resource. */
export function askableFacts({ shape }: PolicySet): Readonly<Record<string, readonly AskedFact[]>> {
  return Object.fromEntries([...shape.entities].map(([type, record]) => [type, factsOf(record)]));
}

function factsOf({ members }: RecordShape): readonly AskedFact[] {
  return [...members].flatMap(([name, { kind }]) =>
    kind === 'text' || kind === 'number' || kind === 'flag' ? [{ name, kind }] : [],
  );
}
