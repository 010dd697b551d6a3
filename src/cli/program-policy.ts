import type { Command } from 'commander';
import type { Shared } from './program.ts';

export function addPolicy(program: Command, { finish, config, server, json }: Shared): void {
  const policy = program
    .command('policy')
    .summary('check and test the runtime policies')
    .description('Runtime policies, in Cedar.');
  const folder = ['[dir]', 'folder of packs; the configured one unless given'] as const;
  policy
    .command('check')
    .description(
      'Holds the policies against their schema, looks for rules that nothing reaches and for words that are\nmissing, and runs the tests beside them.',
    )
    .argument(...folder)
    .addOption(config())
    .addOption(json())
    .action(async (dir: string | undefined, flags) => {
      const { policyCheckCommand } = await import('./commands/policy.ts');
      finish(await policyCheckCommand(dir, flags));
    });
  policy
    .command('test')
    .description(
      'Asks the policies about what was decided lately, and shows what they would decide otherwise. Any difference\nends with 1.',
    )
    .argument(...folder)
    .option('--days <days>', 'how far back', '7')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (dir: string | undefined, flags) => {
      const { policyTestCommand } = await import('./commands/policy.ts');
      finish(await policyTestCommand(dir, flags));
    });
}
