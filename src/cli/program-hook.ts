import type { Command } from 'commander';
import type { Shared } from './program.ts';

const hooks = [
  ['pre-commit', 'what is about to be committed', '.git/hooks/pre-commit'],
  ['pre-receive', 'what was pushed to a repository', 'hooks/pre-receive of the repository that is pushed to'],
] as const;

export function addHook(program: Command, { finish, config, server }: Shared): void {
  const hook = program
    .command('hook')
    .summary('answer before a commit, a push or a call of an agent is taken')
    .description(
      'Hooks of git look for secrets in new lines and answer at once, with what to do and without the value.\nThe hook of agents judges a call before it is made. Exit codes of the hooks of git: 0 nothing found, 1 stopped.',
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
  hook
    .command('agent')
    .summary('judge a call of a coding agent before it is made')
    .description(
      'Reads what a coding agent hands to its hooks (standard input), and answers before the tool is called. The policies of the server decide: allow or deny.\nWhile it is away, what critical rules forbid is denied, and a person is asked about the rest.\nTo switch it on, name `npx foldback hook agent` as the command of the hooks PreToolUse and PostToolUse.\nSettings are read from --config, the environment, or foldback.yaml in the home folder.',
    )
    .option('--agent <id>', 'what this agent is called; coding agents do not say')
    .option('--agent-version <version>', 'its version, for policies and figures')
    .option('--prompt <hash>', 'a hash of its prompt, for policies and figures')
    .option('--sponsor <email>', 'who answers for it, and is told')
    .option('--defer', 'leave what a policy allows to the questions of the agent itself')
    .option('--plain', 'print the answer alone, for agents whose hooks have another form')
    .addOption(server())
    .addOption(config())
    .action(async (flags) => {
      const { hookAgentCommand } = await import('./commands/hook-agent.ts');
      finish(await hookAgentCommand(flags));
    });
}
