import { type Command, Option } from 'commander';
import type { Shared } from './program.ts';

export function addMeasure(program: Command, { finish, config, server, json }: Shared): void {
  program
    .command('measure')
    .summary('whether it comes back: rates, risks and times, with their n')
    .description(
      'Shows the figures of all behaviours, or those of one: how often it happens, whether it comes back, how long it\ntakes until it is mended. Each has its n and interval, or says that there is not enough data. Groups under five\npeople are not shown.',
    )
    .argument('[behaviour]', 'all of them unless given')
    .addOption(
      new Option('--by <what>', 'one row for each team, kind of actor or control').choices([
        'team',
        'kind',
        'control',
      ]),
    )
    .option('--team <team>', 'of this team only')
    .addOption(
      new Option('--kind <kind>', 'of what these did only').choices([
        'person',
        'workload',
        'agent',
        'unknown',
      ]),
    )
    .option('--control <id>', 'before and since this control')
    .option('--from <month>', 'first month, as 2026-03')
    .option('--to <month>', 'last month, as 2026-05')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (behaviour: string | undefined, flags) => {
      const { measureCommand } = await import('./commands/measure.ts');
      finish(await measureCommand(behaviour, flags));
    });
}
