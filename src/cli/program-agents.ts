import type { Command } from 'commander';
import type { Shared } from './program.ts';

export function addAgents(program: Command, { finish, config, server, json }: Shared): void {
  const agents = program
    .command('agents')
    .summary('what agents attempted, by version and prompt')
    .description('AI agents, as far as they ask before they act.');
  agents
    .command('figures')
    .description(
      'Shows attempts of each agent by version and prompt, how many were denied, and how many of these it had been\ntold before.',
    )
    .option('--agent <name>', 'of this agent alone')
    .option('--days <days>', 'how far back', '30')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (flags) => {
      const { agentsFiguresCommand } = await import('./commands/agents-figures.ts');
      finish(await agentsFiguresCommand(flags));
    });
}
