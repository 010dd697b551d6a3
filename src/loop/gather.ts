import type { Actor, Event, Identity } from '../core/event.ts';
import { identityKey } from '../core/identity-key.ts';
import { leadEvidence, strangerOf } from '../core/lead-evidence.ts';
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
  const asked = told.filter(
    ({ role, event }) => (role === 'failed' || role === 'wanted') && !known.has(event.id),
  );
  if (asked.length === 0) return told;
  const found = await directoryEvidence(
    parts.directories,
    asked.map((item) => item.event),
    parts.ownerWeights,
  );
  const learnt = await learntEvidence(parts, asked);
  const named = await namedEvidence(
    parts,
    asked.map(({ event }) => event.identity),
  );
  const evidence = new Map<Told, readonly Evidence[]>();
  for (const [at, item] of asked.entries())
    evidence.set(item, named[at] ?? [...(found[at] ?? []), ...(learnt[at] ?? [])]);
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
  const queries = events.map((event): OwnerQuery => {
    const { where, leads, identity, resource } = event;
    const actor = doerOf(event);
    return {
      where,
      leads,
      ...(actor && { actor }),
      ...(identity && { identity }),
      ...(resource && { resource }),
    };
  });
  const found = await Promise.all(directories.map((directory) => directory.evidence(queries)));
  return events.map((event, at) => [
    ...leadEvidence(event.leads, weights),
    ...doerEvidence(event, weights),
    ...found.flatMap((directory) => directory[at] ?? []),
  ]);
}

/** Whoever did it, where that is known by a login. The author of a commit is not: anyone may write any name there. */
function doerOf({ kind, actor }: Event): Actor | undefined {
  return kind.startsWith('secret.') || kind === 'finding.reported' ? undefined : actor;
}

function doerEvidence(event: Event, weights: OwnerWeights): readonly Evidence[] {
  const actor = doerOf(event);
  if (actor?.type !== 'person' || (actor.email === undefined && actor.account === undefined)) return [];
  const { email, account, name } = actor;
  return [
    {
      kind: 'account-holder',
      owner: strangerOf({
        ...(name === undefined ? {} : { name }),
        ...(email === undefined ? {} : { email }),
        ...(account === undefined ? {} : { account }),
      }),
      detail: 'This account did it.',
      weight: weightOf(weights, 'account-holder'),
    },
  ];
}

/** Whom an operator named for each: whoever looked into it is asked no more what others would guess. */
export async function namedEvidence(
  parts: LoopParts,
  asked: readonly (Pick<Identity, 'provider' | 'id'> | undefined)[],
): Promise<readonly (readonly Evidence[] | undefined)[]> {
  const keys = asked.map((identity) => (identity === undefined ? undefined : identityKey(identity)));
  const wanted = [...new Set(keys.filter((key) => key !== undefined))];
  const named = await parts.store.read.namedOwners(loopPrincipal, wanted);
  return keys.map((key) => {
    const owner = key === undefined ? undefined : named.get(key);
    if (owner === undefined) return undefined;
    const weight = weightOf(parts.ownerWeights, 'learnt');
    return [
      { kind: 'learnt', owner, detail: 'An operator named them as the owner of this identity.', weight },
    ];
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
    const weight = weightOf(parts.ownerWeights, 'learnt');
    const detail = 'They took over an earlier case in this file.';
    return [{ kind: 'learnt', owner: { kind: 'person', id: owner.id }, detail, weight }];
  });
}
