import { readFile, stat } from 'node:fs/promises';
import { readCheckpointFile } from '../../ledger/checkpoint-file.ts';
import { type Verdict, verifyEvidence } from '../../ledger/verify.ts';
import { publicKeyId } from '../../lib/ed25519.ts';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { line, next, note, plural, writeJson } from '../output.ts';
import { jsonOf } from '../server-client.ts';

export type VerifyFlags = {
  readonly checkpoints?: string;
  readonly publicKey?: readonly string[];
  readonly json?: boolean;
};

/** A story of a loop has kilobytes; whatever is larger is no evidence file. */
const fileBytesMax = 256 * 1024 * 1024;

/** Checks an exported story offline: exit 0 when it is whole, 1 with every finding named, 2 when it is no such file. */
export async function evidenceVerifyCommand(file: string, flags: VerifyFlags): Promise<ExitCode> {
  const raw = jsonOf(await readText(file));
  if (raw === undefined) throw new CliError(`${file}: this is not JSON, so it is no exported evidence.`);
  const trusted = flags.publicKey?.map(keyIdOf);
  const outside = flags.checkpoints === undefined ? undefined : await outsideOf(flags.checkpoints);
  const verdict = verifyEvidence(raw, {
    ...(trusted === undefined ? {} : { trustedKeys: trusted }),
    ...(outside === undefined ? {} : { outside: outside.checkpoints }),
  });
  const findings = [...verdict.findings, ...(outside?.findings ?? [])];
  const isWhole = verdict.isWhole && findings.length === 0;
  if (flags.json === true) writeJson({ ...verdict, isWhole, findings });
  else show(file, { ...verdict, isWhole, findings }, flags);
  if (!isWhole) return exit.failed;
  if (trusted === undefined) {
    note(
      'Anyone could have signed this file: compare the key id with the one in the checkpoints of the organisation.',
    );
    next(`npx foldback evidence verify ${file} --public-key <key id>`);
  }
  return exit.ok;
}

async function readText(file: string): Promise<string> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) throw new CliError(`${file}: there is no such file.`);
  if (!found.isFile()) throw new CliError(`${file}: this is no file.`);
  if (found.size > fileBytesMax)
    throw new CliError(
      `${file}: larger than an exported story may be (fileBytesMax, ${fileBytesMax} bytes).`,
    );
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

function show(file: string, verdict: Verdict, flags: VerifyFlags): void {
  const { summary, findings, isWhole } = verdict;
  line(`${file}: ${isWhole ? 'whole' : `not as it was written, ${plural(findings.length, 'finding')}`}`);
  if (summary !== undefined) {
    const erased = summary.erased > 0 ? `, ${summary.erased} erased` : '';
    line(`  loop         ${summary.loop}`);
    const open = summary.entries - summary.sealedThrough;
    line(
      `  entries      ${summary.entries}${open > 0 ? `, the last ${open} not sealed yet` : ', all sealed'}`,
    );
    line(
      `  checkpoints  ${summary.checkpoints}${flags.checkpoints === undefined ? '' : `, held against ${flags.checkpoints}`}`,
    );
    line(`  personal     ${plural(summary.held, 'value')}${erased}`);
    line(`  signed by    ${summary.keyIds.join(', ')}${summary.isTrusted ? ', trusted' : ''}`);
  }
  for (const { kind, where, detail } of findings) line(`  ${kind}: ${where}. ${detail}`);
}
