import type { Command } from 'commander';
import type { Shared } from './program.ts';

export function addPacks(program: Command, { finish, config, server, json }: Shared): void {
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
    .description('Writes every message in every channel and language on one page, for review.')
    .argument(...folder)
    .requiredOption('--out <file>', 'page to write')
    .addOption(config())
    .action(async (dir: string | undefined, flags) => {
      const { packsPreviewCommand } = await import('./commands/packs.ts');
      finish(await packsPreviewCommand(dir, flags));
    });
  packs
    .command('versions')
    .description(
      'Lists the versions of the words of a behaviour: since when, until when, how often said, in which experiment.\nWith a hash: the words of that version, or what changed in them since another.',
    )
    .argument('<behaviour>', 'id of a behaviour')
    .argument('[hash]', 'a version, by the beginning of its hash')
    .option('--against <hash>', 'with a hash: an earlier version of the same moment and language')
    .option('--moment <moment>', 'only the words of this moment')
    .option('--language <language>', 'only those in this language')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (behaviour: string, hash: string | undefined, flags) => {
      const { packsVersionsCommand } = await import('./commands/packs-versions.ts');
      finish(await packsVersionsCommand(behaviour, hash, flags));
    });
  packs
    .command('review')
    .description(
      'Looks now for words that do not work and behaviours that fall apart, and shows what is proposed.\nWith an id: one proposal, its patch, or a decision about it.',
    )
    .argument('[id]', 'a proposal')
    .option('--patch', 'with an id: its diff alone, for git apply in the folder of packs')
    .option('--accept', 'with an id: it is taken up; what is done is up to you')
    .option('--reject', 'with an id: it is turned down, and not proposed again for 90 days')
    .option('--reason <text>', 'why')
    .option('--state <state>', 'only those in this state; those that wait unless given', 'proposed')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (id: string | undefined, flags) => {
      const { packsReviewCommand } = await import('./commands/packs-review.ts');
      finish(await packsReviewCommand(id, flags));
    });
}
