/** One call of a tool by an agent, or an attempt at one, whichever form told it. Texts are as the sender wrote them. */
export type ToolCall = {
  readonly form: CallForm;
  readonly tool: string;
  /** Parsed where the sender wrote JSON in a text. */
  readonly given: unknown;
  /** The sender's own name of what happened, such as `PreToolUse` or `tools/call`. */
  readonly action: string | undefined;
  /** What tells this call from others of the same sender. */
  readonly idParts: readonly (string | undefined)[];
  readonly time?: unknown;
  readonly agent?: Agent | undefined;
  readonly sponsor?: Sponsor | undefined;
  /** Who asked the agent, where the sender says so. */
  readonly caller?: { readonly name?: string | undefined; readonly email?: string | undefined } | undefined;
  readonly session?: string | undefined;
  readonly run?: string | undefined;
  readonly request?: string | undefined;
  readonly statedDecision?: string | undefined;
  /** True where the tool gave a result: then it was let through. */
  readonly wasAnswered?: boolean;
  readonly reason?: string | undefined;
  readonly role?: string | undefined;
  readonly purpose?: string | undefined;
  /** The tools that the agent was given, when the sender lists them; a name may end in `*`. */
  readonly declaredTools?: readonly string[] | undefined;
  readonly approval?: Approval | undefined;
  readonly following?: Following | undefined;
  readonly folder?: string | undefined;
};
export type CallForm = 'governance' | 'hook' | 'trace' | 'mcp' | 'ocsf' | 'react' | 'plain';

export type Agent = {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly model?: string | undefined;
  /** Hash of the prompt that the agent was given, as the sender made it. */
  readonly promptHash?: string | undefined;
};

/** The human who is named as answerable for an agent. */
export type Sponsor = {
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly isVerified?: boolean | undefined;
};

export type Approval = {
  /** The sender says that somebody had to approve it, or that nobody was asked although it is usual. */
  readonly isMissing: boolean;
  readonly by?: string | undefined;
};

/**
 * What joins a call with a passage of an earlier result that gives orders: a value among the arguments, the tool's
 * name, or the words of that name.
 */
export type Following = {
  readonly by: 'argument' | 'tool-name' | 'words';
  /** The tool whose result brought the passage. */
  readonly from: string | undefined;
  readonly passage: string;
};

export type Decision = 'allowed' | 'approved' | 'denied' | 'pending' | 'asked';

const decisions: Readonly<Record<string, Decision>> = {
  allow: 'allowed',
  allowed: 'allowed',
  permit: 'allowed',
  permitted: 'allowed',
  granted: 'allowed',
  approve: 'approved',
  approved: 'approved',
  deny: 'denied',
  denied: 'denied',
  block: 'denied',
  blocked: 'denied',
  reject: 'denied',
  rejected: 'denied',
  refused: 'denied',
  forbidden: 'denied',
  pending: 'pending',
  pending_approval: 'pending',
  waiting: 'pending',
  escalated: 'pending',
  ask: 'asked',
  asked: 'asked',
};

export function decisionOf(stated: string | undefined): Decision | undefined {
  const word = stated?.trim().toLowerCase().replaceAll('-', '_') ?? '';
  return Object.hasOwn(decisions, word) ? decisions[word] : undefined;
}
