import type { Command } from 'commander';
import type { Shared } from './program.ts';

export function addGithubApp(program: Command, { finish, config }: Pick<Shared, 'finish' | 'config'>): void {
  program
    .command('github-app')
    .summary('make the GitHub App of the channel')
    .description('The App by which messages are written at GitHub.')
    .command('create')
    .description(
      'Makes the App: opens a page on this machine, from which GitHub is asked; writes its key and the secret of its\nwebhook into the data folder, sealed with the data key, and never shows them.',
    )
    .option('--name <name>', 'what it is called at GitHub', 'Foldback')
    .option('--organisation <name>', 'whose App it is; yours, unless given')
    .option('--github <url>', 'pages of GitHub, or of an own server', 'https://github.com')
    .option('--api <url>', 'its API', 'https://api.github.com')
    .option('--allow-private-network', 'the API stands in an own network')
    .option('--port <n>', 'port of the page; 0 takes a free one', '0')
    .addOption(config())
    .action(async (flags) => {
      const { githubAppCommand } = await import('./commands/github-app.ts');
      finish(await githubAppCommand(flags));
    });
}
