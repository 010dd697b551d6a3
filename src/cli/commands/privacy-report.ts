import { writeFile } from 'node:fs/promises';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { note, writeRaw } from '../output.ts';
import { type StoreFlags, withSession } from '../session.ts';

export type ReportFlags = StoreFlags & {
  readonly out?: string;
  readonly html?: boolean;
  readonly purpose?: string;
};

/** What is kept about people and who sees it, for a works council: a page to print, or JSON. */
export async function privacyReportCommand(flags: ReportFlags): Promise<ExitCode> {
  const format = flags.html === true ? 'html' : 'json';
  const { purpose } = flags;
  const text = await withSession(flags, (session) =>
    session.text({ method: 'GET', path: '/v1/privacy/report', query: { format, purpose } }),
  );
  if (flags.out === undefined) {
    writeRaw(text.endsWith('\n') ? text : `${text}\n`);
    return exit.ok;
  }
  await writeFile(flags.out, text, { mode: 0o600 }).catch((error: unknown) => {
    throw new CliError(`${flags.out}: ${error instanceof Error ? error.message : 'it cannot be written.'}`);
  });
  note(`Written to ${flags.out}.`);
  return exit.ok;
}

/** A copy of what is held about somebody, for whoever answers their request. */
export async function peopleCopyCommand(
  id: string,
  flags: StoreFlags & { readonly purpose?: string },
): Promise<ExitCode> {
  const path = `/v1/people/${encodeURIComponent(id)}/data`;
  const text = await withSession(flags, (session) =>
    session.text({ method: 'GET', path, query: { purpose: flags.purpose } }),
  );
  writeRaw(text.endsWith('\n') ? text : `${text}\n`);
  return exit.ok;
}
