import { leadEvidence } from '../core/lead-evidence.ts';
import type { Evidence } from '../core/owner.ts';
import { ownerWeights } from '../core/owner-weights.ts';
import type { OwnerQuery } from '../ports/owner-directory.ts';
import type { Told } from './ingest.ts';
import { learntScope } from './listen.ts';
import { type LoopParts, loopPrincipal } from './parts.ts';

/** What the payload says, what the directories say and what was learnt, for the failing events that are new. */
export async function gatherEvidence(
  parts: LoopParts,
  told: readonly Told[],
  known: ReadonlySet<string>,
): Promise<readonly Told[]> {
  const asked = told.filter((item) => item.role === 'failed' && !known.has(item.event.id));
  if (asked.length === 0) return told;
  const queries = asked.map(({ event }): OwnerQuery => {
    const identity = event.identity === undefined ? {} : { identity: event.identity };
    return { where: event.where, leads: event.leads, ...identity };
  });
  const found = await Promise.all(parts.directories.map((directory) => directory.evidence(queries)));
  const learnt = await learntEvidence(parts, asked);
  const evidence = new Map<Told, readonly Evidence[]>();
  for (const [at, item] of asked.entries()) {
    const answers = found.flatMap((directory) => directory[at] ?? []);
    evidence.set(item, [...leadEvidence(item.event.leads), ...answers, ...(learnt[at] ?? [])]);
  }
  return told.map((item) => {
    const pieces = evidence.get(item);
    return pieces === undefined ? item : { ...item, evidence: pieces };
  });
}

async function learntEvidence(
  parts: LoopParts,
  asked: readonly Told[],
): Promise<readonly (readonly Evidence[])[]> {
  const scopes = asked.map(({ event: { where } }) =>
    where.repository === undefined || where.file === undefined
      ? undefined
      : parts.idOf(learntScope(where.repository, where.file)),
  );
  const wanted = [...new Set(scopes.filter((scope) => scope !== undefined))];
  const known = await parts.store.read.learntOwners(loopPrincipal, wanted);
  return scopes.map((scope): readonly Evidence[] => {
    const owner = scope === undefined ? undefined : known.get(scope);
    if (owner?.kind !== 'person') return [];
    const weight = ownerWeights.kinds['learnt']?.weight ?? 0;
    const detail = 'They took over an earlier case in this file.';
    return [{ kind: 'learnt', owner: { kind: 'person', id: owner.id }, detail, weight }];
  });
}
