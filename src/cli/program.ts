import { Command } from 'commander';
import type { ExitCode } from './exit.ts';

/**
 * Every command with its arguments and options. A command's code is loaded only when it runs, so that
 * `foldback --help` is there at once. docs/cli.md is made of this.
 */
export function createProgram(version: string, finish: (code: ExitCode) => void): Command {
  const program = new Command('foldback')
    .description(
      'Foldback closes the loop: from what went wrong to the person who can fix it, and to the proof.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .showHelpAfterError('Run with --help to see what fits.')
    .configureHelp({ showGlobalOptions: false })
    .addHelpText(
      'after',
      '\nExit codes: 0 ok, 1 failed, 2 usage or unreadable input, 3 not found, 4 denied.',
    );

  program
    .command('try')
    .summary('show who would be told what; stores and sends nothing')
    .description(
      'Reads a report and shows who would be told what once it is released, with the evidence for each owner.\nStores nothing, sends nothing, needs no configuration.',
    )
    .argument('<file>', 'report to read, also packed with gzip; - for standard input')
    .option('--source <id>', 'the source; told from the file unless given')
    .option('--repo <dir>', 'a local clone, for authors and code owners')
    .option('--people <file>', 'file of people and teams, YAML or CSV')
    .option('--all', 'show every message, not only the first ten')
    .option('--json', 'one object a line for each message, then a summary')
    .action(async (file: string, flags) => {
      const { tryCommand } = await import('./commands/try.ts');
      finish(await tryCommand(file, flags));
    });
  return program;
}
