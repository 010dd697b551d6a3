import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { agentToolNames, isAgentTool, signedSchema } from '../../policy/mcp/agent-tools.ts';
import { openAgentDesk } from '../agents/agent-desk.ts';
import { signPayload } from '../agents/sign-payload.ts';
import { readJsonBody } from '../hardening/json-body.ts';
import type { Room } from '../room.ts';
import {
  changing,
  jsonBodyBytesMax,
  noQuery,
  type Operations,
  reading,
  type ScopedOperation,
} from '../table/operation.ts';

type AgentKeys = 'POST /mcp' | 'POST /v1/agents/calls' | 'GET /v1/agents/rules';

const callBody = z.strictObject({
  tool: z.enum(['', ...agentToolNames]).refine(isAgentTool),
  arguments: z.record(z.string(), z.unknown()).default({}),
  agent: z.string().min(1).max(200).exactOptional().describe('Only with a token that belongs to no agent.'),
});

/** Names the agent where the caller may speak for any. */
const agentHeader = 'Foldback-Agent';

/** What agents ask: over MCP, and plainly for the commands that stand between an agent and this server. */
export function agentRoutes(room: Room): Pick<Operations, AgentKeys> {
  const { given } = room;
  const desk = openAgentDesk(room);
  const mcp: ScopedOperation = {
    kind: 'scoped',
    summary: 'The tools of agents (Model Context Protocol 2026-07-28, streamable HTTP).',
    answers: { 200: { description: 'A message of JSON-RPC, or a stream of them.' } },
    run: async (c, caller) => {
      const agent = desk.agentOf(caller, c.req.header(agentHeader));
      const body = await readJsonBody(c, jsonBodyBytesMax);
      // Loaded with the first agent that comes.
      const { serveMcp } = await import('../../policy/mcp/agent-server.ts');
      return serveMcp(c.req.raw, body, '1', (tool, input) => desk.call(caller, agent, tool, input));
    },
  };
  return {
    'POST /mcp': mcp,
    'POST /v1/agents/calls': changing({
      summary: 'Calls one of the tools of agents, without MCP.',
      body: callBody,
      answers: { 200: { description: 'The signed answer.', schema: signedSchema } },
      handle: async ({ c, caller, body }) => {
        const agent = desk.agentOf(caller, body.agent);
        const answer = await desk.call(caller, agent, body.tool, body.arguments);
        if (answer.kind === 'refused') throw new AppError('conflict', answer.reason);
        return c.json(answer.signed);
      },
    }),
    'GET /v1/agents/rules': reading({
      summary: 'Critical rules with their words: what is denied also while this server is away.',
      query: noQuery,
      answers: { 200: { description: 'The signed rules, and the public keys.', schema: signedSchema } },
      handle: ({ c }) => {
        const policies = given.policies.live.current();
        const rules = policies.rules
          .filter(({ effect, severity }) => effect === 'forbid' && severity === 'critical')
          .map(({ id, ruleClass, policy }) => {
            const said = policies.answers.rule.get(id);
            return {
              id,
              ruleClass,
              policy: JSON.stringify(policy),
              say: { ...said?.reasonUser },
              instead: (said?.doInstead ?? []).map(({ text }) => ({ ...text })),
              ask: { ...said?.ask?.text },
            };
          });
        const { keyId, publicKey } = given.signer;
        const signed = signPayload(given.signer, { version: policies.version, rules, keyId, publicKey });
        return c.json(signed);
      },
    }),
  };
}
