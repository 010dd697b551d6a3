import { z } from 'zod';
import { checkBackwards } from '../../ledger/check-audit.ts';
import { checkStoredChain } from '../../ledger/check-store.ts';
import { signatureFinding } from '../../ledger/checkpoint-file.ts';
import type { Finding } from '../../ledger/finding.ts';
import { entriesOfRows, sealedOf } from '../../ledger/rows.ts';
import { headTree, judgeSignature, type PublicKey, type Sealed } from '../../ledger/seal.ts';
import { jsonOrUndefined } from '../../lib/json-or-undefined.ts';
import type { Principal } from '../../ports/principal.ts';
import type { CheckpointRow, LedgerRow, StoreRead } from '../../ports/store.ts';
import { auditChainId, auditHeadsId } from './note-access.ts';

/** Findings that are told; what is broken in more places is only counted. */
export const findingsMax = 50;

/** Entries in memory at once. */
const rowsPerPage = 1_000;

const headSchema = z.object({ seq: z.int(), hash: z.string() });

export type ChainCheck = {
  readonly entries: number;
  readonly head?: { readonly seq: number; readonly hash: string };
  /** The newest checkpoint that vouches for it, and up to which entry. */
  readonly checkpoint?: {
    readonly n: number;
    readonly at: number;
    readonly keyId: string;
    readonly seq: number;
  };
  readonly findings: readonly Finding[];
  readonly found: number;
};

/**
 * Reads the whole chain of access decisions, a page at a time, from its head to its beginning, and the chain in the
 * ledger that notes its heads, and holds both against the newest signed checkpoint. What is written meanwhile is left out.
 */
export async function checkAuditChain(
  read: StoreRead,
  principal: Principal,
  keys: readonly PublicKey[],
): Promise<ChainCheck> {
  const chain = await read.auditChain(principal);
  if (chain === undefined) return { entries: 0, findings: [], found: 0 };
  const findings: Finding[] = [];
  let found = 0;
  const add = (more: readonly Finding[], n = more.length): void => {
    findings.push(...more.slice(0, findingsMax - findings.length));
    found += n;
  };

  const noted = new Map<number, string>();
  const notedAt = new Map<number, number>();
  const heads = checkBackwards({ seq: chain.notedSeq, hash: chain.notedHead }, new Map(), findingsMax);
  const sealed = await newestSeal(read, principal, keys, add);
  const ofHeads = (before: number) => read.chainEntries(principal, auditHeadsId, before, rowsPerPage);
  for await (const rows of pages(chain.notedSeq, ofHeads)) {
    heads.page(rows);
    for (const { seq, hash, body } of rows) {
      const head = headSchema.safeParse(jsonOrUndefined(body));
      if (head.success) {
        noted.set(head.data.seq, head.data.hash);
        notedAt.set(seq, head.data.seq);
      }
      if (sealed !== undefined && seq === sealed.head.seq && hash !== sealed.head.hash)
        add([
          {
            kind: 'checkpoint-mismatch',
            where: `checkpoint ${sealed.n}`,
            detail: 'It signed another entry of the chain that notes the heads.',
          },
        ]);
    }
  }
  const ended = heads.end();
  add(
    ended.findings.map((finding) => ({ ...finding, where: `noted heads, ${finding.where}` })),
    ended.found,
  );
  if (sealed !== undefined && sealed.head.seq > chain.notedSeq)
    add([
      {
        kind: 'truncated',
        where: `checkpoint ${sealed.n}`,
        detail: 'It signed an entry of the chain that notes the heads, which is gone.',
      },
    ]);

  const own = checkBackwards({ seq: chain.seq, hash: chain.head }, noted, findingsMax);
  const ofChain = async (before: number) => {
    const rows = await read.auditEntries(principal, { before, limit: rowsPerPage });
    return rows.map(({ seq, at, kind, previous, hash, body }) => {
      return { loop: auditChainId, seq, at, kind, previous, hash, body };
    });
  };
  for await (const rows of pages(chain.seq, ofChain)) own.page(rows);
  const result = own.end();
  add(result.findings, result.found);
  const vouched = sealed === undefined ? undefined : notedAt.get(sealed.head.seq);
  return {
    entries: result.entries,
    head: { seq: chain.seq, hash: chain.head },
    ...(sealed === undefined || vouched === undefined
      ? {}
      : { checkpoint: { n: sealed.n, at: sealed.at, keyId: sealed.keyId, seq: vouched } }),
    findings,
    found,
  };
}

/** One loop's chain against its row and every checkpoint under which it stands. */
export function checkLoopChain(
  loop: { readonly id: string; readonly seq: number; readonly head: string },
  entries: readonly LedgerRow[],
  checkpoints: readonly CheckpointRow[],
  keys: readonly PublicKey[],
): ChainCheck {
  const seals = checkpoints.map(sealedOf);
  const heads = seals.flatMap(({ checkpoint, heads: all }) =>
    all
      .filter((head) => head.loop === loop.id)
      .map(({ seq, hash }) => ({ checkpoint, n: checkpoint.n, seq, head: hash })),
  );
  const findings = [
    ...checkStoredChain(loop.id, entriesOfRows(entries), loop, heads),
    ...seals.flatMap((seal) => sealFindings(seal, keys)),
  ];
  const last = heads.at(-1);
  return {
    entries: entries.length,
    ...(loop.seq === 0 ? {} : { head: { seq: loop.seq, hash: loop.head } }),
    ...(last === undefined
      ? {}
      : {
          checkpoint: {
            n: last.n,
            at: last.checkpoint.at,
            keyId: last.checkpoint.keyId,
            seq: last.seq,
          },
        }),
    findings: findings.slice(0, findingsMax),
    found: findings.length,
  };
}

/** The head that the newest checkpoint of the chain of heads signed; what is wrong with that checkpoint is told. */
async function newestSeal(
  read: StoreRead,
  principal: Principal,
  keys: readonly PublicKey[],
  add: (more: readonly Finding[]) => void,
) {
  const row = await read.newestCheckpointOf(principal, auditHeadsId);
  if (row === undefined) return undefined;
  const seal = sealedOf(row);
  add(sealFindings(seal, keys));
  const head = seal.heads.find(({ loop }) => loop === auditHeadsId);
  const { n, at, keyId } = seal.checkpoint;
  return head === undefined ? undefined : { n, at, keyId, head };
}

function sealFindings({ checkpoint, heads }: Sealed, keys: readonly PublicKey[]): readonly Finding[] {
  const where = `checkpoint ${checkpoint.n}`;
  const verdict = judgeSignature(checkpoint, keys);
  const tree = headTree(heads);
  return [
    ...(verdict === 'good' ? [] : [signatureFinding(verdict, where, checkpoint.keyId)]),
    ...(tree.root === checkpoint.root && tree.size === checkpoint.size
      ? []
      : [
          {
            kind: 'checkpoint-mismatch' as const,
            where,
            detail: 'The heads kept with it do not give its root.',
          },
        ]),
  ];
}

/** Pages from a number down to the first, each from where the last one ended. */
async function* pages<Row extends { readonly seq: number }>(
  from: number,
  page: (before: number) => Promise<readonly Row[]>,
): AsyncGenerator<readonly Row[], void, undefined> {
  let before = from + 1;
  while (before > 1) {
    const rows = await page(before);
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    before = last.seq;
  }
}
