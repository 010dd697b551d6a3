import { Command, Option } from 'commander';
import type { ExitCode } from './exit.ts';
import { addAgents } from './program-agents.ts';
import { addAudit } from './program-audit.ts';
import { addControls } from './program-controls.ts';
import { addCorpus } from './program-corpus.ts';
import { addEvidence } from './program-evidence.ts';
import { addExperiments } from './program-experiments.ts';
import { addGithubApp } from './program-github.ts';
import { addHook } from './program-hook.ts';
import { addLoops, addMail, addOwners } from './program-loops.ts';
import { addMeasure } from './program-measure.ts';
import { addMessages } from './program-messages.ts';
import { addPacks } from './program-packs.ts';
import { addPeople } from './program-people.ts';
import { addPolicy } from './program-policy.ts';
import { addSimulate } from './program-simulate.ts';
import { addSimulations } from './program-simulations.ts';
import { addBackup, addDatabase, addKeys } from './program-store.ts';

/** What commands share: how they end, and their common options. */
export type Shared = {
  readonly finish: (code: ExitCode) => void;
  readonly config: () => Option;
  readonly server: () => Option;
  readonly json: () => Option;
};

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

  const shared: Shared = { finish, config, server, json };
  addLoops(program, shared);

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

  addGithubApp(program, shared);
  addMessages(program, shared);
  addOwners(program, shared);
  addMeasure(program, shared);
  addEvidence(program, shared);
  addAudit(program, shared);
  addMail(program, shared);
  addPeople(program, shared);
  addPacks(program, shared);
  addControls(program, shared);
  addPolicy(program, shared);
  addAgents(program, shared);
  addExperiments(program, shared);
  addSimulations(program, shared);
  addSimulate(program, shared);
  addCorpus(program, shared);
  addHook(program, shared);

  program
    .command('mcp')
    .summary('the tools of agents, on standard input and output')
    .description(
      'Serves AI agents on standard input and output (Model Context Protocol): they check an action before doing it, fetch\ntheir lessons, say that their step of a case is done, and report a call. A running server gives the answers.\nSettings are read from --config, the environment, or foldback.yaml in the home folder.',
    )
    .option('--agent <id>', 'which agent this is; FOLDBACK__TOKEN of an agent says it too')
    .addOption(server())
    .addOption(config())
    .action(async (flags) => {
      const { mcpCommand } = await import('./commands/mcp.ts');
      finish(await mcpCommand(flags, version));
    });

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
      const { adminClaimCommand } = await import('./commands/admin-claim.ts');
      finish(await adminClaimCommand(flags));
    });
  admin
    .command('token')
    .description('Makes an API token. It is shown once.')
    .requiredOption('--name <name>', 'what it is for')
    .requiredOption('--scope <scope...>', 'what it may do, such as events:write or loops:read')
    .option('--team <team...>', 'teams whose loops it sees; all of them unless given')
    .option('--agent <id>', 'the agent to which it belongs, for agents:use')
    .option('--subject <type...>', 'kinds of actor of whom it may report attempts: person, workload, agent')
    .option('--days <days>', 'how long it is valid', '90')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (flags) => {
      const { adminTokenCommand } = await import('./commands/admin-token.ts');
      finish(await adminTokenCommand(flags));
    });

  admin
    .command('create')
    .description(
      'Makes a local account and prints a link, good once and for a day, by which its password is chosen. With\n--break-glass it ends by itself. Either way it is in the record of access decisions.',
    )
    .requiredOption('--login <name>', 'name to sign in with')
    .option('--name <name>', 'how it is shown; the login unless given')
    .option('--role <role...>', 'what it may do', ['admin'])
    .option('--team <team...>', 'teams whose loops it sees; all of them unless given')
    .option('--break-glass', 'for an emergency: it ends after --hours')
    .option('--hours <hours>', 'how long a break-glass account lives; 4 unless given')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (flags) => {
      const { adminCreateCommand } = await import('./commands/admin-create.ts');
      finish(await adminCreateCommand(flags));
    });

  addBackup(program, shared);
  addDatabase(program, shared);
  addKeys(program, shared);

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
