import type { Command } from 'commander';
import type { Shared } from './program.ts';

/** What is held about people, what a works council asks, and its end. */
export function addPeople(program: Command, { finish, config, server, json }: Shared): void {
  const people = program
    .command('people')
    .summary('erase somebody from everything that is stored')
    .description('What is held about people.');
  people
    .command('erase')
    .description(
      'Erases a person from everything that is stored. Their open cases go to their team or a duty at once; the ledger\nstays whole. Take them out of the file or directory of people first, or they come back with the next report.',
    )
    .argument('<id>', 'id, address or account')
    .requiredOption('--reason <text>', 'why; kept, so do not name the person in it')
    .option('--also <name...>', 'further names under which they may stand')
    .option('--yes', 'do it; without it, it is only said what would follow')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (id: string, flags) => {
      const { peopleEraseCommand } = await import('./commands/people-erase.ts');
      finish(await peopleEraseCommand(id, flags));
    });
  people
    .command('copy')
    .description('Writes a copy of what is held about a person, as JSON, for whoever answers their request.')
    .argument('<id>', 'id, address or account')
    .option('--purpose <text>', 'why; kept with who took it and when')
    .addOption(server())
    .addOption(config())
    .action(async (id: string, flags) => {
      const { peopleCopyCommand } = await import('./commands/privacy-report.ts');
      finish(await peopleCopyCommand(id, flags));
    });
  program
    .command('privacy')
    .summary('what is kept about people, for a works council')
    .description('What is kept about people.')
    .command('report')
    .description(
      'Says what is collected about people, why, for how long and who sees it; groups under five are not shown, and\nnothing in it is about one person.',
    )
    .option('--html', 'a page to print instead of JSON')
    .option('--out <file>', 'where to; standard output unless given')
    .option('--purpose <text>', 'why; kept with who took it and when')
    .addOption(server())
    .addOption(config())
    .action(async (flags) => {
      const { privacyReportCommand } = await import('./commands/privacy-report.ts');
      finish(await privacyReportCommand(flags));
    });
}
