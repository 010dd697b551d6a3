import type { Command } from 'commander';
import type { Shared } from './program.ts';

export function addSimulate(program: Command, { finish, json }: Shared): void {
  program
    .command('simulate')
    .summary('play the story of an invented company and judge what was made of it')
    .description(
      'Plays the story of an invented company to the real loop, in memory and on a clock of its own, and judges by the\ntruth who was named, what was joined, said and called fixed. The same seed gives the same story. Sends nothing.',
    )
    .option('--seed <n>', 'which story', '1')
    .option('--days <n>', 'how long it is', '90')
    .option('--people <n>', 'how many work there', '40')
    .option(
      '--identities-per-person <n>',
      'keys, roles, accounts, pipelines and agents for each of them',
      '0',
    )
    .option('--words <list>', 'which wordings are tried beside the usual one: useless, helpful, harmful')
    .option('--mails-only', 'nothing happens but practice mails: for experiments in large companies')
    .option(
      '--circumstances <list>',
      'what goes wrong from the middle on: leaver-wave, detector-change, broken-delivery, silent-source',
    )
    .option(
      '--export <dir>',
      'also write what vendors sent, the truth, and what was made of it, into an empty folder',
    )
    .option('--database <url>', 'play it over this empty PostgreSQL instead of in memory; it stays there')
    .option('--score <dir>', 'judge the run in this folder by its files alone, instead of playing one')
    .option('--detail', 'also say what went wrong, case by case')
    .addOption(json())
    .action(async (flags) => {
      const { simulateCommand } = await import('./commands/simulate.ts');
      finish(await simulateCommand(flags));
    });
  program
    .command('demo')
    .summary('show twelve weeks of an invented company, in memory')
    .description(
      'Tells the story of an invented company of forty people and serves it on this machine only, without a login.\nNothing is stored and nothing is sent.',
    )
    .option('--no-open', 'do not open a browser')
    .option('--host <address>', 'address of this machine to listen on', '127.0.0.1')
    .option('--port <n>', 'port to listen on; 0 takes a free one', '4400')
    .action(async (flags) => {
      const { demoCommand } = await import('./commands/demo.ts');
      finish(await demoCommand(flags));
    });
}
