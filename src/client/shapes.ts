/** Somebody or something: `{ type: 'workload', id: 'svc-release' }`. Properties are what policies may look at. */
export type PolicyThing = {
  readonly type: string;
  readonly id: string;
  readonly properties?: Readonly<Record<string, unknown>>;
};

/** May this subject do this to that (AuthZEN Authorization API 1.0, section 5)? */
export type PolicyQuestion = {
  readonly subject: PolicyThing;
  readonly action: { readonly name: string; readonly properties?: Readonly<Record<string, unknown>> };
  readonly resource: PolicyThing;
  readonly context?: Readonly<Record<string, unknown>>;
};

export type PolicyDecision = {
  readonly allowed: boolean;
  /** Nobody answered, or not in a way that can be read: `allowed` is false, and no rule says so. */
  readonly isUnavailable: boolean;
  /** Why not, in plain words; empty where it is allowed. */
  readonly reason: string;
  /** What may be done instead. */
  readonly instead: readonly string[];
  /** Whom to ask. */
  readonly ask?: string;
  /** What is forbidden, in whatever form. */
  readonly ruleClass?: string;
  /** Whether the same may be tried again once what it lacks is there. */
  readonly retryable: boolean;
  /** `call`: this call only. `class`: everything of its kind, so that another form is no way around. */
  readonly scope: 'call' | 'class';
  /** When a grant ends (RFC 3339). */
  readonly expires?: string;
  /** Names the lesson, for whoever wants to say it once only. */
  readonly lesson?: string;
  readonly requestId: string;
  /** All that the server said beside its decision. */
  readonly context: Readonly<Record<string, unknown>>;
};
