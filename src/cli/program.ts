import { Command, Option } from 'commander';
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

  const config = () => new Option('--config <file>', 'settings, instead of ./foldback.yaml');
  const server = () =>
    new Option('--server <url>', 'the server to ask, with FOLDBACK__TOKEN; the running one unless given');
  const json = () => new Option('--json', 'as JSON, for programs');

  program
    .command('serve')
    .summary('start the server and the worker')
    .description(
      'Starts Foldback: the server, the pages for recipients and the worker. Ends on Ctrl-C or SIGTERM once\nwhat runs is finished.',
    )
    .addOption(
      new Option('--role <role>', 'both, or one of the two on a PostgreSQL that they share')
        .choices(['all', 'api', 'worker'])
        .default('all'),
    )
    .addOption(config())
    .action(async (flags) => {
      const { serveCommand } = await import('./commands/serve.ts');
      finish(await serveCommand(flags));
    });

  program
    .command('try')
    .summary('show who would be told what; stores and sends nothing')
    .description(
      'Reads a report and shows who would be told what once it is released, with the evidence for each owner.\nStores nothing, sends nothing, needs no settings.',
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

  program
    .command('import')
    .summary('take a report as history, of any length')
    .description(
      'Takes a report as history: nobody is told of it until it is released. The same file again adds nothing, and\nan import that was cut off goes on where it ended.',
    )
    .argument('<file>', 'report to read, also packed with gzip; - for standard input')
    .option('--source <id>', 'the source; told from the file unless given')
    .option('--repository <name>', 'the repository, when the report does not name it')
    .option(
      '--complete <repository>',
      'the report covers all of it: what it no longer has is gone from there',
    )
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (file: string, flags) => {
      const { importCommand } = await import('./commands/import.ts');
      finish(await importCommand(file, flags));
    });

  addLoops(program, finish, { config, server, json });

  for (const [name, isOn, summary] of [
    ['pause', true, 'hold all messages back; nothing is lost'],
    ['resume', false, 'let messages go again'],
  ] as const) {
    program
      .command(name)
      .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`)
      .summary(summary)
      .addOption(server())
      .addOption(config())
      .addOption(json())
      .action(async (flags) => {
        const { pauseCommand } = await import('./commands/pause.ts');
        finish(await pauseCommand(isOn, flags));
      });
  }

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

  const evidence = program
    .command('evidence')
    .summary('export the story of a loop, and check it offline')
    .description('The story of a loop, as proof.');
  evidence
    .command('export')
    .description('Writes the story of a loop as a file that anyone can check, or as a page to read.')
    .argument('<loop>', 'case code, id or ticket')
    .option('--out <file>', 'where to; standard output unless given')
    .option('--html', 'a page to read instead of the file to check')
    .addOption(server())
    .addOption(config())
    .action(async (loop: string, flags) => {
      const { evidenceExportCommand } = await import('./commands/evidence-export.ts');
      finish(await evidenceExportCommand(loop, flags));
    });
  evidence
    .command('verify')
    .description('Checks an exported file offline and names whatever was altered, removed or moved in it.')
    .argument('<file>', 'exported evidence, JSON')
    .option('--checkpoints <file>', 'the checkpoints that were written outside the database')
    .option('--public-key <key...>', 'keys that are trusted, each as its id or in base64url')
    .addOption(json())
    .action(async (file: string, flags) => {
      const { evidenceVerifyCommand } = await import('./commands/evidence-verify.ts');
      finish(await evidenceVerifyCommand(file, flags));
    });

  addPacks(program, finish, { config, json });

  const admin = program
    .command('admin')
    .summary("make tokens and the first administrator's link")
    .description('Who gets in.');
  admin
    .command('claim')
    .description('Makes a new one-time link for the first administrator.')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (flags) => {
      const { adminClaimCommand } = await import('./commands/admin.ts');
      finish(await adminClaimCommand(flags));
    });
  admin
    .command('token')
    .description('Makes an API token. It is shown once.')
    .requiredOption('--name <name>', 'what it is for')
    .requiredOption('--scope <scope...>', 'what it may do, such as events:write or loops:read')
    .option('--team <team...>', 'teams whose loops it sees; all of them unless given')
    .option('--days <days>', 'how long it is valid', '90')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (flags) => {
      const { adminTokenCommand } = await import('./commands/admin.ts');
      finish(await adminTokenCommand(flags));
    });

  const db = program.command('db').summary('bring the database up to date').description('The database.');
  db.command('migrate')
    .description('Brings the schema up to date. Also done at every start.')
    .addOption(config())
    .action(async (flags) => {
      const { dbMigrateCommand } = await import('./commands/db-migrate.ts');
      finish(await dbMigrateCommand(flags));
    });

  program
    .command('doctor')
    .summary('look for what is wrong, with what fixes it')
    .description(
      'Looks at settings, keys, store, content, people, clones, channels and clock. Every finding ends with what\nfixes it; any problem ends with 1.',
    )
    .option('--settings', 'show every setting in force, not only those that differ from the default')
    .addOption(config())
    .addOption(json())
    .action(async (flags) => {
      const { doctorCommand } = await import('./commands/doctor.ts');
      finish(await doctorCommand(flags));
    });
  return program;
}

type Options = Readonly<Record<'config' | 'server' | 'json', () => Option>>;

function addLoops(program: Command, finish: (code: ExitCode) => void, options: Options): void {
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
    .option('--limit <n>', 'how many, up to 200', '50')
    .option('--after <cursor>', 'the page after another')
    .addOption(options.server())
    .addOption(options.config())
    .addOption(options.json())
    .action(async (flags) => {
      const { loopsListCommand } = await import('./commands/loops.ts');
      finish(await loopsListCommand(flags));
    });
  loops
    .command('show')
    .description('Tells the whole story of a loop.')
    .argument('<loop>', 'case code, id or ticket')
    .addOption(options.server())
    .addOption(options.config())
    .addOption(options.json())
    .action(async (loop: string, flags) => {
      const { loopsShowCommand } = await import('./commands/loops.ts');
      finish(await loopsShowCommand(loop, flags));
    });
  loops
    .command('new')
    .description('Opens a loop for what a person reports. The same ticket is the same loop.')
    .requiredOption('--title <text>', 'what was found, in a few words and without the secret')
    .option('--repository <name>', 'where it stands')
    .option('--file <path>', 'in which file')
    .option('--line <n>', 'on which line')
    .option('--commit <hash>', 'in which commit, all digits')
    .option('--provider <name>', 'whose key it is, such as aws or stripe')
    .option('--occurred-at <time>', 'when it happened, ISO 8601; now unless given')
    .option('--owner <who>', 'who may own it: an e-mail address, a name, or both')
    .option('--ticket <number>', 'the number under which it is known elsewhere')
    .addOption(options.server())
    .addOption(options.config())
    .addOption(options.json())
    .action(async (flags) => {
      const { loopsNewCommand } = await import('./commands/loops.ts');
      finish(await loopsNewCommand(flags));
    });
  loops
    .command('release')
    .description('Lets history be spoken of, within the attention budget: one digest an owner and day.')
    .option('--behaviour <id>', 'all history of this behaviour')
    .option('--team <team>', 'all history of this team')
    .option('--id <loop...>', 'these loops, by code or id')
    .addOption(options.server())
    .addOption(options.config())
    .addOption(options.json())
    .action(async (flags) => {
      const { loopsReleaseCommand } = await import('./commands/loops.ts');
      finish(await loopsReleaseCommand(flags));
    });
}

function addPacks(
  program: Command,
  finish: (code: ExitCode) => void,
  options: Pick<Options, 'config' | 'json'>,
): void {
  const packs = program
    .command('packs')
    .summary('check, test and preview the content')
    .description('Content: behaviours, messages, frameworks.');
  const folder = ['[dir]', 'folder of packs; the configured one unless given'] as const;
  packs
    .command('check')
    .description('Reads all content, lints every message and runs every example.')
    .argument(...folder)
    .addOption(options.config())
    .addOption(options.json())
    .action(async (dir: string | undefined, flags) => {
      const { packsCheckCommand } = await import('./commands/packs.ts');
      finish(await packsCheckCommand(dir, flags));
    });
  packs
    .command('test')
    .description('Runs the examples of every behaviour, and shows what was said of each.')
    .argument(...folder)
    .addOption(options.config())
    .addOption(options.json())
    .action(async (dir: string | undefined, flags) => {
      const { packsTestCommand } = await import('./commands/packs.ts');
      finish(await packsTestCommand(dir, flags));
    });
  packs
    .command('preview')
    .description('Writes every message in every language on one page, for review.')
    .argument(...folder)
    .requiredOption('--out <file>', 'page to write')
    .addOption(options.config())
    .action(async (dir: string | undefined, flags) => {
      const { packsPreviewCommand } = await import('./commands/packs.ts');
      finish(await packsPreviewCommand(dir, flags));
    });
}
