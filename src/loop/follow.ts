import type { LoopRow, MarkRow, StoreWrite } from '../ports/store.ts';
import type { Told } from './ingest.ts';
import { applyMarks, judgeCandidate, keysForCase, marksBy, waitsFor } from './judge.ts';
import { linkedKeys, readMarks } from './marks.ts';
import type { LoopParts } from './parts.ts';
import type { Prepared } from './prepare.ts';
import { type Change, settle } from './settle.ts';
import { candidateKeys } from './tell.ts';

/** Names of marks that only tell what is usual: nobody waits for them. */
const historyNames = new Set(['resource', 'network', 'hour']);

/** Keys under which somebody may wait for these marks. */
export function touchedKeys(marks: readonly MarkRow[]): readonly string[] {
  return [...new Set(marks.filter(({ name }) => !historyNames.has(name)).map(({ key }) => key))].sort();
}

/** Leaves out deeds that stand by what is committed now. */
export async function stillFailing(
  parts: LoopParts,
  tx: StoreWrite,
  told: readonly Told[],
): Promise<readonly Told[]> {
  const candidates = told.flatMap(({ candidate }) => candidate ?? []);
  if (candidates.length === 0) return told;
  const marks = marksBy(await readMarks(tx.marksOf, candidateKeys(parts, candidates)));
  return told.flatMap((item): readonly Told[] => {
    if (item.candidate === undefined) return [item];
    const judged = judgeCandidate(parts, item.candidate, marks);
    return judged === undefined ? [] : [{ ...item, judged }];
  });
}

/** What the cases of failing events wait to hear of. */
export function watchesOf(
  parts: LoopParts,
  told: readonly Told[],
  loop: string | undefined,
): readonly { readonly key: string; readonly loop: string }[] {
  if (loop === undefined) return [];
  return [...new Set(watchedBy(parts, told))].map((key) => ({ key, loop }));
}

function watchedBy(parts: LoopParts, told: readonly Told[]): readonly string[] {
  return told.flatMap((item) =>
    item.role === 'failed' ? waitsFor(parts, item.behaviour, item.event, item.judged).watches : [],
  );
}

/** Changed cases, and those that waited, with what was observed of them. */
export async function withMarks(
  parts: LoopParts,
  tx: StoreWrite,
  given: { readonly changes: readonly Change[]; readonly waiting: readonly LoopRow[] },
): Promise<readonly Change[]> {
  const changed = new Set(given.changes.map(({ before }) => before.id));
  const waiting = given.waiting
    .filter((row) => !changed.has(row.id) && row.mergedInto === undefined)
    .map((before): Change => ({ before, facts: before.facts, story: [] }));
  const all = [...given.changes, ...waiting];
  const keys = [...new Set(all.flatMap(({ before, facts }) => keysForCase(parts, before, facts)))];
  if (keys.length === 0) return given.changes;
  const marks = marksBy(await readMarks(tx.marksOf, keys));
  return all.flatMap((change): readonly Change[] => {
    const facts = applyMarks(parts, change.before, change.facts, marks);
    if (facts === change.facts) return changed.has(change.before.id) ? [change] : [];
    return [{ ...change, facts }];
  });
}

/**
 * Two writers do not see what the other is about to store: one may note a step while the other opens the case that
 * misses it. Whoever commits last sees both, here.
 */
export async function followUp(parts: LoopParts, { sorted, told }: Prepared): Promise<readonly LoopRow[]> {
  const keys = [...new Set([...touchedKeys(sorted.marks), ...watchedBy(parts, told)])].sort();
  if (keys.length === 0) return [];
  return parts.store.transaction(async (tx) => {
    const waiting = await tx.lockLoops(await tx.watchersOf(await linkedKeys(tx.marksOf, keys, [])));
    const changes = await withMarks(parts, tx, { changes: [], waiting });
    return settle(parts, tx, changes, parts.clock.now());
  });
}
