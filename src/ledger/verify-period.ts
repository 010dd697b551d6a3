import { isSignedBy, publicKeyId } from '../lib/ed25519.ts';
import { jsonOrUndefined } from '../lib/json-or-undefined.ts';
import { checkEntries, checkPrivate } from './check-entries.ts';
import { checkCheckpoints, signatureFinding } from './checkpoint-file.ts';
import { commitmentPaths } from './commitment.ts';
import type { Finding } from './finding.ts';
import { isIncluded } from './merkle.ts';
import {
  digestOf,
  type PeriodHeader,
  type PeriodLine,
  type PeriodStatement,
  periodHeaderSchema,
  periodLineSchema,
  periodStatementText,
  storyText,
} from './period.ts';
import { type Checkpoint, checkpointHash, headTree, leafText } from './seal.ts';
import type { VerifyOptions } from './verify.ts';

export type PeriodVerdict = {
  readonly isWhole: boolean;
  /** The first `findingsMax`; `more` counts the others. */
  readonly findings: readonly Finding[];
  readonly more: number;
  readonly summary?: {
    readonly from: number;
    readonly until: number;
    readonly stories: number;
    readonly entries: number;
    readonly checkpoints: number;
    /** Stories whose last entry no checkpoint of the file seals; the exporter's signature vouches for it. */
    readonly notSealedYet: number;
    readonly held: number;
    readonly erased: number;
    readonly keyIds: readonly string[];
    readonly isTrusted: boolean;
  };
};

const findingsMax = 100;
type CheckpointLine = Extract<PeriodLine, { checkpoint: unknown }>;
type Story = Extract<PeriodLine, { story: unknown }>['story'];
type Head = { readonly n: number; readonly seq: number; readonly hash: string; readonly isOfPeriod: boolean };

/**
 * Checks a file of a period line by line, offline: every story as `verifyEvidence` does, every checkpoint, and that
 * nothing which the checkpoints of the period hold is missing. Holds one story at a time. Never throws for bad input.
 */
export async function verifyPeriod(
  lines: AsyncIterable<string>,
  options: VerifyOptions = {},
): Promise<PeriodVerdict> {
  const check = startCheck(options);
  for await (const text of lines) check.line(text);
  return check.end();
}

function startCheck(options: VerifyOptions) {
  const findings: Finding[] = [];
  let more = 0;
  const found = (...some: readonly Finding[]): void => {
    for (const one of some) {
      if (findings.length < findingsMax) findings.push(one);
      else more += 1;
    }
  };
  let number = 0;
  let header: PeriodHeader | undefined;
  let statement: PeriodStatement | undefined;
  let before: Checkpoint | undefined;
  const digest = digestOf();
  const sealed = new Map<string, Head[]>();
  const seen = new Set<string>();
  const count = { entries: 0, checkpoints: 0, notSealedYet: 0, held: 0, erased: 0 };
  const outside = new Map(options.outside?.map((one) => [one.n, checkpointHash(one)]));
  const bad = (detail: string): void => found({ kind: 'bad-format', where: `line ${number}`, detail });

  const checkpointLine = ({ checkpoint, heads }: CheckpointLine, { keys, until, teams }: PeriodHeader) => {
    const where = `checkpoint ${checkpoint.n}`;
    const isOfPeriod = checkpoint.at < until;
    count.checkpoints += 1;
    digest.add(checkpointHash(checkpoint));
    const chain = before === undefined ? [checkpoint] : [before, checkpoint];
    const from = chain[0]?.n ?? 1;
    found(...checkCheckpoints(chain, keys, from).filter((one) => one.where === where));
    if (options.outside !== undefined && outside.get(checkpoint.n) !== checkpointHash(checkpoint)) {
      const kind = outside.has(checkpoint.n) ? 'checkpoint-mismatch' : 'missing';
      found({ kind, where: `outside, ${where}`, detail: 'The file of checkpoints says otherwise.' });
    }
    const isComplete = heads.length === checkpoint.size;
    if (isComplete && heads.every(({ path }) => path === undefined)) {
      if (headTree(heads).root !== checkpoint.root)
        found({ kind: 'checkpoint-mismatch', where, detail: 'The heads do not give its root.' });
    } else {
      for (const { index = -1, path = [], ...head } of heads) {
        if (isIncluded(leafText(head), { index, size: checkpoint.size, path }, checkpoint.root)) continue;
        found({
          kind: 'checkpoint-mismatch',
          where,
          detail: `It does not hold loop ${head.loop} like this.`,
        });
      }
      if (!isComplete && isOfPeriod && teams === 'all') {
        const detail = `It sealed ${checkpoint.size} loops, and ${heads.length} stand here.`;
        found({ kind: 'missing', where, detail });
      }
    }
    for (const { loop, seq, hash } of heads) {
      const known = sealed.get(loop) ?? [];
      known.push({ n: checkpoint.n, seq, hash, isOfPeriod });
      sealed.set(loop, known);
    }
    before = checkpoint;
  };

  const storyLine = (story: Story): void => {
    const { loop, entries } = story;
    const where = `loop ${story.caseCode} (${loop})`;
    if (seen.has(loop)) found({ kind: 'duplicated', where, detail: 'The story stands more than once.' });
    seen.add(loop);
    digest.add(storyText(story));
    const heads = (sealed.get(loop) ?? []).map(({ n, seq, hash }) => {
      return { seq, hash, vouchedBy: `Checkpoint ${n}` };
    });
    const last = entries.at(-1)?.seq ?? 0;
    const problems = [...checkEntries(loop, entries, heads), ...checkPrivate(entries, story.private, last)];
    found(...problems.map((one) => ({ ...one, where: `${where}, ${one.where}` })));
    const committed = entries.reduce((n, entry) => n + commitmentPaths(entry.body).length, 0);
    count.entries += entries.length;
    count.held += story.private.length;
    count.erased += Math.max(0, committed - story.private.length);
    if (!heads.some(({ seq }) => seq >= last)) count.notSealedYet += 1;
  };

  const line = (text: string): void => {
    number += 1;
    if (text === '') return;
    const raw = jsonOrUndefined(text);
    if (header === undefined) {
      const parsed = periodHeaderSchema.safeParse(raw);
      if (!parsed.success) {
        bad('This is no header of evidence of a period.');
        return;
      }
      header = parsed.data;
      found(...keyFindings(header, options.trustedKeys));
      return;
    }
    const parsed = periodLineSchema.safeParse(raw);
    if (!parsed.success) bad('This line is none of a period’s evidence.');
    else if (statement !== undefined) bad('It stands after the statement.');
    else if ('checkpoint' in parsed.data) checkpointLine(parsed.data, header);
    else if ('story' in parsed.data) storyLine(parsed.data.story);
    else statement = parsed.data.statement;
  };

  const end = (): PeriodVerdict => {
    if (header === undefined) return { isWhole: false, findings, more };
    for (const [loop, heads] of sealed) {
      if (seen.has(loop)) continue;
      const numbers = heads.map(({ n }) => n).join(', ');
      found({ kind: 'missing', where: `loop ${loop}`, detail: `Checkpoint ${numbers} holds it.` });
    }
    found(...statementFindings(header, statement, { stories: seen.size, ...count, digest: digest.end() }));
    const keyIds = header.keys.map(({ keyId }) => keyId);
    const { from, until } = header;
    const isTrusted = keyIds.every((keyId) => options.trustedKeys?.includes(keyId) === true);
    const summary = { from, until, stories: seen.size, ...count, keyIds, isTrusted };
    return { isWhole: findings.length === 0, findings, more, summary };
  };
  return { line, end };
}

function statementFindings(
  header: PeriodHeader,
  statement: PeriodStatement | undefined,
  read: { readonly stories: number; readonly checkpoints: number; readonly digest: string },
): readonly Finding[] {
  const where = 'statement';
  if (statement === undefined)
    return [{ kind: 'truncated', where, detail: 'The end of the file is not there.' }];
  const key = header.keys.find(({ keyId }) => keyId === statement.keyId);
  if (key === undefined) return [signatureFinding('unknown-key', where, statement.keyId)];
  if (!isSignedBy(key.publicKey, periodStatementText(header, statement), statement.signature))
    return [signatureFinding('bad-signature', where, statement.keyId)];
  const counted = (['stories', 'checkpoints'] as const).flatMap((what): readonly Finding[] => {
    if (statement[what] === read[what]) return [];
    const detail = `The exporter signed for ${statement[what]} ${what}, and ${read[what]} stand here.`;
    return [{ kind: statement[what] > read[what] ? 'missing' : 'foreign', where, detail }];
  });
  if (counted.length > 0 || statement.digest === read.digest) return counted;
  return [{ kind: 'altered', where, detail: 'Something does not stand as the exporter signed for it.' }];
}

function keyFindings(header: PeriodHeader, trusted: readonly string[] | undefined): readonly Finding[] {
  return header.keys.flatMap(({ keyId, publicKey }): readonly Finding[] => {
    const where = `key ${keyId}`;
    if (publicKeyId(publicKey) !== keyId)
      return [{ kind: 'altered', where, detail: 'The key does not give its id.' }];
    if (trusted === undefined || trusted.includes(keyId)) return [];
    return [{ kind: 'unknown-key', where, detail: 'It is not among the trusted keys.' }];
  });
}
