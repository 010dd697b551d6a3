import type { Severity } from './read-policies.ts';

/** A sentence in every language of the packs, by BCP 47 tag. */
export type Sentence = Readonly<Record<string, string>>;

export const outcomes = ['permitted', 'forbidden', 'nothing-permits', 'failed', 'unreadable'] as const;
/**
 * permitted        a policy permits it and none forbids it
 * forbidden        a rule forbids it
 * nothing-permits  no rule forbids it, and none permits it
 * failed           a policy could not be evaluated: an outcome of its own, and never an allow
 * unreadable       a value has another type than the policies read, or the request is past a cap
 */
export type Outcome = (typeof outcomes)[number];

/** What may be said of a decision. Every text of it stands in the packs; nothing of a request does. */
export type Decision = {
  readonly decision: boolean;
  readonly outcome: Outcome;
  /** Ids of the policies that decided, the gravest first. */
  readonly rules: readonly string[];
  /** What the first of them forbids, in whatever form; the outcome's own name where no rule decided. */
  readonly ruleClass: string;
  readonly severity: Severity;
  /** Behaviour under which a denied attempt counts; undefined where no rule forbids. */
  readonly behaviour?: string;
  /** Whose policy it is. */
  readonly owner?: string;
  readonly reasonUser: Sentence;
  readonly reasonAdmin: Sentence;
  readonly doInstead: readonly { readonly id: string; readonly text: Sentence }[];
  readonly ask?: { readonly id: string; readonly text: Sentence };
  /** Whether the same call may be tried again, once what it lacks is there. */
  readonly retryable: boolean;
  /** `call`: this call only. `class`: everything of its kind, so that trying other forms is useless. */
  readonly scope: 'call' | 'class';
  /** Epoch milliseconds: a grant under an exception is good until then. */
  readonly expires?: number;
  /** Names the lesson and its wording: `<rule>@<version>`. Another version means that the rule or its words changed. */
  readonly lesson?: string;
  /** The longest exception that may be asked for, as `8h`; undefined: there is none. */
  readonly exception?: string;
  /** For operators and the log only: what failed, or where the request cannot be read (JSON pointer). */
  readonly detail?: string;
};
