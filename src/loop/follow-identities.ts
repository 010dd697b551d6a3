import { identityKey, programKey } from '../core/identity-key.ts';
import type { Evidence } from '../core/owner.ts';
import { haveLeft, personOfOwner, type Standing, standingOf } from '../core/owner-standing.ts';
import type { IdentityRow, LoopRow } from '../ports/store.ts';
import { decidingEvidence, type LoopParts, ownerView, type ResolvedOwner } from './parts.ts';

/** Loops that are looked at in one transaction: each brings its facts. */
const newsMax = 200;
const listedMax = 500;

/** How sure it is who answers, by this evidence. */
export function standingOfEvidence(parts: LoopParts, evidence: readonly Evidence[]): Standing {
  return standingUnder(parts, evidence, parts.resolveOwner(evidence));
}

function standingUnder(
  parts: LoopParts,
  evidence: readonly Evidence[],
  { kind, id, confidence }: ResolvedOwner,
): Standing {
  const isGone = kind === 'person' && id !== undefined && parts.people.person(id)?.isActive === false;
  const hasLeft =
    isGone || haveLeft(evidence, parts.ownerWeights, (owner) => personOfOwner(parts.people, owner));
  return standingOf({ kind, confidence, hasEvidence: evidence.length > 0, hasLeft });
}

export type SeenIdentity = IdentityRow & { readonly loop: string; readonly lastAt: number };

/** The identity that a loop is about, as the loop knows it; undefined where it is about none. */
export function identityOfLoop(parts: LoopParts, row: LoopRow): SeenIdentity | undefined {
  const { identity, kept } = row.facts;
  if (identity === undefined || identity.id.trim() === '') return undefined;
  const program = kept.map(({ actor }) => programKey(actor)).find((key) => key !== undefined);
  return {
    id: parts.randomId(),
    key: identityKey(identity),
    type: identity.type,
    name: identity.id,
    ...(identity.provider === undefined ? {} : { provider: identity.provider }),
    standing: standingUnder(parts, decidingEvidence(row.facts), row.owner),
    owner: row.owner,
    ...(row.team === undefined ? {} : { team: row.team }),
    ...(program === undefined ? {} : { program }),
    loop: row.id,
    lastAt: row.lastOccurredAt,
    isListed: false,
  };
}

/** Takes over what loops say of identities by now. Returns how many notes were taken; nothing is left after it. */
export async function followIdentities(parts: LoopParts): Promise<number> {
  for (let count = 0; ; ) {
    const taken = await parts.store.transaction(async (tx) => {
      const news = await tx.takeIdentityNews(newsMax);
      const seen = news.loops.flatMap((row) => identityOfLoop(parts, row) ?? []);
      const latest = new Map<string, SeenIdentity>();
      for (const one of seen) {
        const known = latest.get(one.key);
        if (known === undefined || isLater(one, known)) latest.set(one.key, one);
      }
      await tx.saveSeenIdentities([...latest.values()], seen);
      return news.taken;
    });
    count += taken;
    if (taken < newsMax) return count;
  }
}

/** The same among equals whatever their order. */
function isLater(one: SeenIdentity, other: SeenIdentity): boolean {
  return one.lastAt === other.lastAt ? one.loop < other.loop : one.lastAt > other.lastAt;
}

/**
 * Takes over what the directories list, with whom they name for it; what none lists any more and no loop is about is
 * forgotten. The same lists again change nothing.
 */
export async function listIdentities(parts: LoopParts, signal?: AbortSignal): Promise<void> {
  const listed = Map.groupBy(
    parts.directories.flatMap((directory) => directory.identities?.() ?? []),
    ({ identity }) => identityKey(identity),
  );
  const groups = [...listed];
  for (let at = 0; at < groups.length && signal?.aborted !== true; at += listedMax) {
    const rows = groups.slice(at, at + listedMax).flatMap(([key, known]): readonly IdentityRow[] => {
      const [first] = known;
      if (first === undefined || first.identity.id.trim() === '') return [];
      const evidence = known.flatMap((one) => one.evidence);
      return [listedRow(parts, key, first.identity, evidence)];
    });
    await parts.store.transaction((tx) => tx.saveListedIdentities(rows));
  }
  let after: string | undefined;
  do {
    after = await parts.store.transaction(async (tx) => {
      const known = await tx.listedIdentities(listedMax, after);
      await tx.unlistIdentities(known.flatMap(({ id, key }) => (listed.has(key) ? [] : [id])));
      return known.length < listedMax ? undefined : known.at(-1)?.id;
    });
  } while (after !== undefined && signal?.aborted !== true);
}

function listedRow(
  parts: LoopParts,
  key: string,
  identity: { readonly type: string; readonly id: string; readonly provider?: string },
  evidence: readonly Evidence[],
): IdentityRow {
  const resolved = parts.resolveOwner(evidence);
  const team = ownerView(parts, resolved, undefined).team?.id;
  return {
    id: parts.randomId(),
    key,
    type: identity.type,
    name: identity.id,
    ...(identity.provider === undefined ? {} : { provider: identity.provider }),
    standing: standingUnder(parts, evidence, resolved),
    owner: resolved,
    ...(team === undefined ? {} : { team }),
    isListed: true,
  };
}

/** What the directories alone say of who answers for it. */
export function listedOwner(
  parts: LoopParts,
  { key, type, name, provider }: IdentityRow,
): Pick<IdentityRow, 'owner' | 'standing' | 'team'> {
  const evidence = parts.directories
    .flatMap((directory) => directory.identities?.() ?? [])
    .filter(({ identity }) => identityKey(identity) === key)
    .flatMap((one) => one.evidence);
  const identity = { type, id: name, ...(provider === undefined ? {} : { provider }) };
  return listedRow(parts, key, identity, evidence);
}

/** Whose owner has left since is orphaned, without any news of its own. */
export async function followLeftOwners(parts: LoopParts): Promise<number> {
  const left = parts.people.all().flatMap(({ id, isActive }) => (isActive ? [] : [id]));
  return parts.store.transaction((tx) => tx.followLeftOwners(left));
}
