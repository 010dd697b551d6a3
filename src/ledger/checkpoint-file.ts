import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { canonicalJson } from '../lib/canonical-json.ts';
import { jsonOrUndefined } from '../lib/json-or-undefined.ts';
import { absentOrThrow } from '../lib/keys-file.ts';
import { genesis } from './chain.ts';
import type { Finding } from './finding.ts';
import { type Checkpoint, checkpointHash, judgeSignature, type PublicKey } from './seal.ts';

/**
 * Checkpoints outside the database: one canonical JSON object a line, only ever appended to. Whoever cuts the
 * database short would have to cut this file too, and every copy of it.
 */
const hex64 = z.string().regex(/^[0-9a-f]{64}$/u);
export const checkpointSchema = z.strictObject({
  n: z.int().min(1),
  at: z.int(),
  root: hex64,
  size: z.int().min(0),
  previous: hex64,
  keyId: z.string().regex(/^[0-9a-f]{16}$/u),
  signature: z.string().max(100),
});

export type CheckpointLines = {
  readonly checkpoints: readonly Checkpoint[];
  readonly findings: readonly Finding[];
};

export function checkpointLine(checkpoint: Checkpoint): string {
  return `${canonicalJson(checkpoint)}\n`;
}

export function parseCheckpointLines(text: string): CheckpointLines {
  const checkpoints: Checkpoint[] = [];
  const findings: Finding[] = [];
  text.split('\n').forEach((line, index) => {
    if (line === '') return;
    const parsed = checkpointSchema.safeParse(jsonOrUndefined(line));
    if (parsed.success) checkpoints.push(parsed.data);
    else
      findings.push({
        kind: 'bad-format',
        where: `line ${index + 1}`,
        detail: 'This line is no checkpoint.',
      });
  });
  return { checkpoints, findings };
}

/** Appends and waits until the line is on the disk. A half-written last line is closed first, and stays visible. */
export async function appendCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const file = await open(path, 'a+', 0o600);
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(1);
    const isTorn = size > 0 && (await file.read(tail, 0, 1, size - 1)).bytesRead === 1 && tail[0] !== 0x0a;
    await file.appendFile(`${isTorn ? '\n' : ''}${checkpointLine(checkpoint)}`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The checkpoints in the file; none when there is no file. */
export async function readCheckpointFile(path: string): Promise<CheckpointLines> {
  const text = await readFile(path, 'utf8').catch(absentOrThrow);
  return parseCheckpointLines(text ?? '');
}

/**
 * Checks that checkpoints follow one another, first to last, and are signed. `from` is what the first must be
 * numbered, 1 for a whole list.
 */
export function checkCheckpoints(
  checkpoints: readonly Checkpoint[],
  keys: readonly PublicKey[],
  from = 1,
): readonly Finding[] {
  const findings: Finding[] = [];
  let before: Checkpoint | undefined;
  for (const checkpoint of checkpoints) {
    const where = `checkpoint ${checkpoint.n}`;
    const expected = before === undefined ? from : before.n + 1;
    if (checkpoint.n !== expected) {
      const kind =
        checkpoint.n > expected ? 'missing' : checkpoint.n === before?.n ? 'duplicated' : 'reordered';
      findings.push({ kind, where, detail: `Number ${expected} was to come here.` });
    }
    const isNext = before !== undefined ? checkpoint.n === before.n + 1 : checkpoint.n === 1;
    const previous = before === undefined ? genesis : checkpointHash(before);
    if (isNext && checkpoint.previous !== previous) {
      findings.push({ kind: 'broken-link', where, detail: 'It does not continue the checkpoint before.' });
    }
    const verdict = judgeSignature(checkpoint, keys);
    if (verdict !== 'good') findings.push(signatureFinding(verdict, where, checkpoint.keyId));
    before = checkpoint;
  }
  return findings;
}

export function signatureFinding(
  kind: 'bad-signature' | 'unknown-key',
  where: string,
  keyId: string,
): Finding {
  return kind === 'bad-signature'
    ? { kind, where, detail: `It is not signed by key ${keyId}.` }
    : { kind, where, detail: `The public key ${keyId} is not at hand.` };
}

export type FileComparison = {
  readonly findings: readonly Finding[];
  /** Checkpoints that the database has and the file lacks at its end: a crash between the two; append them. */
  readonly toAppend: readonly Checkpoint[];
};

/**
 * Compares the file with the database's checkpoints and names what one has and the other has not. One case is told
 * apart: when only the database's last checkpoint is missing from the file, a crash came between the two, and
 * `toAppend` mends it.
 */
export function compareCheckpoints(
  file: readonly Checkpoint[],
  stored: readonly Checkpoint[],
): FileComparison {
  const inStore = new Map(stored.map((checkpoint) => [checkpoint.n, checkpointHash(checkpoint)]));
  const storedLast = stored.reduce((last, checkpoint) => Math.max(last, checkpoint.n), 0);
  const inFile = new Map<number, string[]>();
  for (const checkpoint of file) {
    inFile.set(checkpoint.n, [...(inFile.get(checkpoint.n) ?? []), checkpointHash(checkpoint)]);
  }
  const findings = [...inFile].flatMap(([n, hashes]) => compareOne(n, hashes, inStore.get(n), storedLast));
  const absent = stored
    .filter((checkpoint) => !inFile.has(checkpoint.n))
    .toSorted((left, right) => left.n - right.n);
  const isCrash = absent.length === 1 && absent[0]?.n === storedLast;
  if (isCrash) return { findings, toAppend: absent };
  const missing = absent.map(({ n }): Finding => {
    return {
      kind: 'missing',
      where: `file, checkpoint ${n}`,
      detail: 'The database has it and the file has not.',
    };
  });
  return { findings: [...findings, ...missing], toAppend: [] };
}

function compareOne(
  n: number,
  hashes: readonly string[],
  inside: string | undefined,
  storedLast: number,
): Finding[] {
  const where = `checkpoint ${n}`;
  if (inside === undefined) {
    const detail =
      'The file has it and the database has not: it was cut short, or stopped before it could write.';
    return [{ kind: n > storedLast ? 'truncated' : 'missing', where, detail }];
  }
  if (!hashes.includes(inside)) {
    return [{ kind: 'checkpoint-mismatch', where, detail: 'The database and the file differ.' }];
  }
  const detail =
    'The file has two: sealing was stopped between the file and the database, or the database changed.';
  return hashes.length > 1 ? [{ kind: 'duplicated', where, detail }] : [];
}
