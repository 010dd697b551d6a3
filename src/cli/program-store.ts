import type { Command } from 'commander';
import type { Shared } from './program.ts';

export function addBackup(program: Command, { finish, config, server, json }: Shared): void {
  const backup = program
    .command('backup')
    .summary('make, check and restore backups')
    .description('Everything stored, in one file that either store takes back.');
  backup
    .command('create')
    .description(
      'Writes everything stored, as one moment saw it, through the running server if there is one. Without --with-keys it\nholds no keys: keep a copy of them apart.',
    )
    .option('--out <file>', 'where to; a file named by the time, in this folder, unless given')
    .option('--with-keys', 'also the keys of the data folder: whoever has this file has everything')
    .addOption(server())
    .addOption(config())
    .addOption(json())
    .action(async (flags) => {
      const { backupCreateCommand } = await import('./commands/backup-create.ts');
      finish(await backupCreateCommand(flags));
    });
  backup
    .command('verify')
    .description('Checks that a backup is whole, that it loads, and says whether it holds keys.')
    .argument('<file>', 'the backup')
    .addOption(json())
    .action(async (file: string, flags) => {
      const { backupVerifyCommand } = await import('./commands/backup-verify.ts');
      finish(await backupVerifyCommand(file, flags));
    });
  backup
    .command('restore')
    .description(
      'Puts what a backup holds in the place of what is stored. The server must be stopped. What was there is kept beside it.',
    )
    .argument('<file>', 'the backup')
    .option('--replace', 'also when something is stored already')
    .addOption(config())
    .addOption(json())
    .action(async (file: string, flags) => {
      const { backupRestoreCommand } = await import('./commands/backup-restore.ts');
      finish(await backupRestoreCommand(file, flags));
    });
}

export function addKeys(program: Command, { finish, config }: Shared): void {
  const keys = program
    .command('keys')
    .summary('turn keys, and seal secrets for the settings')
    .description('The keys of this installation.');
  keys
    .command('rotate')
    .description(
      'Makes a new current key in each ring that is named. What the old keys made is still recognised by them.',
    )
    .argument('<ring...>', 'fingerprint, token, ledger, analytics or data')
    .addOption(config())
    .action(async (rings: readonly string[], flags) => {
      const { keysRotateCommand } = await import('./commands/keys.ts');
      finish(await keysRotateCommand(rings, flags));
    });
  keys
    .command('seal')
    .description(
      'Reads a secret from standard input and prints the text that stands for it in foldback.yaml. It is opened with the data\nkey, which is made at the first use.',
    )
    .addOption(config())
    .action(async (flags) => {
      const { keysSealCommand } = await import('./commands/keys.ts');
      finish(await keysSealCommand(flags));
    });
}

export function addDatabase(program: Command, { finish, config, json }: Shared): void {
  const db = program
    .command('db')
    .summary('bring the database up to date, or move to PostgreSQL')
    .description('The database.');
  db.command('migrate')
    .description('Brings the schema up to date. Also done at every start.')
    .addOption(config())
    .action(async (flags) => {
      const { dbMigrateCommand } = await import('./commands/db-migrate.ts');
      finish(await dbMigrateCommand(flags));
    });
  db.command('remove')
    .description('Removes everything stored, with the keys. Without --yes it says what that would be.')
    .option('--yes', 'do it; nothing brings it back')
    .addOption(config())
    .action(async (flags) => {
      const { dbRemoveCommand } = await import('./commands/db-remove.ts');
      finish(await dbRemoveCommand(flags));
    });
  db.command('migrate-to')
    .description(
      'Copies everything from the embedded store into an empty PostgreSQL, and writes the keys as settings for it. The\nserver must be stopped. The embedded store stays as it is.',
    )
    .argument('<url>', 'postgres://user:password@host:5432/name; - reads it from standard input')
    .option('--keys-out <file>', 'where the keys go; keys.env in the data folder unless given')
    .addOption(config())
    .addOption(json())
    .action(async (url: string, flags) => {
      const { dbMigrateToCommand } = await import('./commands/db-migrate-to.ts');
      finish(await dbMigrateToCommand(url, flags));
    });
}
