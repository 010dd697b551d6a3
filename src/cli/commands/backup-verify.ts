import { tryRestore } from '../../adapters/stores/postgres/backup/restore.ts';
import { readWhole, said, saidText } from '../backup-summary.ts';
import { type ExitCode, exit } from '../exit.ts';
import { line, next, note, writeJson } from '../output.ts';

/** Loads a backup into memory: it is whole only if it can be restored. */
export async function backupVerifyCommand(
  file: string,
  flags: { readonly json?: boolean },
): Promise<ExitCode> {
  const read = await readWhole(file, tryRestore);
  if (flags.json === true) writeJson({ file, ...said(read) });
  else line(saidText(read));
  note('It is whole and can be restored.');
  next(`npx foldback backup restore ${file}`);
  return exit.ok;
}
