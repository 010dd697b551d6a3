import type { Command } from 'commander';
import type { Shared } from './program.ts';

const decisions = [
  ['accept', 'agrees to a control; what blocks something needs two people', undefined],
  ['apply', 'says that its patch is in force, from now on or from a day', 'from'],
  ['reject', 'turns a control down; it is not proposed again for a while', 'reason'],
  ['rollback', 'says that it was taken back, and why', 'reason'],
  ['end', 'says that it is not needed any more, and why', 'reason'],
] as const;

export function addControls(program: Command, { finish, config, server, json }: Shared): void {
  const controls = program
    .command('controls')
    .summary('what is proposed where a mistake keeps coming back')
    .description('Controls: proposed, decided, applied, measured.');
  controls
    .command('list')
    .description('Lists controls, the latest first.')
    .option('--state <state>', 'only those in this state')
    .option('--behaviour <id>', 'only those about this behaviour')
    .option('--kind <kind>', 'only those of this kind')
    .option('--team <id>', 'only those of this team')
    .option('--limit <n>', 'at most so many', '100')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (flags) => {
      const { controlsListCommand } = await import('./commands/controls.ts');
      finish(await controlsListCommand(flags));
    });
  controls
    .command('show')
    .description('Shows one control with its back-test, and its effect once it is in force.')
    .argument('<id>', 'the control')
    .option('--patch', 'the patch alone, on standard output')
    .option('--rollback', 'with --patch: the way back')
    .option('--target <name>', 'with --patch: what is written to this repository or system only')
    .option('--language <tag>', 'language of its sentences')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (id: string, flags) => {
      const { controlsShowCommand } = await import('./commands/controls.ts');
      finish(await controlsShowCommand(id, flags));
    });
  for (const [name, what, option] of decisions) {
    const command = controls.command(name).description(`Somebody ${what}.`).argument('<id>', 'the control');
    if (option === 'from') command.option('--from <date>', 'the day from which it is in force');
    if (option === 'reason') command.option('--reason <text>', 'why');
    command
      .addOption(server())
      .addOption(config())
      .addOption(json())
      .action(async (id: string, flags) => {
        const { controlsDecideCommand } = await import('./commands/controls.ts');
        finish(await controlsDecideCommand(name, id, flags));
      });
  }
}
