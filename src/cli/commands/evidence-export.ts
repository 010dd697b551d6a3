import { writeFile } from 'node:fs/promises';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { next, note, writeRaw } from '../output.ts';
import { type StoreFlags, withSession } from '../session.ts';

export type ExportFlags = StoreFlags & { readonly out?: string; readonly html?: boolean };

/** A loop's whole story as a file that anyone can check, or as a page to read. */
export async function evidenceExportCommand(reference: string, flags: ExportFlags): Promise<ExitCode> {
  const format = flags.html === true ? 'html' : 'json';
  const text = await withSession(flags, (session) =>
    session.text({
      method: 'GET',
      path: `/v1/loops/${encodeURIComponent(reference)}/evidence`,
      query: { format },
      accept: format === 'html' ? 'text/html' : 'application/json',
    }),
  );
  if (flags.out === undefined) writeRaw(text.endsWith('\n') ? text : `${text}\n`);
  else {
    await writeFile(flags.out, text, { mode: 0o600 }).catch((error: unknown) => {
      throw new CliError(`${flags.out}: ${error instanceof Error ? error.message : 'it cannot be written.'}`);
    });
    note(`Written to ${flags.out}.`);
  }
  next(
    format === 'html'
      ? `npx foldback evidence export ${reference} --out evidence.json   the file that can be checked`
      : `npx foldback evidence verify ${flags.out ?? 'evidence.json'}`,
  );
  return exit.ok;
}
