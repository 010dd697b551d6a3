import { createHash } from 'node:crypto';
import type { PolicyContent, PolicyWords } from '../core/policy/content.ts';
import type { Decision, Outcome, Sentence } from './decision.ts';
import type { PolicyRule } from './read-policies.ts';

/** Every answer that there can be, put together once: a decision picks one and writes nothing. */
export type Answers = {
  readonly rule: ReadonlyMap<string, Decision>;
  readonly general: Readonly<Record<Exclude<Outcome, 'forbidden'>, Decision>>;
  readonly again: Readonly<Record<keyof PolicyWords['general']['again'], Sentence>>;
};

type Words = PolicyContent['words'];

export function answersOf(rules: readonly PolicyRule[], words: Words): Answers {
  const said = (pick: (one: PolicyWords) => string | undefined): Sentence =>
    Object.freeze(
      Object.fromEntries(
        words.flatMap(({ words: one }) => {
          const text = pick(one);
          return text === undefined ? [] : [[one.language, text]];
        }),
      ),
    );
  const general = (outcome: 'nothing-permits' | 'failed' | 'unreadable'): Decision => {
    const name = outcome === 'nothing-permits' ? 'nothingPermits' : outcome;
    const of = (part: 'user' | 'admin' | 'instead' | 'ask') => said(({ general: all }) => all[name][part]);
    return Object.freeze({
      decision: false,
      outcome,
      rules: [],
      ruleClass: outcome,
      severity: 'low',
      reasonUser: of('user'),
      reasonAdmin: of('admin'),
      doInstead: [{ id: outcome, text: of('instead') }],
      ask: { id: outcome, text: of('ask') },
      retryable: outcome === 'failed',
      scope: 'class',
    });
  };
  const forbids = rules.filter(({ effect }) => effect === 'forbid');
  const rule = new Map(
    forbids.map((one): [string, Decision] => {
      const reasonUser = said(({ messages }) => messages[one.message]?.user);
      const reasonAdmin = said(({ messages }) => messages[one.message]?.admin);
      const doInstead = one.instead.map((id) => ({ id, text: said(({ instead }) => instead[id]) }));
      const ask = { id: one.ask, text: said((each) => each.ask[one.ask]) };
      // Each part by itself, so that whoever meets it again can be told which one is another.
      const wording = [one.version, reasonUser, [doInstead, ask]].map(shortHash).join('');
      const decision: Decision = {
        decision: false,
        outcome: 'forbidden',
        rules: [one.id],
        ruleClass: one.ruleClass,
        severity: one.severity,
        behaviour: one.behaviour,
        owner: one.owner,
        reasonUser,
        reasonAdmin,
        doInstead,
        ask,
        retryable: one.isRetryable,
        scope: one.scope,
        lesson: `${one.id}@${wording}`,
        ...(one.exception === undefined ? {} : { exception: one.exception }),
      };
      return [one.id, Object.freeze(decision)];
    }),
  );
  const permitted: Decision = Object.freeze({
    decision: true,
    outcome: 'permitted',
    rules: [],
    ruleClass: 'permitted',
    severity: 'low',
    reasonUser: {},
    reasonAdmin: {},
    doInstead: [],
    retryable: false,
    scope: 'call',
  });
  const again = (name: keyof PolicyWords['general']['again']) => said((one) => one.general.again[name]);
  return {
    rule,
    general: {
      permitted,
      'nothing-permits': general('nothing-permits'),
      failed: general('failed'),
      unreadable: general('unreadable'),
    },
    again: {
      same: again('same'),
      changed: again('changed'),
      newWay: again('newWay'),
      otherForm: again('otherForm'),
      path: again('path'),
      exceptionOver: again('exceptionOver'),
    },
  };
}

function shortHash(part: unknown): string {
  return createHash('sha256').update(JSON.stringify(part)).digest('hex').slice(0, 4);
}
