/**
 * reword   a marked place in the message, for its author · variant  a further wording beside the usual one
 * split    one behaviour becomes two · merge  two become one
 * control  words did not help twice: ask for a control earlier
 */
export const reviewKinds = ['reword', 'variant', 'split', 'merge', 'control'] as const;
export type ReviewKind = (typeof reviewKinds)[number];

/** `lapsed`: a later look did not find it again. */
export const reviewStates = ['proposed', 'accepted', 'rejected', 'lapsed'] as const;
export type ReviewState = (typeof reviewStates)[number];

/** What a change has to reach (COM-B): a hint by rule, for a person to judge. */
export const causes = ['capability', 'opportunity', 'motivation'] as const;
export type Cause = (typeof causes)[number];

/**
 * no-effect  the upper bound of the risk ratio, by an experiment · not-fixed  proven within seven days
 * replies    people who answered so, of those who were told · words  what these answers say more than others
 * kinds      one level of a feature recurs more or less than the others · same-kind  two behaviours recur alike
 * repeats    people who met one sign in several practice mails and missed it again
 * failed-versions  wordings of the message that were found not to work
 */
export const evidenceCodes = [
  'no-effect',
  'not-fixed',
  'replies',
  'words',
  'kinds',
  'same-kind',
  'repeats',
  'failed-versions',
] as const;

/** `x` of `n` with its interval (95 %); of `same-kind` and `no-effect` the interval is that of a ratio. */
export type Evidence = {
  readonly code: (typeof evidenceCodes)[number];
  /** Which reply, level, sign or other behaviour; empty where there is none. */
  readonly subject: string;
  readonly x: number;
  readonly n: number;
  readonly lower?: number;
  readonly upper?: number;
  /** The share that it is held against. */
  readonly against?: number;
};

export type Draft = {
  readonly kind: ReviewKind;
  readonly behaviour: string;
  /** With kind and behaviour what makes it the same proposal: no count stands in it. */
  readonly subject: string;
  readonly evidence: readonly Evidence[];
  readonly cause?: Cause;
  /** Words of answers, each of five people or more; shown, and written into no patch. */
  readonly words: readonly { readonly word: string; readonly people: number }[];
};

/** Why a proposal has no patch: a person writes it. */
export const patchGaps = ['no-field', 'form-not-known', 'nothing-to-change'] as const;
export type PatchGap = (typeof patchGaps)[number];

export type ReviewPatch =
  | { readonly kind: 'written'; readonly text: string; readonly files: readonly string[] }
  | { readonly kind: 'left'; readonly gap: PatchGap };

export type ReviewBody = Pick<Draft, 'evidence' | 'cause' | 'words'> & { readonly patch: ReviewPatch };

/** Fewer people are no group. */
export const reviewPeopleMin = 5;
