import type { Command } from 'commander';
import type { Shared } from './program.ts';

export function addSimulations(program: Command, { finish, config, server, json }: Shared): void {
  program
    .command('simulations')
    .summary('add the mail of a phishing simulation')
    .description('Mails of phishing simulations: whoever clicked sees by which signs theirs could be told.')
    .command('add')
    .description(
      'Reads the mail of a campaign and shows the signs that were found in it. Kept is its text, without anything that works; the same campaign again replaces it. Whoever clicked sees it: give a copy that names nobody.',
    )
    .requiredOption('--campaign <id>', 'id of the campaign at the source')
    .requiredOption(
      '--mail <file>',
      'the mail (.eml) or its template (.json); - for a mail on standard input',
    )
    .option('--name <name>', 'what the campaign is called')
    .option(
      '--alignment <numbers>',
      'premise alignment of the NIST Phish Scale, such as 6,4,2,4,0; without it the mail is not rated',
    )
    .option('--other-cues <count>', 'further cues of the scale that you counted and no program sees')
    .option('--source <id>', 'the source that tells of clicks, where there are several')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (flags) => {
      const { simulationsAddCommand } = await import('./commands/simulations-add.ts');
      finish(await simulationsAddCommand(flags));
    });
}
