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
  addLeave(program, { finish, config, server, json });
}

function addLeave(
  program: Command,
  { finish, config, server, json }: Pick<Shared, 'finish' | 'config' | 'server' | 'json'>,
): void {
  const leave = program
    .command('leave')
    .summary('who is away, and who stands in')
    .description('Who is away, beside what the file and directories of people say.');
  leave
    .command('list')
    .description('Lists who is away now or later, and who stands in.')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (flags) => {
      const { leaveListCommand } = await import('./commands/leave.ts');
      finish(await leaveListCommand(flags));
    });
  leave
    .command('set')
    .description(
      'Notes that somebody is away. What can wait does; what is dangerous goes to whoever stands in.',
    )
    .argument('<person>', 'their id in the directory')
    .requiredOption('--from <day>', 'the first day, such as 2026-12-21')
    .requiredOption('--until <day>', 'the last day')
    .option('--stand-in <person>', 'the id of who stands in')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (person: string, flags) => {
      const { leaveSetCommand } = await import('./commands/leave.ts');
      finish(await leaveSetCommand(person, flags));
    });
  leave
    .command('end')
    .description('Ends a leave that was noted by `leave set`: whoever is back hears what waited.')
    .argument('<leave>', 'its id, from the list')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (id: string, flags) => {
      const { leaveEndCommand } = await import('./commands/leave.ts');
      finish(await leaveEndCommand(id, flags));
    });
}
