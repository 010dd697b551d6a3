import type { Command } from 'commander';
import type { Shared } from './program.ts';

/** Who got in, who was kept out, and who changed either. */
export function addAudit(program: Command, { finish, config, server, json }: Shared): void {
  const audit = program
    .command('audit')
    .summary('read and check the record of access decisions')
    .description(
      'Sign-ins, refusals, sessions, tokens and roles: who got in, who was kept out, who changed either.',
    );
  audit
    .command('list')
    .description('Lists decisions about access, the latest first.')
    .option('--kind <kind>', 'only this kind, such as access.denied')
    .option('--by <id>', 'only of this caller, such as token:<id>, person:<id> or nobody')
    .option('--limit <number>', 'at most so many, up to 1000', '50')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (flags) => {
      const { auditListCommand } = await import('./commands/audit.ts');
      finish(await auditListCommand(flags));
    });
  audit
    .command('verify')
    .description(
      'Checks the whole record here, entry by entry, and against what the sealed ledger noted of it; names whatever was\naltered or removed.',
    )
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (flags) => {
      const { auditVerifyCommand } = await import('./commands/audit.ts');
      finish(await auditVerifyCommand(flags));
    });
}
