import type { Command } from 'commander';
import type { Shared } from './program.ts';

export function addCorpus(program: Command, { finish, json }: Shared): void {
  program
    .command('corpus')
    .summary('say which source reads each file of a folder, and what it gives')
    .description(
      'Reads every file below a folder of examples and says, source by source, what was read, what was refused and\nwhy, and what no source reads. Rule tests and timelines are unwrapped. Stores nothing, sends nothing.',
    )
    .argument('<dir>', 'folder of examples; links in it are not followed')
    .option('--source <id...>', 'only these sources')
    .option('--actors <file>', 'also write who acted and which behaviour it was, one event a line')
    .addOption(json())
    .action(async (dir: string, flags) => {
      const { corpusCommand } = await import('./commands/corpus.ts');
      finish(await corpusCommand(dir, flags));
    });
}
