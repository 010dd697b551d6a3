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
  readonly decision: 'allow' | 'deny' | 'ask' | 'told';
  /** Left out where a policy or nobody decided. */
  readonly behaviour?: string;
  readonly rule?: string;
  readonly say: string;
  /** Whether the same may be tried again. */
  readonly retry: boolean;
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

/** Nobody can be asked: a person decides. Starting the server ends this. */
export function awayAnswer(isKnown: boolean): AgentAnswer {
  const why = isKnown ? 'The server of Foldback does not answer.' : 'No server of Foldback runs or is known.';
  return {
    version: 1,
    decision: 'ask',
    say: `${why} No critical rule that is known here forbids this call. A person decides.`,
    retry: true,
  };
}

/** What cannot be read cannot be judged. */
export function unreadAnswer(): AgentAnswer {
  return {
    version: 1,
    decision: 'ask',
    say: 'Foldback could not read this call. A person decides.',
    retry: false,
  };
}

/** What a person is told beside an answer that was given without the server. */
export function withAway(answer: AgentAnswer, isKnown: boolean): AgentAnswer {
  const why = isKnown ? 'The server of Foldback does not answer' : 'No server of Foldback runs or is known';
  return { ...answer, say: `${answer.say} (${why}: the rules that are known here were held against it.)` };
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
