import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { next, note, writeRaw } from '../output.ts';
import { type StoreFlags, withSession } from '../session.ts';

export type EvidenceFormat = 'json' | 'csv' | 'html' | 'oscal';

export type ExportFlags = StoreFlags & {
  readonly out?: string;
  readonly html?: boolean;
  readonly format?: EvidenceFormat;
  readonly from?: string;
  readonly to?: string;
  readonly purpose?: string;
};

const accepts: Readonly<Record<EvidenceFormat, string>> = {
  json: 'application/json, application/x-ndjson',
  csv: 'text/csv',
  html: 'text/html',
  oscal: 'application/json',
};

/** A loop's story, or the evidence of a period, as a file that can be checked offline. */
export async function evidenceExportCommand(
  reference: string | undefined,
  flags: ExportFlags,
): Promise<ExitCode> {
  const format = flags.html === true ? 'html' : (flags.format ?? 'json');
  const isPeriod = flags.from !== undefined || flags.to !== undefined;
  if ((reference === undefined) !== isPeriod)
    throw new CliError('Name a loop, or a period with --from and --to (YYYY-MM-DD).');
  const { from, to, purpose } = flags;
  if (reference === undefined) await exportPeriod({ format, from, to, purpose }, accepts[format], flags);
  else await exportLoop(reference, { format, purpose }, accepts[format], flags);
  const file = flags.out ?? `evidence.${format === 'oscal' ? 'json' : format}`;
  if (flags.out !== undefined) note(`Written to ${flags.out}.`);
  next(`npx foldback evidence verify ${file}`);
  return exit.ok;
}

type Query = Readonly<Record<string, string | undefined>>;

async function exportLoop(
  reference: string,
  query: Query,
  accept: string,
  flags: ExportFlags,
): Promise<void> {
  const path = `/v1/loops/${encodeURIComponent(reference)}/evidence`;
  const text = await withSession(flags, (session) => session.text({ method: 'GET', path, query, accept }));
  const whole = text.endsWith('\n') ? text : `${text}\n`;
  if (flags.out === undefined) writeRaw(whole);
  // A page and its signature are one text: not a line break more.
  else await writeFile(flags.out, text, { mode: 0o600 }).catch(unwritable(flags.out));
}

/** Written as it comes: a period may hold a hundred thousand stories. */
async function exportPeriod(query: Query, accept: string, flags: ExportFlags): Promise<void> {
  const ask = { method: 'GET', path: '/v1/evidence', query, accept } as const;
  if (flags.out === undefined) {
    await withSession(flags, (session) => session.text({ ...ask, onLine: (line) => writeRaw(`${line}\n`) }));
    return;
  }
  const file = createWriteStream(flags.out, { mode: 0o600 });
  const written = finished(file).catch(unwritable(flags.out));
  try {
    await withSession(flags, (session) =>
      session.text({ ...ask, onLine: (line) => file.write(`${line}\n`) }),
    );
  } finally {
    file.end();
  }
  await written;
}

function unwritable(file: string): (error: unknown) => never {
  return (error) => {
    throw new CliError(`${file}: ${error instanceof Error ? error.message : 'it cannot be written.'}`);
  };
}
