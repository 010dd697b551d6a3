import { once } from 'node:events';
import { homedir } from 'node:os';
import type { AgentAnswer, AgentToolName } from '../../policy/mcp/agent-tools.ts';
import { signedSchema } from '../../policy/mcp/agent-tools.ts';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { agentHookSettings, knownServer } from '../hook/agent-settings.ts';
import { askJson } from '../hook/ask-json.ts';
import { note } from '../output.ts';

export type McpFlags = {
  readonly config?: string;
  readonly server?: string;
  readonly agent?: string;
};

const timeoutMs = 10_000;

/**
 * Serves the tools of agents on standard input and output, and asks a running server for every answer. Settings come
 * from the environment and the home folder: whoever wrote the files of a workspace could name the server that gets the
 * token.
 */
export async function mcpCommand(flags: McpFlags, version: string): Promise<ExitCode> {
  if (process.stdin.isTTY === true)
    throw new CliError(
      'An agent speaks to this command on its standard input: name it as an MCP server there.',
    );
  const settings = await agentHookSettings(flags, process.env, homedir());
  const call = async (tool: AgentToolName, input: unknown): Promise<AgentAnswer> => {
    const server = await knownServer(settings, flags.server);
    if (server === undefined) return refused('No server of Foldback runs or is known. Ask a person.');
    const named = flags.agent === undefined ? {} : { agent: flags.agent };
    const body = { tool, arguments: input ?? {}, ...named };
    const answered = await askJson(server, 'POST', '/v1/agents/calls', body, timeoutMs);
    if (answered === undefined) return refused('The server of Foldback does not answer. Ask a person.');
    const signed = signedSchema.safeParse(answered.body);
    if (answered.status === 200 && signed.success) return { kind: 'said', signed: signed.data };
    return refused(reasonOf(answered.status));
  };
  const { serveMcpStdio } = await import('../../policy/mcp/agent-server.ts');
  const handle = serveMcpStdio(version, call, (fault) => note(`foldback mcp: ${fault.message}`));
  await once(process.stdin, 'close');
  await handle.close();
  return exit.ok;
}

function refused(reason: string): AgentAnswer {
  return { kind: 'refused', reason };
}

/** In words of our own, as an agent reads them. */
function reasonOf(status: number): string {
  switch (status) {
    case 400:
      return 'Foldback does not know which agent you are: start it with --agent, or with the token of an agent.';
    case 401:
    case 403:
      return 'The token of this agent does not allow it.';
    case 409:
      return 'No open case of yours has this name, or the input does not fit this tool.';
    case 429:
      return 'Too many calls. Wait a minute.';
    default:
      return 'The server of Foldback could not answer.';
  }
}
