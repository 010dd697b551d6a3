import { type Command, Option } from 'commander';
import type { Shared } from './program.ts';

/** What happened, as proof for whoever was not there. */
export function addEvidence(program: Command, { finish, config, server, json }: Shared): void {
  const evidence = program
    .command('evidence')
    .summary('export the story of a loop, and check it offline')
    .description('The story of a loop, as proof.');
  evidence
    .command('export')
    .description(
      'Writes the story of a loop, or of all that changed in a period, as a file that anyone can check: JSON with\nevery entry and its proofs, rows, a page to read, or OSCAL assessment results.',
    )
    .argument('[loop]', 'case code, id or ticket; none for a period')
    .option('--from <day>', 'first UTC day of a period, YYYY-MM-DD')
    .option('--to <day>', 'last UTC day of a period; until now unless given')
    .addOption(
      new Option('--format <format>', 'what is written')
        .choices(['json', 'csv', 'html', 'oscal'])
        .default('json'),
    )
    .option('--purpose <text>', 'why; kept with who exported it and when')
    .option('--out <file>', 'where to; standard output unless given')
    .option('--html', 'the same as --format html')
    .addOption(server())
    .addOption(config())
    .action(async (loop: string | undefined, flags) => {
      const { evidenceExportCommand } = await import('./commands/evidence-export.ts');
      finish(await evidenceExportCommand(loop, flags));
    });
  evidence
    .command('verify')
    .description('Checks an exported file offline and names whatever was altered, removed or moved in it.')
    .argument('<file>', 'exported evidence of any format, or a folder of it')
    .option('--checkpoints <file>', 'the checkpoints that were written outside the database')
    .option('--public-key <key...>', 'keys that are trusted, each as its id or in base64url')
    .addOption(json())
    .action(async (file: string, flags) => {
      const { evidenceVerifyCommand } = await import('./commands/evidence-verify.ts');
      finish(await evidenceVerifyCommand(file, flags));
    });
  evidence
    .command('coverage')
    .description(
      'Shows which items of CSF 2.0 and of the OWASP lists have behaviours, cases of a period and controls, and names\nthe gaps.',
    )
    .option('--from <day>', 'first UTC day; 90 days before the end unless given')
    .option('--to <day>', 'last UTC day; until now unless given')
    .option('--framework <id>', 'only this one: NIST-CSF, OWASP-NHI, OWASP-ASI')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (flags) => {
      const { evidenceCoverageCommand } = await import('./commands/evidence-coverage.ts');
      finish(await evidenceCoverageCommand(flags));
    });
}
