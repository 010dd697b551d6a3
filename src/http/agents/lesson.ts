import type { JsonValue } from '../../lib/canonical-json.ts';
import type { Packs } from '../../packs/load.ts';
import type { Decision } from '../../policy/decision.ts';
import type { PolicySet } from '../../policy/policy-set.ts';
import type { LoopRow } from '../../ports/store.ts';
import { iso } from '../json/shapes.ts';

export type Lesson = { readonly [name: string]: JsonValue };

export type LessonWords = {
  readonly packs: Pick<Packs, 'behaviours' | 'words'>;
  readonly policies: PolicySet;
  readonly language: string;
};

/**
 * What an agent is told of a case of its own: names from lists, sentences of the packs, times and counts. Nothing of an
 * event, as that may be the very text that led it astray (invariant 6).
 */
export function lessonOf(row: LoopRow, { packs, policies, language }: LessonWords): Lesson {
  const behaviour = packs.behaviours.get(row.behaviour)?.behaviour;
  const words = packs.words(row.behaviour, language);
  const stated = row.facts.kept.map(({ joins }) => joins?.rule).find((rule) => rule !== undefined);
  const policy = stated === undefined ? undefined : ruleOf(policies, stated);
  const known = stated === undefined ? undefined : words?.providers.get(stated);
  const said = known ?? words?.generic;
  const spoken = (sentence: Readonly<Record<string, string>> | undefined) =>
    sentence?.[language] ?? sentence?.en;
  const reason = spoken(policy?.reasonUser);
  const ask = spoken(policy?.ask?.text);
  return {
    case: row.caseCode,
    behaviour: row.behaviour,
    ...(behaviour === undefined ? {} : { title: behaviour.title, summary: behaviour.summary }),
    // A rule that no list has is a word of the event.
    ...(stated !== undefined && (policy !== undefined || known !== undefined) ? { rule: stated } : {}),
    ...(said === undefined ? {} : { what: said.thing, why: said.sign }),
    ...(reason === undefined ? {} : { reason }),
    ...(policy === undefined
      ? {}
      : { instead: policy.doInstead.flatMap(({ text }) => spoken(text) ?? []), scope: policy.scope }),
    ...(ask === undefined ? {} : { ask }),
    state: row.state,
    rung: row.rung,
    times: row.facts.sightings,
    firstAt: iso(row.firstOccurredAt),
    lastAt: iso(row.lastOccurredAt),
    isRelapse: row.relapseOf !== undefined,
  };
}

/** Events name the class of a rule. Of those that forbid one thing, the one for agents says it in their words. */
function ruleOf({ rules, answers }: PolicySet, ruleClass: string): Decision | undefined {
  const ofClass = rules.filter((rule) => rule.effect === 'forbid' && rule.ruleClass === ruleClass);
  const forAgents = ofClass.find(
    ({ policy: { principal } }) => principal.op === 'is' && principal.entity_type === 'agent',
  );
  const rule = forAgents ?? ofClass[0];
  return rule === undefined ? undefined : answers.rule.get(rule.id);
}
