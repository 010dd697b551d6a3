import type { BrokenCall } from '../../judge-call.ts';

/** When in the life of a call the hook runs: before it can be stopped, behind it only told of. */
export type HookMoment = 'before' | 'after';

/**
 * What the agent is answered. Every part is a word of the packs, a name from a list, or fixed: nothing of the call, its
 * arguments or what the agent read comes back to it, as that may be the very text that leads it astray.
 */
export type AgentAnswer = {
  readonly version: 1;
  /** `ask`: a person decides. `told`: it is done already. */
  readonly decision: 'deny' | 'ask' | 'told';
  readonly behaviour: string;
  readonly rule: string;
  readonly say: string;
  /** Whether the same by another way would be let through. */
  readonly retry: false;
};

/** What nobody can undo waits for a person; the rest is nobody's to allow in passing. */
const asked: ReadonlySet<string> = new Set(['unapproved-irreversible']);

export function agentAnswer({ behaviour, rule, thing }: BrokenCall, moment: HookMoment): AgentAnswer {
  const decision = moment === 'after' ? 'told' : asked.has(rule) ? 'ask' : 'deny';
  const what = `${thing ?? 'a call against a rule'} (${rule})`;
  const heads = {
    deny: `Foldback stopped this call: ${what}.`,
    ask: `Foldback asks a person before this call: ${what}.`,
    told: `Foldback noted this call: ${what}.`,
  } as const;
  return {
    version: 1,
    decision,
    behaviour,
    rule,
    say: `${heads[decision]} Do not try it another way. Go on without it, or say what you need and stop.`,
    retry: false,
  };
}

/** The answer as coding agents read it from their hooks. */
export function hookOutput(event: string, { decision, say }: AgentAnswer): object {
  return {
    hookSpecificOutput:
      decision === 'told'
        ? { hookEventName: event, additionalContext: say }
        : { hookEventName: event, permissionDecision: decision, permissionDecisionReason: say },
  };
}
