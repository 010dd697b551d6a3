import type { Command } from 'commander';
import type { Shared } from './program.ts';

export function addPacks(program: Command, { finish, config, json }: Shared): void {
  const packs = program
    .command('packs')
    .summary('check, test and preview the content')
    .description('Content: behaviours, messages, frameworks.');
  const folder = ['[dir]', 'folder of packs; the configured one unless given'] as const;
  packs
    .command('check')
    .description('Reads all content, lints every message and runs every example.')
    .argument(...folder)
    .addOption(config())
    .addOption(json())
    .action(async (dir: string | undefined, flags) => {
      const { packsCheckCommand } = await import('./commands/packs.ts');
      finish(await packsCheckCommand(dir, flags));
    });
  packs
    .command('test')
    .description('Runs the examples of every behaviour, and shows what was said of each.')
    .argument(...folder)
    .addOption(config())
    .addOption(json())
    .action(async (dir: string | undefined, flags) => {
      const { packsTestCommand } = await import('./commands/packs.ts');
      finish(await packsTestCommand(dir, flags));
    });
  packs
    .command('coverage')
    .description('Shows which items of each framework the behaviours cover, and which are gaps.')
    .argument(...folder)
    .addOption(config())
    .addOption(json())
    .action(async (dir: string | undefined, flags) => {
      const { packsCoverageCommand } = await import('./commands/packs.ts');
      finish(await packsCoverageCommand(dir, flags));
    });
  packs
    .command('preview')
    .description('Writes every message in every language on one page, for review.')
    .argument(...folder)
    .requiredOption('--out <file>', 'page to write')
    .addOption(config())
    .action(async (dir: string | undefined, flags) => {
      const { packsPreviewCommand } = await import('./commands/packs.ts');
      finish(await packsPreviewCommand(dir, flags));
    });
}
