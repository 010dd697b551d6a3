import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { createProgram } from '../src/cli/program.ts';

const intro = `# Command line

<!-- Written by scripts/cli-docs.ts from src/cli/program.ts. Change the commands, then run: npm run docs -->

In a checkout every command runs as \`npx foldback …\`, right after \`npm ci\`, on any Node from 20 up.

- Data goes to standard output, everything else to standard error. \`--json\` gives data for programs; lists are one
  object a line.
- Exit codes: 0 ok, 1 failed, 2 usage or unreadable input, 3 not found, 4 denied.
- Commands that work on stored data ask the server that runs on this data folder. \`--server\` or \`FOLDBACK__SERVER\`
  names another one, with a token in \`FOLDBACK__TOKEN\`. When none runs, they open the store themselves.
- Colours and moving progress are shown on a terminal only; \`NO_COLOR\` switches colours off.
- Secrets come from files and the environment, never from arguments.
`;

/** docs/cli.md as `--help` of every command has it. */
export function cliMarkdown(): string {
  const program = createProgram('', () => undefined);
  const commands = [program, ...program.commands.flatMap((command) => [command, ...command.commands])];
  return `${intro}\n${commands.map(section).join('\n')}`;
}

function section(command: Command): string {
  // The same width everywhere, whatever terminal writes the file.
  command.configureOutput({ getOutHelpWidth: () => 100 });
  const name = command.parent === null ? 'foldback' : nameOf(command);
  return `## ${name}\n\n\`\`\`text\n${command.helpInformation().trimEnd()}\n\`\`\`\n`;
}

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}

if (import.meta.main) {
  writeFileSync(new URL('../docs/cli.md', import.meta.url), cliMarkdown());
}
