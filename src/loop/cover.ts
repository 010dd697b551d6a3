import { addSeen } from '../core/loop/facts.ts';
import type { LoopRow } from '../ports/store.ts';
import type { LedgerFact, LoopParts } from './parts.ts';
import { type Change, settle } from './settle.ts';

/** A report that looked at a whole repository, or at all of it below a path. */
export type Coverage = {
  readonly source: string;
  readonly repository: string;
  readonly pathPrefix?: string;
  /** When the report was taken. */
  readonly at: number;
  /** Loops that the report still had. */
  readonly found: ReadonlySet<string>;
};

const pageMax = 500;

/**
 * What a complete report no longer has is part of a fix: removal from the tree, never proof that the secret is dead.
 * Returns the number of loops that were missing from it.
 */
export async function coverReport(parts: LoopParts, coverage: Coverage): Promise<number> {
  let missing = 0;
  let after: string | undefined;
  do {
    const page = await parts.store.transaction(async (tx) => {
      const rows = await tx.lockLoopsOfRepository(coverage.repository, pageMax, after);
      const covered = rows.filter((row) => isCovered(row, coverage));
      const changes = covered.flatMap((row) => changeOf(row, coverage));
      await settle(parts, tx, changes, parts.clock.now());
      missing += covered.filter((row) => !coverage.found.has(row.id)).length;
      return rows;
    });
    after = page.length === pageMax ? page.at(-1)?.id : undefined;
  } while (after !== undefined);
  if (missing > 0) parts.wake();
  return missing;
}

/** Only what this source had reported can be missing from its report, and only where it looked. */
function isCovered(row: LoopRow, coverage: Coverage): boolean {
  const { pathPrefix = '' } = coverage;
  const reported = row.facts.kept.filter((sighting) => sighting.source === coverage.source);
  return reported.length > 0 && reported.every(({ where }) => where.file?.startsWith(pathPrefix) === true);
}

function changeOf(before: LoopRow, coverage: Coverage): readonly Change[] {
  const origin = `report:${coverage.source}`;
  const known = before.facts.seen[origin];
  const isThere = coverage.found.has(before.id);
  const signal = isThere ? 'report-with-it' : 'report-without-it';
  if (known?.signal === signal || (isThere && known === undefined)) return [];
  const reason = isThere
    ? `a complete report of ${coverage.source} still has it`
    : `a complete report of ${coverage.source} no longer has it`;
  const facts = addSeen(before.facts, origin, { signal, at: coverage.at, reason });
  const story: LedgerFact[] = [{ kind: 'sight', at: coverage.at, body: { origin, signal, reason } }];
  return facts === before.facts ? [] : [{ before, facts, story }];
}
