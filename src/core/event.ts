import type { Fingerprint } from './fingerprint.ts';

/** Who did it. `unknown` where the source does not say: a wrong name is worse than none. */
export type Actor = {
  readonly type: 'person' | 'workload' | 'agent' | 'unknown';
  readonly id?: string;
  readonly name?: string;
  readonly email?: string;
  readonly account?: Account;
};

/** An account in a named system, for example {system: 'github', name: 'octo-ana'}. */
export type Account = { readonly system: string; readonly name: string };

/** The account or credential that was used or exposed. `id` is safe to show: never a secret value. */
export type Identity = {
  readonly type: string;
  readonly id: string;
  readonly provider?: string;
};

/** What was reached for: a role, an environment, a branch, a bucket, a tool. `id` is the vendor's own name of it. */
export type Resource = { readonly type: string; readonly id: string };

/** Where a request came from and with which program, as the source saw it. */
export type Network = { readonly address?: string; readonly userAgent?: string };

/**
 * What joins an event with others of one undertaking, by a name from this list: each value is the vendor's own.
 * campaign   a simulation · run  one run of a workflow or agent · commit  40 (or 64) hex · ticket  a change request
 * subject    the claim by which a workload is known (`repo:acme/shop:environment:prod`, a SPIFFE id)
 * session    a login or an assumed role · request  the vendor's id of one request · rule  what was broken
 */
export const joinNames = [
  'campaign',
  'run',
  'commit',
  'ticket',
  'subject',
  'session',
  'request',
  'rule',
  'round',
] as const;
export type JoinName = (typeof joinNames)[number];
export type Joins = { readonly [Name in JoinName]?: string };

export type Where = {
  readonly repository?: string;
  /** 40 (or 64) lower-case hex, checked; a commit that is not hex is left out. */
  readonly commit?: string;
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  readonly startColumn?: number;
  readonly endColumn?: number;
  readonly branch?: string;
  /** As the source wrote it. Data only: never fetched, never a live link. */
  readonly url?: string;
};

export type Validity = 'active' | 'inactive' | 'unknown';

/** What may be kept of a secret: never the value. */
export type SecretFacts = {
  /** Provider slug such as `aws`, `github`, `stripe`, `private-key`, `database-url`, `generic`. */
  readonly provider: string;
  /** The scanner's rule or secret type. */
  readonly rule: string;
  /** Typed deterministic mask, see `mask.ts`. */
  readonly mask: string;
  /** Characters of the value, when the source showed it: used to look for it by windows of this length. */
  readonly length?: number;
  /** Last four characters, only of values of twenty or more. */
  readonly lastFour?: string;
  readonly validity: Validity;
  /** Set when the source only said that it looked: a "verified" without proof of use. */
  readonly validityNote?: string;
};

/**
 * A lead to the accountable human, taken from the payload itself. `session-caller`: who opened the session that was
 * used. `sponsor`: who is named as answerable for an agent or workload. `creator`: who made the identity.
 */
export type OwnerLead = {
  readonly kind:
    | 'commit-author'
    | 'commit-committer'
    | 'pusher'
    | 'resource-owner'
    | 'mailbox-holder'
    | 'assignee'
    | 'session-caller'
    | 'sponsor'
    | 'creator'
    | 'named-by-hand';
  readonly name?: string;
  readonly email?: string;
  readonly account?: Account;
};

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * One thing a source reported, normalised and immutable, with secrets already masked.
 * Times are epoch milliseconds, UTC.
 */
export type Event = {
  /** 32 lower-case hex: the same report of the same thing always has the same id. */
  readonly id: string;
  readonly source: string;
  /** Dotted, such as `secret.committed`; see `eventKinds`. */
  readonly kind: EventKind;
  readonly occurredAt: number;
  readonly receivedAt: number;
  readonly actor: Actor;
  readonly identity?: Identity;
  readonly resource?: Resource;
  /** The vendor's own name of what was done, such as `AssumeRole` or `protected_branch.destroy`. */
  readonly action?: string;
  /** Whether it was let through. Left out where the source does not say or the question makes no sense. */
  readonly outcome?: 'success' | 'failure';
  readonly network?: Network;
  readonly joins?: Joins;
  readonly where: Where;
  readonly fingerprints: readonly Fingerprint[];
  readonly secret?: SecretFacts;
  readonly leads: readonly OwnerLead[];
  /** Name and version of the detector, for trend breaks. */
  readonly detector?: { readonly name: string; readonly version?: string };
  /** The vendor's record as far as it is kept: masked, bounded, data only. */
  readonly record: { readonly [key: string]: Json };
};

/**
 * secret.committed  a secret stands in a commit or file
 * secret.status     the source says whether a secret works, without a new sighting (alert resolved, key deleted)
 * secret.location   where an alert's secret stands
 * scan.covered      a report looked at a repository (and path prefix) completely
 * push.made         commits reached a branch (an opportunity)
 * phish.sent        a simulated phishing mail was handed to the mail server (an opportunity)
 * phish.opened      the mail's images were loaded, by its reader or by a program
 * phish.clicked     the link in the mail was followed
 * phish.submitted   the form behind the link was sent; what was typed is not kept
 * phish.reported    the mail was reported as suspicious, which is what is wanted
 * phish.error       the mail could not be sent
 * token.issued      a token, session or short-lived credential was asked for; `outcome` says whether it was given
 * credential.created  a key, password or other lasting credential was made
 * credential.changed  a password or second factor was replaced
 * credential.removed  one was deleted, revoked or disabled
 * identity.disabled an account was disabled or its holder left · identity.enabled  the other way round
 * control.bypassed  a control stood and was gone around (override, forced push, own approval)
 * control.disabled  a control was taken away or loosened · control.restored  it stands again
 * change.proposed   a change was put up for review · change.reviewed  somebody approved or refused it
 * change.merged     it was taken · gate.passed  a deployment gate was opened by somebody or by its rules
 * workflow.run      a workflow or one of its jobs began or ended · deploy.made  something was deployed
 * agent.called      an AI agent called a tool, or tried to
 * policy.denied     a policy stopped an attempt · policy.allowed  a later one went through on the approved path
 * policy.path-failing  a policy stops the same attempts again and again: the path beside it needs work
 * activity.recorded anything else that an audit log tells
 * finding.reported  anything else a source reported
 */
export const eventKinds = [
  'secret.committed',
  'secret.status',
  'secret.location',
  'scan.covered',
  'push.made',
  'phish.sent',
  'phish.opened',
  'phish.clicked',
  'phish.submitted',
  'phish.reported',
  'phish.error',
  'token.issued',
  'credential.created',
  'credential.changed',
  'credential.removed',
  'identity.disabled',
  'identity.enabled',
  'control.bypassed',
  'control.disabled',
  'control.restored',
  'change.proposed',
  'change.reviewed',
  'change.merged',
  'gate.passed',
  'workflow.run',
  'deploy.made',
  'repository.archived',
  'agent.called',
  'policy.denied',
  'policy.allowed',
  'policy.path-failing',
  'activity.recorded',
  'finding.reported',
] as const;
export type EventKind = (typeof eventKinds)[number];
