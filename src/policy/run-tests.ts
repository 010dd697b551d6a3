import type { PolicyContent } from '../core/policy/content.ts';
import type { PolicySet } from './policy-set.ts';

export type PolicyTestResult = {
  readonly file: string;
  readonly name: string;
  readonly isOk: boolean;
  /** `forbidden by production-token-unapproved` */
  readonly expected: string;
  readonly said: string;
};

/** Runs the tests that stand beside the policies. */
export function runPolicyTests(content: PolicyContent, set: PolicySet): readonly PolicyTestResult[] {
  return content.tests.flatMap(({ file, tests }) =>
    tests.map(({ name, request, expect, rule }) => {
      const { outcome, rules } = set.decide(request);
      const isOk = outcome === expect && (rule === undefined || rules.includes(rule));
      return { file, name, isOk, expected: said(expect, rule), said: said(outcome, rules[0]) };
    }),
  );
}

/** Rules that forbid and that no test reaches: nothing shows that they do what they say. */
export function untestedRules(content: PolicyContent, set: PolicySet): readonly string[] {
  const tested = new Set(
    content.tests.flatMap(({ tests }) =>
      tests
        .filter(({ expect }) => expect === 'forbidden')
        .flatMap(({ request }) => set.decide(request).rules),
    ),
  );
  return set.rules.filter(({ effect, id }) => effect === 'forbid' && !tested.has(id)).map(({ id }) => id);
}

function said(outcome: string, rule: string | undefined): string {
  return rule === undefined ? outcome : `${outcome} by ${rule}`;
}
