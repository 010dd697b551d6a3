import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { canonicalJson } from '../lib/canonical-json.ts';
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
 * Compares the file with the database's checkpoints. The database writes first, so a file that is behind by its last
 * checkpoint is a crash, not an attack; anything else is a finding.
 */
export function compareCheckpoints(
  file: readonly Checkpoint[],
  stored: readonly Checkpoint[],
): FileComparison {
  const findings: Finding[] = [];
  const inFile = new Map(file.map((checkpoint) => [checkpoint.n, checkpoint]));
  const inStore = new Map(stored.map((checkpoint) => [checkpoint.n, checkpoint]));
  const storedLast = stored.reduce((last, checkpoint) => Math.max(last, checkpoint.n), 0);
  for (const [n, outside] of inFile) {
    const where = `checkpoint ${n}`;
    const inside = inStore.get(n);
    if (inside === undefined) {
      const kind = n > storedLast ? 'truncated' : 'missing';
      findings.push({ kind, where, detail: 'The file has it and the database has not.' });
    } else if (checkpointHash(inside) !== checkpointHash(outside)) {
      findings.push({ kind: 'checkpoint-mismatch', where, detail: 'The database and the file differ.' });
    }
  }
  const absent = stored
    .filter((checkpoint) => !inFile.has(checkpoint.n))
    .toSorted((left, right) => left.n - right.n);
  const [only, ...more] = absent;
  const isCrash = only !== undefined && more.length === 0 && only.n === storedLast;
  if (!isCrash) {
    for (const checkpoint of absent) {
      const detail = 'The database has it and the file has not.';
      findings.push({ kind: 'missing', where: `file, checkpoint ${checkpoint.n}`, detail });
    }
  }
  return { findings, toAppend: isCrash ? [only] : [] };
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
