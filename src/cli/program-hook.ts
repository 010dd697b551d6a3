import type { Command } from 'commander';
import type { Shared } from './program.ts';

const hooks = [
  ['pre-commit', 'what is about to be committed', '.git/hooks/pre-commit'],
  ['pre-receive', 'what was pushed to a repository', 'hooks/pre-receive of the repository that is pushed to'],
] as const;

export function addHook(program: Command, { finish, config, server }: Shared): void {
  const hook = program
    .command('hook')
    .summary('look for secrets before a commit or push is taken')
    .description(
      'Hooks of git: each looks for secrets in new lines and answers at once, with what to do and without the value.\nExit codes: 0 nothing found, 1 stopped.',
    );
  for (const [name, what, file] of hooks) {
    hook
      .command(name)
      .summary(`look for secrets in ${what}`)
      .description(
        `Looks for secrets in the new lines of ${what}.\nTo switch it on, put \`exec npx foldback hook ${name}\` below \`#!/bin/sh\` into\n${file}, and make it executable.`,
      )
      .addOption(server())
      .addOption(config())
      .action(async (flags) => {
        const { hookCommand } = await import('./commands/hook.ts');
        finish(await hookCommand(name, flags));
      });
  }
}
