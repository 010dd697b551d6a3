import type { Evidence } from '../core/owner.ts';
import type { OwnerQuery } from '../ports/owner-directory.ts';
import type { Told } from './ingest.ts';
import type { LoopParts } from './parts.ts';

/** Asks every directory about the failing events that are new, in one batch each. */
export async function gatherEvidence(
  parts: LoopParts,
  told: readonly Told[],
  known: ReadonlySet<string>,
): Promise<readonly Told[]> {
  const asked = told.flatMap((item, index) => (item.role === 'failed' && !known.has(item.event.id) ? [index] : []));
  if (asked.length === 0) return told;
  const queries = asked.flatMap((index): readonly OwnerQuery[] => {
    const event = told[index]?.event;
    if (event === undefined) return [];
    const identity = event.identity === undefined ? {} : { identity: event.identity };
    return [{ where: event.where, leads: event.leads, ...identity }];
  });
  const found = await Promise.all(parts.directories.map((directory) => directory.evidence(queries)));
  const evidence = new Map<number, readonly Evidence[]>();
  for (const [at, index] of asked.entries()) {
    evidence.set(index, found.flatMap((answers) => answers[at] ?? []));
  }
  return told.map((item, index) => ({ ...item, evidence: evidence.get(index) ?? item.evidence }));
}
