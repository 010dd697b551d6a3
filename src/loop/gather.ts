import type { Event } from '../core/event.ts';
import { leadEvidence } from '../core/lead-evidence.ts';
import type { Evidence } from '../core/owner.ts';
import { type OwnerWeights, weightOf } from '../core/owner-weights.ts';
import type { OwnerDirectory, OwnerQuery } from '../ports/owner-directory.ts';
import type { Told } from './ingest.ts';
import { learntScope } from './listen.ts';
import { type LoopParts, loopPrincipal } from './parts.ts';

/** What the payload says, what the directories say and what was learnt, for the failing events that are new. */
export async function gatherEvidence(
  parts: LoopParts,
  told: readonly Told[],
  known: { has(event: string): boolean },
): Promise<readonly Told[]> {
  const asked = told.filter((item) => item.role === 'failed' && !known.has(item.event.id));
  if (asked.length === 0) return told;
  const found = await directoryEvidence(
    parts.directories,
    asked.map((item) => item.event),
    parts.ownerWeights,
  );
  const learnt = await learntEvidence(parts, asked);
  const evidence = new Map<Told, readonly Evidence[]>();
  for (const [at, item] of asked.entries()) evidence.set(item, [...(found[at] ?? []), ...(learnt[at] ?? [])]);
  return told.map((item) => {
    const pieces = evidence.get(item);
    return pieces === undefined ? item : { ...item, evidence: pieces };
  });
}

/** What the payloads and the directories say, for each event in order. */
export async function directoryEvidence(
  directories: readonly OwnerDirectory[],
  events: readonly Event[],
  weights: OwnerWeights,
): Promise<readonly (readonly Evidence[])[]> {
  const queries = events.map(({ where, leads, identity, resource, actor }): OwnerQuery => {
    const named = { ...(identity && { identity }), ...(resource && { resource }) };
    return { where, leads, actor, ...named };
  });
  const found = await Promise.all(directories.map((directory) => directory.evidence(queries)));
  return events.map(({ leads }, at) => [
    ...leadEvidence(leads, weights),
    ...found.flatMap((directory) => directory[at] ?? []),
  ]);
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
    const weight = weightOf(parts.ownerWeights, 'learnt');
    const detail = 'They took over an earlier case in this file.';
    return [{ kind: 'learnt', owner: { kind: 'person', id: owner.id }, detail, weight }];
  });
}
