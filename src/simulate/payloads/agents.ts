import type { Agent } from '../organisation.ts';

type Sponsor = { readonly name: string; readonly email: string };

/** One call of a tool by an agent, in the plain form. */
export function agentCall(agent: Agent, sponsor: Sponsor | undefined, tool: string, at: number) {
  return {
    id: `call-${agent.id}-${at}`,
    time: new Date(at).toISOString(),
    session: `s-${agent.id}-${Math.floor(at / 3_600_000)}`,
    agent: { id: agent.id, version: '2.0.1' },
    ...(sponsor === undefined
      ? {}
      : { sponsor: { name: sponsor.name, email: sponsor.email, verified: true } }),
    purpose: 'Prepares releases',
    tools: agent.tools,
    tool,
    arguments: {},
    decision: 'allowed',
  };
}

/** An agent's papers after it was stopped, as a governance toolkit keeps them. */
export function agentStopped(agent: Agent, sponsor: Sponsor | undefined, at: number) {
  const time = new Date(at).toISOString();
  return {
    did: agent.id,
    name: agent.id,
    sponsor_email: sponsor?.email ?? null,
    sponsor_verified: sponsor !== undefined,
    organization: 'brightharbour',
    capabilities: ['read'],
    created_at: time,
    updated_at: time,
    status: 'revoked',
    revocation_reason: 'switched off',
  };
}
