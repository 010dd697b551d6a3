import { type Command, Option } from 'commander';
import type { Shared } from './program.ts';

/** Commands that read and change what is stored, over the doors of Foldback. */
export function addLoops(program: Command, { finish, config, server, json }: Shared): void {
  const loops = program
    .command('loops')
    .summary('list, show, open and release loops')
    .description('Loops, from what went wrong to the proof.');
  loops
    .command('list')
    .description('Lists loops, the latest first.')
    .option('--state <state>', 'only in this state, such as backlog, open or told')
    .option('--behaviour <id>', 'only of this behaviour')
    .option('--team <team>', 'only of this team')
    .option('--owner <id>', 'only of this person or team')
    .option('--repository <name>', 'only in this repository')
    .addOption(
      new Option(
        '--needs <what>',
        'only what needs a person: danger that nobody answered, to decide on a risk, to help, to say who owns it',
      ).choices(['risk', 'help', 'owner']),
    )
    .option('--limit <n>', 'how many, up to 200', '50')
    .option('--after <cursor>', 'the page after another')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (flags) => {
      const { loopsListCommand } = await import('./commands/loops-list.ts');
      finish(await loopsListCommand(flags));
    });
  loops
    .command('show')
    .description('Tells the whole story of a loop.')
    .argument('<loop>', 'case code, id or ticket')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (loop: string, flags) => {
      const { loopsShowCommand } = await import('./commands/loops-show.ts');
      finish(await loopsShowCommand(loop, flags));
    });
  loops
    .command('new')
    .description('Opens a loop for what a person reports. The same ticket is the same loop.')
    .requiredOption('--title <text>', 'what was seen, in a few words and without a secret')
    .option('--behaviour <id>', 'what it is; a leaked key unless given')
    .option(
      '--form <id>',
      'how it is reported, where there is more than one way; what it asks is told when it is missing',
    )
    .option('--who <who>', 'who did it: an address, a name, or the id of a program')
    .option('--identity <name>', 'the account or key that was used, by its name')
    .option('--resource <name>', 'what was reached for')
    .option('--campaign <id>', 'the exercise, as the simulation calls it')
    .option('--rule <name>', 'what was broken or skipped')
    .option('--run <id>', 'the run of the workflow')
    .option('--session <id>', 'the session of an agent')
    .option('--subject <claim>', 'the claim by which a workload is known')
    .option('--branch <name>', 'on which branch')
    .option('--repository <name>', 'where it stands')
    .option('--file <path>', 'in which file')
    .option('--line <n>', 'on which line')
    .option('--commit <hash>', 'in which commit, all digits')
    .option('--provider <name>', 'whose key it is, such as aws or stripe')
    .option('--occurred-at <time>', 'when it happened, ISO 8601; now unless given')
    .option('--owner <who>', 'who may own it: an e-mail address, a name, or both')
    .option('--ticket <number>', 'the number under which it is known elsewhere')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (flags) => {
      const { loopsNewCommand } = await import('./commands/loops-new.ts');
      finish(await loopsNewCommand(flags));
    });
  loops
    .command('snooze')
    .description('Puts the next reminder off, in the place of whoever was asked and within their limits.')
    .argument('<loop>', 'case code, id or ticket')
    .addOption(
      new Option('--for <how-long>', 'until work starts on the next working day, the third or the fifth')
        .choices(['next-day', 'three-days', 'week'])
        .default('next-day'),
    )
    .requiredOption('--reason <text>', 'why; it stands in the story of the case')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (loop: string, flags) => {
      const { loopsSnoozeCommand } = await import('./commands/loops-snooze.ts');
      finish(await loopsSnoozeCommand(loop, flags));
    });
  loops
    .command('release')
    .description('Lets history be spoken of, within the attention budget: one digest an owner and day.')
    .option('--behaviour <id>', 'all history of this behaviour')
    .option('--team <team>', 'all history of this team')
    .option('--id <loop...>', 'these loops, by code or id')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (flags) => {
      const { loopsReleaseCommand } = await import('./commands/loops-release.ts');
      finish(await loopsReleaseCommand(flags));
    });
}

export function addOwners(program: Command, { finish, config, server, json }: Shared): void {
  const owners = program
    .command('owners')
    .summary('how well it is known who owns what')
    .description('Who owns what.');
  owners
    .command('coverage')
    .description('Shows for how many loops an owner is known.')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (flags) => {
      const { ownersCoverageCommand } = await import('./commands/owners-coverage.ts');
      finish(await ownersCoverageCommand(flags));
    });
  owners
    .command('list')
    .description('Lists accounts and credentials with who answers for each, the latest seen first.')
    .addOption(new Option('--standing <standing>', 'only these').choices(['owned', 'guessed', 'orphaned']))
    .option('--type <type>', 'only this type, such as api-key')
    .option('--owner <id>', 'only those of this person or team')
    .option('--team <id>', 'only those for which this team answers')
    .option('--text <text>', 'beginnings of words of the name or provider')
    .option('--limit <n>', 'how many at once', '50')
    .option('--after <cursor>', 'go on after a page')
    .option('--all', 'page after page until the end')
    .addOption(new Option('--format <format>', 'what is written').choices(['table', 'csv']).default('table'))
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (flags) => {
      const { ownersListCommand } = await import('./commands/owners-list.ts');
      finish(await ownersListCommand(flags));
    });
}

export function addMail(program: Command, { finish, config, server, json }: Shared): void {
  program
    .command('mail')
    .summary('take what comes back by mail')
    .description('Answers by mail, and mail that could not be delivered.')
    .command('receive')
    .description(
      'Takes one mail, as a mail server pipes it in. Whoever was written to gets the link again; of what came back\nthe next in line is told. It is never read as an answer, and not kept.',
    )
    .argument('<file>', 'the mail (RFC 5322); - for standard input')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (file: string, flags) => {
      const { mailReceiveCommand } = await import('./commands/mail.ts');
      finish(await mailReceiveCommand(file, flags));
    });
}
