import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../lib/canonical-json.ts';
import type { SigningKey } from '../lib/ed25519.ts';
import { genesis, type LedgerEntry } from './chain.ts';
import type { PlacedValue } from './check-entries.ts';
import { checkpointSchema } from './checkpoint-file.ts';
import { evidenceSchema } from './evidence.ts';
import { checkpointHash, headTree, onlyMembers, type PublicKey, type Sealed } from './seal.ts';

/**
 * Many stories as one file that anyone can check: one JSON object a line, so that neither the writer nor whoever
 * checks it ever holds more than one story. First a header, then the checkpoints from the beginning of the period to
 * the export, then every story, then a statement that the exporter signs.
 *
 * A story is in when an entry of it was recorded in the period or a checkpoint of the period sealed it, and then whole,
 * as it stood at the export. So whatever those checkpoints hold must be there: a story that was taken out shows.
 */
export const periodFormat = 'foldback-evidence-period/1';

const hex64 = z.string().regex(/^[0-9a-f]{64}$/u, 'not 64 hex digits');
const { entries, private: personal, keys } = evidenceSchema.shape;

export const periodHeaderSchema = z.strictObject({
  format: z.literal(periodFormat),
  organisation: z.string().max(200),
  /** Epoch milliseconds; `until` is no part of the period. */
  exportedAt: z.int(),
  from: z.int(),
  until: z.int(),
  /** Whose cases these are: `all`, or the teams that the exporter sees. Then what others own is not in the file. */
  teams: z.union([z.literal('all'), z.array(z.string().max(200))]),
  purpose: z.string().max(500),
  keys,
});
export type PeriodHeader = z.infer<typeof periodHeaderSchema>;

const headSchema = z.strictObject({
  loop: z.string().max(200),
  seq: z.int().min(1),
  hash: hex64,
  /** Left out where all heads stand here: then they give the root. */
  index: z.int().min(0).exactOptional(),
  path: z.array(hex64).max(64).exactOptional(),
});

export const periodLineSchema = z.union([
  z.strictObject({ checkpoint: checkpointSchema, heads: z.array(headSchema) }),
  z.strictObject({
    story: z.strictObject({
      loop: z.string().min(1).max(200),
      caseCode: z.string().max(40),
      behaviour: z.string().max(200),
      entries,
      private: personal,
    }),
  }),
  z.strictObject({
    statement: z.strictObject({
      stories: z.int().min(0),
      checkpoints: z.int().min(0),
      /** SHA-256 over the name and last head of every story and the hash of every checkpoint, in order, one a line. */
      digest: hex64,
      keyId: z.string().regex(/^[0-9a-f]{16}$/u),
      signature: z.string().max(100),
    }),
  }),
]);
export type PeriodLine = z.infer<typeof periodLineSchema>;
export type PeriodStatement = Extract<PeriodLine, { statement: unknown }>['statement'];

export type PeriodStory = {
  readonly loop: string;
  readonly caseCode: string;
  readonly behaviour: string;
  readonly entries: readonly LedgerEntry[];
  readonly private: readonly PlacedValue[];
};

export type PeriodRequest = {
  readonly header: Omit<PeriodHeader, 'format' | 'keys'>;
  /** Public halves of all keys that signed. */
  readonly keys: readonly PublicKey[];
  readonly signer: SigningKey;
  /** The loops of the file. */
  readonly loops: ReadonlySet<string>;
  /** Checkpoints signed from the beginning of the period on, in order. */
  readonly sealed: AsyncIterable<Sealed>;
  readonly stories: AsyncIterable<PeriodStory>;
};

/** What is digested of each line, in order. */
export function digestOf(): { add(text: string): void; end(): string } {
  const hash = createHash('sha256');
  return { add: (text) => hash.update(`${text}\n`), end: () => hash.digest('hex') };
}

/** The line of a story in the digest: how it is called and where it ends. */
export function storyText(story: {
  readonly loop: string;
  readonly caseCode: string;
  readonly behaviour: string;
  readonly entries: readonly Pick<LedgerEntry, 'seq' | 'hash'>[];
}): string {
  const { loop, caseCode, behaviour, entries: written } = story;
  const { seq = 0, hash = genesis } = written.at(-1) ?? {};
  return canonicalJson({ loop, caseCode, behaviour, seq, hash });
}

/** The lines of the file, each a JSON text without its line break. */
export async function* periodLines(request: PeriodRequest): AsyncGenerator<string> {
  const { signer, loops } = request;
  const own = { keyId: signer.keyId, publicKey: signer.publicKey };
  const keysById = new Map([...request.keys, own].map((key) => [key.keyId, key.publicKey]));
  const header: PeriodHeader = {
    format: periodFormat,
    ...request.header,
    keys: [...keysById].map(([keyId, publicKey]) => ({ keyId, publicKey })),
  };
  yield canonicalJson(header);
  const digest = digestOf();
  let checkpoints = 0;
  for await (const { checkpoint, heads } of request.sealed) {
    checkpoints += 1;
    digest.add(checkpointHash(checkpoint));
    yield canonicalJson({ checkpoint: onlyMembers(checkpoint), heads: headsOf(heads, loops) });
  }
  let stories = 0;
  for await (const { loop, caseCode, behaviour, entries: written, private: kept } of request.stories) {
    stories += 1;
    const story = { loop, caseCode, behaviour, entries: written };
    digest.add(storyText(story));
    yield canonicalJson({ story: { ...story, private: kept } });
  }
  const open = { stories, checkpoints, digest: digest.end(), keyId: signer.keyId };
  const statement = { ...open, signature: signer.sign(periodStatementText(header, open)) };
  yield canonicalJson({ statement });
}

function headsOf(heads: Sealed['heads'], loops: ReadonlySet<string>) {
  const shown = heads.map((head, index) => ({ ...head, index })).filter(({ loop }) => loops.has(loop));
  if (shown.length === heads.length) return heads.map(({ loop, seq, hash }) => ({ loop, seq, hash }));
  if (shown.length === 0) return [];
  const tree = headTree(heads);
  return shown.map(({ loop, seq, hash, index }) => ({ loop, seq, hash, index, path: tree.proof(index) }));
}

/** What the exporter signs: the header, and that these stories and checkpoints are all of it. */
export function periodStatementText(
  header: PeriodHeader,
  statement: Omit<PeriodStatement, 'signature'>,
): string {
  const { stories, checkpoints, digest, keyId } = statement;
  return canonicalJson({ header, stories, checkpoints, digest, keyId });
}
