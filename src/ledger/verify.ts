import { isSignedBy, publicKeyId } from '../lib/ed25519.ts';
import { checkEntries, checkPrivate } from './check-entries.ts';
import { checkCheckpoints, signatureFinding } from './checkpoint-file.ts';
import { commitmentPaths } from './commitment.ts';
import { type Evidence, evidenceSchema, statementText } from './evidence.ts';
import type { Finding } from './finding.ts';
import { isIncluded } from './merkle.ts';
import { type Checkpoint, checkpointHash, leafText } from './seal.ts';

export type VerifyOptions = {
  /** Key ids known from elsewhere. Without them a file signed by a forger's own key passes: `isTrusted` is false. */
  readonly trustedKeys?: readonly string[];
  /** The checkpoints of the file outside the database, to hold the evidence against. */
  readonly outside?: readonly Checkpoint[];
};

export type Verdict = {
  readonly isWhole: boolean;
  readonly findings: readonly Finding[];
  readonly summary?: {
    readonly loop: string;
    readonly entries: number;
    /** The last entry that a checkpoint seals; later ones are vouched for by the exporter's signature only. */
    readonly sealedThrough: number;
    readonly checkpoints: number;
    /** Personal values still in the file, and those that were erased. */
    readonly held: number;
    readonly erased: number;
    readonly keyIds: readonly string[];
    readonly isTrusted: boolean;
  };
};

/** Recomputes everything in an exported story, offline, and names whatever does not fit. Never throws for bad input. */
export function verifyEvidence(raw: unknown, options: VerifyOptions = {}): Verdict {
  const parsed = evidenceSchema.safeParse(raw);
  if (!parsed.success)
    return { isWhole: false, findings: parsed.error.issues.slice(0, 20).map(formatFinding) };
  const evidence = parsed.data;
  const findings = [
    ...checkKeys(evidence, options.trustedKeys),
    ...checkStatement(evidence),
    ...checkEntries(evidence.loop, evidence.entries, vouchedHeads(evidence)),
    ...checkPrivate(evidence.entries, evidence.private, evidence.statement.entries),
    ...checkSeals(evidence),
    ...(options.outside === undefined ? [] : checkOutside(evidence, options.outside)),
  ];
  return { isWhole: findings.length === 0, findings, summary: summarise(evidence, options.trustedKeys) };
}

function formatFinding(issue: { readonly path: readonly PropertyKey[]; readonly message: string }): Finding {
  return { kind: 'bad-format', where: `/${issue.path.map(String).join('/')}`, detail: issue.message };
}

function vouchedHeads(evidence: Evidence): { seq: number; hash: string; vouchedBy: string }[] {
  const sealed = evidence.checkpoints.map(({ checkpoint, head }) => {
    return { seq: head.seq, hash: head.hash, vouchedBy: `Checkpoint ${checkpoint.n}` };
  });
  const { entries, head } = evidence.statement;
  return entries === 0
    ? sealed
    : [...sealed, { seq: entries, hash: head, vouchedBy: "The exporter's statement" }];
}

function checkKeys(evidence: Evidence, trusted: readonly string[] | undefined): Finding[] {
  const used = new Set([
    evidence.statement.keyId,
    ...evidence.checkpoints.map((seal) => seal.checkpoint.keyId),
  ]);
  const found: Finding[] = [];
  let last = '';
  for (const { keyId, publicKey } of evidence.keys) {
    const where = `key ${keyId}`;
    if (publicKeyId(publicKey) !== keyId)
      found.push({ kind: 'altered', where, detail: 'The key does not give its id.' });
    if (!used.has(keyId)) found.push({ kind: 'foreign', where, detail: 'Nothing here is signed by it.' });
    if (keyId === last) found.push({ kind: 'duplicated', where, detail: 'The key stands more than once.' });
    if (keyId < last) found.push({ kind: 'reordered', where, detail: 'Keys stand by their ids.' });
    if (trusted !== undefined && !trusted.includes(keyId)) {
      found.push({ kind: 'unknown-key', where, detail: 'It is not among the trusted keys.' });
    }
    last = keyId;
  }
  return found;
}

function checkStatement(evidence: Evidence): Finding[] {
  const { statement, checkpoints } = evidence;
  const found: Finding[] = [];
  const key = evidence.keys.find((candidate) => candidate.keyId === statement.keyId);
  if (key === undefined) found.push(signatureFinding('unknown-key', 'statement', statement.keyId));
  else if (!isSignedBy(key.publicKey, statementText(evidence, statement), statement.signature)) {
    found.push(signatureFinding('bad-signature', 'statement', statement.keyId));
  }
  if (evidence.entries.length > statement.entries) {
    const where = `entry ${statement.entries + 1}`;
    found.push({
      kind: 'checkpoint-mismatch',
      where,
      detail: 'There are more entries than the exporter signed for.',
    });
  }
  const present = checkpoints.map(({ checkpoint }) => checkpointHash(checkpoint));
  statement.checkpoints.forEach((hash, index) => {
    if (present.includes(hash)) return;
    const detail = 'The exporter signed for a checkpoint that is not there, or not as it was.';
    found.push({ kind: 'missing', where: `checkpoint in place ${index + 1}`, detail });
  });
  present.forEach((hash, index) => {
    if (statement.checkpoints[index] === hash) return;
    const where = `checkpoint ${checkpoints[index]?.checkpoint.n}`;
    const kind = statement.checkpoints.includes(hash) ? 'reordered' : 'checkpoint-mismatch';
    found.push({ kind, where, detail: 'The exporter did not sign for it in this place.' });
  });
  return found;
}

function checkSeals(evidence: Evidence): Finding[] {
  return evidence.checkpoints.flatMap(({ checkpoint, head, index, path }, place) => {
    const before = evidence.checkpoints[place - 1]?.checkpoint;
    // Between the checkpoints of one loop lie others: only direct neighbours can be held against each other.
    const isNeighbour = before !== undefined && before.n + 1 === checkpoint.n;
    const links = isNeighbour
      ? checkCheckpoints([before, checkpoint], evidence.keys, before.n).filter(
          ({ where }) => !isOf(where, before.n),
        )
      : checkCheckpoints([checkpoint], evidence.keys, checkpoint.n);
    const leaf = leafText({ loop: evidence.loop, ...head });
    const isIn = isIncluded(leaf, { index, size: checkpoint.size, path }, checkpoint.root);
    const where = `checkpoint ${checkpoint.n}`;
    return isIn
      ? links
      : [...links, { kind: 'checkpoint-mismatch', where, detail: `It does not hold entry ${head.seq}.` }];
  });
}

function isOf(where: string, n: number): boolean {
  return where === `checkpoint ${n}`;
}

function checkOutside(evidence: Evidence, outside: readonly Checkpoint[]): Finding[] {
  const known = new Map(outside.map((checkpoint) => [checkpoint.n, checkpointHash(checkpoint)]));
  return evidence.checkpoints.flatMap(({ checkpoint }): Finding[] => {
    const where = `checkpoint ${checkpoint.n}`;
    const hash = known.get(checkpoint.n);
    if (hash === checkpointHash(checkpoint)) return [];
    return hash === undefined
      ? [{ kind: 'missing', where: `outside, ${where}`, detail: 'The file of checkpoints has it not.' }]
      : [{ kind: 'checkpoint-mismatch', where, detail: 'The file of checkpoints has another one.' }];
  });
}

function summarise(
  evidence: Evidence,
  trusted: readonly string[] | undefined,
): NonNullable<Verdict['summary']> {
  const commitments = evidence.entries.reduce(
    (count, entry) => count + commitmentPaths(entry.body).length,
    0,
  );
  return {
    loop: evidence.loop,
    entries: evidence.entries.length,
    sealedThrough: Math.max(0, ...evidence.checkpoints.map(({ head }) => head.seq)),
    checkpoints: evidence.checkpoints.length,
    held: evidence.private.length,
    erased: Math.max(0, commitments - evidence.private.length),
    keyIds: evidence.keys.map(({ keyId }) => keyId),
    isTrusted: trusted !== undefined && evidence.keys.every(({ keyId }) => trusted.includes(keyId)),
  };
}
