import type { Readout } from '../../core/experiments/evidence.ts';
import { mayShow, peopleMin } from '../../core/measures/describe/small-groups.ts';
import { eBenjaminiHochberg } from '../../core/measures/experiment/multiplicity.ts';
import type { Principal } from '../../ports/principal.ts';
import type { ExperimentArmRow, ExperimentRow } from '../../ports/store.ts';
import type { LoopParts } from '../parts.ts';
import { pseudonymsOf } from './pseudonyms.ts';

export type ShownReadout =
  | { readonly kind: 'hidden'; readonly reason: 'other-teams' | 'small-group' | 'nobody-yet' | 'no-key' }
  | {
      readonly kind: 'shown';
      readonly readout: Readout;
      /** When the worker looked. */
      readonly at: number;
      readonly arms: readonly ExperimentArmRow[];
      /** By arm: whether it stands when every experiment that runs is counted (e-BH). */
      readonly standsAmongAll: ReadonlyMap<string, boolean>;
    };

/**
 * What may be shown of experiments to somebody, as the worker saw it last: nothing is gathered for who asks. With one small arm nothing is shown: the others and the sum would give
 * it away.
 */
export async function readOutExperiments(
  parts: LoopParts,
  principal: Principal,
  rows: readonly ExperimentRow[],
): Promise<ReadonlyMap<string, ShownReadout>> {
  const { read } = parts.store;
  const shown = new Map<string, ShownReadout>();
  if (principal.teams !== 'all') {
    for (const { id } of rows) shown.set(id, { kind: 'hidden', reason: 'other-teams' });
    return shown;
  }
  // Evidence of all that run counts, also of those that are not asked for.
  const running = (await read.experiments(principal)).filter(({ state }) => state === 'running');
  const all = [...new Map([...running, ...rows].map((row) => [row.id, row])).values()];
  const ids = all.map(({ id }) => id);
  const readouts = new Map(
    (await read.experimentReadouts(principal, ids)).map(({ experiment, ...seen }) => [experiment, seen]),
  );
  for (const row of rows) {
    if (isKeyMissing(parts, row)) {
      shown.set(row.id, { kind: 'hidden', reason: 'no-key' });
      continue;
    }
    const { readout, at = 0 } = readouts.get(row.id) ?? {};
    if (readout === undefined || readout.arms.every(({ assigned }) => assigned === 0)) {
      shown.set(row.id, { kind: 'hidden', reason: 'nobody-yet' });
      continue;
    }
    if (readout.arms.some(isSmall)) {
      shown.set(row.id, { kind: 'hidden', reason: 'small-group' });
      continue;
    }
    const family = [...new Map([...running, row].map((one) => [one.id, one])).keys()].flatMap((id) =>
      // What is broken has no evidence: it counts among those that were tried, and carries nobody else.
      (readouts.get(id)?.readout.comparisons ?? []).flatMap(({ arm, e, code }) =>
        e === null ? [] : [{ id, arm, e: code === 'broken' ? 0 : e }],
      ),
    );
    const kept = eBenjaminiHochberg(family.map(({ e }) => e));
    shown.set(row.id, {
      kind: 'shown',
      readout,
      at,
      arms: await read.experimentArms(principal, row.id),
      standsAmongAll: new Map(
        family.flatMap(({ id, arm }, at) => (id === row.id ? [[arm, kept[at] === true] as const] : [])),
      ),
    });
  }
  return shown;
}

/** Without its key nobody can be told apart who left: what is seen then says nothing. */
function isKeyMissing(parts: LoopParts, row: ExperimentRow): boolean {
  return row.salt !== undefined && pseudonymsOf(parts, row) === undefined;
}

function isSmall({ assigned, outcomes }: Readout['arms'][number]): boolean {
  return assigned < peopleMin || !mayShow({ people: assigned, affected: outcomes });
}
