import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parse } from 'csv-parse';
import { readCheckpointFile } from '../../ledger/checkpoint-file.ts';
import type { Finding } from '../../ledger/finding.ts';
import { verifyOscal } from '../../ledger/oscal.ts';
import { periodFormat } from '../../ledger/period.ts';
import { verifyPeriodCsv } from '../../ledger/period-csv.ts';
import type { Checkpoint } from '../../ledger/seal.ts';
import { verifyText } from '../../ledger/sealed-text.ts';
import { verifyEvidence } from '../../ledger/verify.ts';
import { verifyPeriod } from '../../ledger/verify-period.ts';
import { publicKeyId } from '../../lib/ed25519.ts';
import { jsonOrUndefined } from '../../lib/json-or-undefined.ts';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { next, note, writeJson } from '../output.ts';
import { showVerdict } from './show-evidence.ts';

export type VerifyFlags = {
  readonly checkpoints?: string;
  readonly publicKey?: readonly string[];
  readonly json?: boolean;
};

/** A story of a loop, a page and OSCAL results are read whole; a period's lines and rows are not. */
const wholeBytesMax = 256 * 1024 * 1024;
/** Enough to tell what a file is. */
const beginningBytes = 4096;

export type FileVerdict = {
  readonly isWhole: boolean;
  readonly findings: readonly Finding[];
  readonly more?: number;
  readonly summary?: { readonly keyIds: readonly string[]; readonly isTrusted: boolean };
};

type Options = { readonly trustedKeys?: readonly string[]; readonly outside?: readonly Checkpoint[] };

/**
 * Checks an exported file, or every file of a folder, offline: exit 0 when all is whole, 1 with every finding named, 2
 * when it is no such file.
 */
export async function evidenceVerifyCommand(path: string, flags: VerifyFlags): Promise<ExitCode> {
  const trustedKeys = flags.publicKey?.map(keyIdOf);
  const outside = flags.checkpoints === undefined ? undefined : await outsideOf(flags.checkpoints);
  const options: Options = {
    ...(trustedKeys === undefined ? {} : { trustedKeys }),
    ...(outside === undefined ? {} : { outside: outside.checkpoints }),
  };
  let isAllWhole = true;
  for (const file of await filesOf(path)) {
    const verdict = await verifyFile(file, options);
    const findings = [...verdict.findings, ...(outside?.findings ?? [])];
    const isWhole = verdict.isWhole && findings.length === 0;
    isAllWhole &&= isWhole;
    if (flags.json === true) writeJson({ ...(file === path ? {} : { file }), ...verdict, isWhole, findings });
    else showVerdict(file, { ...verdict, isWhole, findings }, flags.checkpoints);
  }
  if (!isAllWhole) return exit.failed;
  if (trustedKeys === undefined) {
    note(
      'Anyone could have signed this file: compare the key id with the one in the checkpoints of the organisation.',
    );
    next(`npx foldback evidence verify ${path} --public-key <key id>`);
  }
  return exit.ok;
}

/** What was exported is told by its beginning, never by its name. */
async function verifyFile(file: string, options: Options): Promise<FileVerdict> {
  const beginning = (await beginningOf(file)).trimStart();
  const { trustedKeys } = options;
  if (beginning.includes(`"${periodFormat}"`)) return verifyPeriod(linesOf(file), options);
  if (beginning.startsWith('"row"')) return verifyPeriodCsv(rowsOf(file), trustedKeys);
  if (beginning.startsWith('<')) return verifyText(await readWhole(file), trustedKeys);
  const raw = jsonOrUndefined(await readWhole(file));
  if (raw === undefined) throw new CliError(`${file}: this is not JSON, so it is no exported evidence.`);
  return beginning.includes('"assessment-results"')
    ? verifyOscal(raw, trustedKeys)
    : verifyEvidence(raw, options);
}

async function filesOf(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new CliError(`${path}: there is no such file.`);
  if (found.isFile()) return [path];
  if (!found.isDirectory()) throw new CliError(`${path}: this is no file.`);
  const files = (await readdir(path, { withFileTypes: true })).filter((one) => one.isFile());
  if (files.length === 0) throw new CliError(`${path}: there is no file in this folder.`);
  return files.map(({ name }) => join(path, name)).sort();
}

async function beginningOf(file: string): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(file, { end: beginningBytes - 1 })) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function linesOf(file: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY });
}

function rowsOf(file: string): AsyncIterable<readonly string[]> {
  return createReadStream(file).pipe(parse({ relax_column_count: true, relax_quotes: true }));
}

async function readWhole(file: string): Promise<string> {
  const { size } = await stat(file);
  if (size > wholeBytesMax)
    throw new CliError(`${file}: larger than this kind of evidence may be (${wholeBytesMax} bytes).`);
  return readFile(file, 'utf8');
}

async function outsideOf(file: string): ReturnType<typeof readCheckpointFile> {
  if ((await stat(file).catch(() => undefined)) === undefined)
    throw new CliError(`${file}: there is no such file of checkpoints.`);
  return readCheckpointFile(file);
}

/** A key id as it stands in the file, or a whole public key in base64url. */
function keyIdOf(text: string): string {
  if (/^[0-9a-f]{16}$/u.test(text)) return text;
  if (/^[A-Za-z0-9_-]{43}$/u.test(text)) return publicKeyId(text);
  throw new CliError('A public key is its id (16 hex digits) or its 43 characters in base64url.');
}
