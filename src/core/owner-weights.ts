/**
 * How much each kind of evidence says about who the owner is. Content more than code: the numbers are an argument of
 * `rankOwners`, so that a calibrated set can take their place.
 */
export type OwnerWeights = {
  readonly kinds: Readonly<Record<string, KindWeight>>;
  /** What is left of a leaver's evidence when it moves to their team, else their manager. */
  readonly leaverFactor: number;
  /** The most that a kind without an entry may weigh. */
  readonly unlistedWeightMax: number;
  /** Share of their confidence that those who merely answer for the place lose when it is sure who did it. */
  readonly placeDiscount: number;
};

export type KindWeight = {
  /** 0 to 1: the chance that this evidence alone names the right owner. */
  readonly weight: number;
  /** Kinds of one family have one origin: only the strongest of them counts. */
  readonly family: string;
  /**
   * `deed`: who did it or holds it; two different answers contradict each other. `place`: who answers for the place;
   * it does not contradict the deed. `support`: adds to a deed, says nothing alone about who. `against`: lowers.
   */
  readonly says: 'deed' | 'place' | 'support' | 'against';
  readonly because: string;
};

export const ownerWeights: OwnerWeights = {
  leaverFactor: 0.7,
  unlistedWeightMax: 0.3,
  placeDiscount: 0.5,
  kinds: {
    learnt: {
      weight: 0.95,
      family: 'learnt',
      says: 'deed',
      because: 'someone was named as the owner and accepted; wrong only when people have moved since',
    },
    'account-holder': {
      weight: 0.9,
      family: 'account',
      says: 'deed',
      because: 'the directory says whose account it is; shared accounts are the exception',
    },
    pusher: {
      weight: 0.8,
      family: 'push',
      says: 'deed',
      because: 'the pusher logged in, so it is no forgery; but maintainers also push the work of others',
    },
    'session-caller': {
      weight: 0.8,
      family: 'account',
      says: 'deed',
      because: 'whoever opened the session had logged in; a session that is shared is the exception',
    },
    sponsor: {
      weight: 0.85,
      family: 'resource',
      says: 'deed',
      because:
        'a sponsor is named on purpose as answerable for the identity, and goes stale when people move',
    },
    creator: {
      weight: 0.5,
      family: 'creator',
      says: 'deed',
      because: 'who made an identity often made it for somebody else',
    },
    'resource-owner': {
      weight: 0.7,
      family: 'resource',
      says: 'deed',
      because: 'an owner tag was set on purpose, and goes stale when people move',
    },
    'mailbox-holder': {
      weight: 0.85,
      family: 'account',
      says: 'deed',
      because: 'the mail was made for this mailbox alone; shared and forwarded mailboxes are the exception',
    },
    'named-by-hand': {
      weight: 0.7,
      family: 'named',
      says: 'deed',
      because: 'an operator who looked into the case named this owner',
    },
    'commit-author': {
      weight: 0.6,
      family: 'commit',
      says: 'deed',
      because: 'usually right, but anyone may write any name into a commit: alone it is medium',
    },
    assignee: {
      weight: 0.5,
      family: 'assignee',
      says: 'deed',
      because: 'whoever is to work on an alert often has not caused it',
    },
    'line-author': {
      weight: 0.5,
      family: 'commit',
      says: 'deed',
      because: 'the last change of a line is a guess at its introduction, and the line may have moved',
    },
    'commit-committer': {
      weight: 0.3,
      family: 'commit',
      says: 'deed',
      because: 'who applied a change: after a rebase or a merge often somebody else than its author',
    },
    suggested: {
      weight: 0.3,
      family: 'learnt',
      says: 'deed',
      because: 'a recipient said "it is X"; weak until X accepts',
    },
    codeowners: {
      weight: 0.65,
      family: 'codeowners',
      says: 'place',
      because: 'a rule for this path names who reviews it: the accountable side, not who did it',
    },
    'codeowners-default': {
      weight: 0.4,
      family: 'codeowners',
      says: 'place',
      because: 'a rule for every file says whose repository it is, and often nobody thought of this file',
    },
    'known-person': {
      weight: 0.4,
      family: 'known',
      says: 'support',
      because: 'the address belongs to someone who works here, so it is neither mistyped nor a machine',
    },
    'team-agrees': {
      weight: 0.2,
      family: 'team',
      says: 'support',
      because: "the person's own team answers for the place",
    },
    disowned: {
      weight: 0.9,
      family: 'disowned',
      says: 'against',
      because: 'this owner said "not mine", and nobody has contradicted it',
    },
  },
};
