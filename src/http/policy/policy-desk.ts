import type { Principal } from '../../access/principal.ts';
import type { Decision } from '../../policy/decision.ts';
import type { LivePolicies } from '../../policy/live-policies.ts';
import type { PolicyRequest } from '../../policy/request.ts';

/** Decides what programs ask, for every door. */
export type PolicyDesk = {
  readonly live: LivePolicies;
  /** Answers a question. Nobody is blamed for it. */
  readonly ask: (caller: Principal, request: PolicyRequest) => Decision;
};

export function openPolicyDesk(live: LivePolicies): PolicyDesk {
  return { live, ask: (_caller, request) => live.current().decide(request) };
}
