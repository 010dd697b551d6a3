import type { Fingerprint } from '../core/fingerprint.ts';
import { addSeen } from '../core/loop/facts.ts';
import type { LoopRow } from '../ports/store.ts';
import type { Sight, VerifyCase } from '../ports/verifier.ts';
import { type LoopParts, loopPrincipal } from './parts.ts';
import { relinkRelapses } from './relapse.ts';
import { type Change, settle } from './settle.ts';

const pageMax = 200;

/** Asks every verifier about the loops that wait for proof. Returns the number of loops that changed. */
export async function verify(parts: LoopParts): Promise<number> {
  if (parts.verifiers.length === 0) return 0;
  let changed = 0;
  let after: string | undefined;
  do {
    const rows = await parts.store.read.verifiable(loopPrincipal, pageMax, after);
    changed += await verifyPage(parts, rows);
    after = rows.length === pageMax ? rows.at(-1)?.id : undefined;
  } while (after !== undefined);
  if (changed > 0) parts.wake();
  return changed;
}

async function verifyPage(parts: LoopParts, rows: readonly LoopRow[]): Promise<number> {
  if (rows.length === 0) return 0;
  const now = parts.clock.now();
  const keys = await parts.store.read.keysOfLoops(
    loopPrincipal,
    rows.map((row) => row.id),
  );
  const cases = rows.map((row) => caseOf(row, keys.get(row.id) ?? []));
  const sights = new Map<string, { origin: string; sight: Sight }[]>();
  for (const verifier of parts.verifiers) {
    for (const sight of await verifier.look(cases, now)) {
      if (sight.signal === 'unknown') continue;
      sights.set(sight.loop, [
        ...(sights.get(sight.loop) ?? []),
        { origin: `verifier:${verifier.id}`, sight },
      ]);
    }
  }
  if (sights.size === 0) return 0;
  const settled = await parts.store.transaction(async (tx) => {
    const locked = await tx.lockLoops([...sights.keys()]);
    const changes = locked.flatMap((before): readonly Change[] => {
      let { facts } = before;
      const story = [];
      for (const { origin, sight } of sights.get(before.id) ?? []) {
        // Seeing the same again is no news: the first sight of it keeps its date.
        if (
          facts.seen[origin]?.signal === sight.signal &&
          facts.lastOccurredAt <= (facts.seen[origin]?.at ?? 0)
        )
          continue;
        facts = addSeen(facts, origin, { signal: sight.signal, at: sight.at, reason: sight.reason });
        story.push({
          kind: 'sight',
          at: sight.at,
          body: { origin, signal: sight.signal, reason: sight.reason },
        });
      }
      return story.length === 0 ? [] : [{ before, facts, story }];
    });
    return settle(parts, tx, changes, now);
  });
  await relinkRelapses(
    parts,
    settled.filter((row) => row.state === 'verified'),
    now,
  );
  return settled.length;
}

function caseOf(row: LoopRow, keys: readonly string[]): VerifyCase {
  const { secret } = row.facts;
  return {
    loop: row.id,
    behaviour: row.behaviour,
    places: row.facts.kept.map((sighting) => sighting.where),
    fingerprints: keys.flatMap((key) => fingerprintOf(key) ?? []),
    ...(secret?.length === undefined ? {} : { length: secret.length }),
    ...(secret?.lastFour === undefined ? {} : { lastFour: secret.lastFour }),
  };
}

/** Reads a stored key, `behaviour:kind:keyId:value`. */
function fingerprintOf(key: string): Fingerprint | undefined {
  const [, kind, keyId, value] = key.split(':');
  if (keyId === undefined || value === undefined) return undefined;
  return kind === 'content' || kind === 'provider-id' || kind === 'scanner-hash' || kind === 'place'
    ? { kind, keyId, value }
    : undefined;
}
