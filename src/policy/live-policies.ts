import type { PolicyContent } from '../core/policy/content.ts';
import { openPolicies, type PolicySet } from './policy-set.ts';
import type { PolicyProblem } from './read-policies.ts';

export type PolicyStatus = {
  readonly version: string;
  readonly rules: number;
  /** What is wrong with the latest files; empty when they are in force. */
  readonly problems: readonly PolicyProblem[];
};

/** The policies in force. A set that is not sound never comes into force: the old one stays. */
export type LivePolicies = {
  readonly current: () => PolicySet;
  readonly replace: (
    content: PolicyContent,
    version: string,
    unread?: readonly PolicyProblem[],
  ) => 'replaced' | 'same' | 'refused';
  readonly status: () => PolicyStatus;
  readonly close: () => void;
};

/** Somebody who moves files about leaves the folder empty for a while. A restart takes over that there are none. */
const emptied: PolicyProblem = {
  file: 'policies',
  line: 0,
  reason: 'no policy is left, which a restart would take over',
};

/** @param set the first one, sound */
export function openLivePolicies(set: PolicySet): LivePolicies {
  let current = set;
  let problems: readonly PolicyProblem[] = [];
  let refused: string | undefined;
  return {
    current: () => current,
    replace: (content, version, given = []) => {
      const isEmptied = content.policies.length === 0 && current.rules.length > 0;
      const unread = isEmptied ? [...given, emptied] : given;
      if (version === current.version && unread.length === 0) {
        problems = [];
        refused = undefined;
        return 'same';
      }
      if (unread.length === 0 && version === refused) return 'refused';
      const opened = unread.length > 0 ? undefined : openPolicies(content, version);
      if (opened?.kind !== 'ok') {
        problems = opened?.problems ?? unread;
        refused = unread.length > 0 ? undefined : version;
        return 'refused';
      }
      // Decisions are made in one go, so that nobody is half-way through the old set.
      current.close();
      current = opened.set;
      problems = [];
      refused = undefined;
      return 'replaced';
    },
    status: () => ({ version: current.version, rules: current.rules.length, problems }),
    close: () => current.close(),
  };
}
