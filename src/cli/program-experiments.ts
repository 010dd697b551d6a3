import type { Command } from 'commander';
import type { Shared } from './program.ts';

export function addExperiments(program: Command, { finish, config, server, json }: Shared): void {
  const experiments = program
    .command('experiments')
    .summary('find out whether other words change anything')
    .description('Experiments with words. None runs unless somebody registers and starts one.');
  experiments
    .command('list')
    .description('Lists what is registered, the latest first.')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (flags) => {
      const { experimentsListCommand } = await import('./commands/experiments.ts');
      finish(await experimentsListCommand(flags));
    });
  experiments
    .command('show')
    .description('Shows one experiment and what may be said of it by now.')
    .argument('<id>', 'id of the experiment')
    .option('--language <tag>', 'of the sentences; the configured one unless given')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (id: string, flags) => {
      const { experimentsShowCommand } = await import('./commands/experiments.ts');
      finish(await experimentsShowCommand(id, flags));
    });
  experiments
    .command('register')
    .description('Registers a document for ever. What is not valid is refused, with every reason.')
    .argument('<file>', 'the document, in YAML or JSON')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (file: string, flags) => {
      const { experimentsRegisterCommand } = await import('./commands/experiments.ts');
      finish(await experimentsRegisterCommand(file, flags));
    });
  experiments
    .command('start')
    .description('Starts a registered experiment. A hold-out is started by another person.')
    .argument('<id>', 'id of the experiment')
    .option('--anyway', 'although an effect of the size that matters could not be seen here')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (id: string, flags) => {
      const { experimentsStartCommand } = await import('./commands/experiments.ts');
      finish(await experimentsStartCommand(id, flags));
    });
  experiments
    .command('stop')
    .description('Stops an experiment for ever. Whoever was assigned is followed to the end of their window.')
    .argument('<id>', 'id of the experiment')
    .requiredOption('--reason <text>', 'why; it is kept')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (id: string, flags) => {
      const { experimentsStopCommand } = await import('./commands/experiments.ts');
      finish(await experimentsStopCommand(id, flags));
    });
}
