import { parseArgs } from 'node:util';
import { type HookAgentFlags, hookAgentCommand } from './commands/hook-agent.ts';
import { errorText, exitCodeOf } from './exit.ts';
import { note } from './output.ts';

/**
 * `foldback hook agent` without the rest of the command line: a coding agent waits for it at every call. Help, and
 * arguments that are not understood here, are left to the whole program.
 */
export async function main(args: readonly string[]): Promise<void> {
  const flags = flagsOf(args);
  if (flags === undefined) {
    await import('./main.ts');
    return;
  }
  try {
    process.exitCode = await hookAgentCommand(flags);
  } catch (error) {
    note(`foldback: ${await errorText(error)}`);
    process.exitCode = exitCodeOf(error);
  }
}

function flagsOf(args: readonly string[]): HookAgentFlags | undefined {
  const text = { type: 'string' } as const;
  const yes = { type: 'boolean' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      allowPositionals: false,
      options: {
        agent: text,
        'agent-version': text,
        prompt: text,
        sponsor: text,
        server: text,
        config: text,
        plain: yes,
        defer: yes,
      },
    });
    const { 'agent-version': agentVersion, ...rest } = values;
    return agentVersion === undefined ? rest : { ...rest, agentVersion };
  } catch {
    return undefined;
  }
}

await main(process.argv.slice(4));
