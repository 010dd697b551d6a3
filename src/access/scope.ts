/** What a principal may do, one sentence each; the documentation and `admin token --help` print it. */
export const scopeCatalogue = {
  'events:write': 'Send events and reports.',
  'loops:read': 'Read loops, their story and where they stand.',
  'loops:write': 'Open loops by hand, release history, answer for others, dismiss.',
  'messages:read': 'Read messages as they were sent, and the outbox.',
  'messages:write': 'Send messages again, settle uncertain ones, send a test to oneself.',
  'owners:read': 'Read people, teams and the evidence for who owns what.',
  'people:read': 'Read what directories say of one person, with their accounts; each look is recorded.',
  'owners:write': 'Decide who owns what, and who is asked instead.',
  'scim:write': 'Push people and groups, as an identity provider does.',
  'behaviours:read': 'Read the taxonomy and the words.',
  'behaviours:write': 'Change the taxonomy and the words.',
  'measures:read': 'Read figures, never of groups under five.',
  'experiments:write': 'Register, start and stop experiments with words.',
  'controls:read': 'Read proposed and applied controls.',
  'controls:write': 'Propose, apply and withdraw controls.',
  'evidence:read': 'Export evidence and read checkpoints.',
  'audit:read': 'Read who signed in, what was refused, and who changed who may do what.',
  'delivery:write':
    'Pause and resume all messages, turn them between shadow and live, withdraw one that waits.',
  'policy:evaluate': 'Ask whether something is allowed. It stays a question.',
  'policy:enforce': 'Enforce decisions: say that something was attempted, so that a denial counts.',
  'policy:approve': 'Decide about exceptions that others ask for.',
  'agents:use':
    'Work as one agent: check an action, read its lessons, say that its step is done, report a call.',
  'system:read': 'Read health, settings without secrets, and metrics.',
  admin: 'Everything, and who may do what.',
} as const satisfies Record<string, string>;

export type Scope = keyof typeof scopeCatalogue;

export const scopes: readonly Scope[] = Object.keys(scopeCatalogue).filter(isScope);

export function isScope(text: string): text is Scope {
  return Object.hasOwn(scopeCatalogue, text);
}
