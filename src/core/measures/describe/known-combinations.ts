import type { Sum } from './small-groups.ts';

const zero = 1e-9;

/**
 * Which hidden groups, added up, follow from what is shown: every sum is an equation between its total and its parts,
 * and what is shown is known. An answer of one group is a group that follows by itself. First what a single equation
 * says, then, as it costs more, what follows from several by elimination. Sets of groups that follow only with some of
 * them taken away are no cohort and are left out.
 */
export function* knownCombinations(
  sums: readonly Sum[],
  hidden: ReadonlySet<string>,
): Generator<readonly string[]> {
  const ids = [...hidden];
  const at = new Map(ids.map((id, index) => [id, index]));
  const equations: (readonly number[])[] = [];
  for (const { total, parts } of sums) {
    const row = ids.map(() => 0);
    for (const [id, sign] of [[total, -1] as const, ...parts.map((part) => [part, 1] as const)]) {
      const index = at.get(id);
      if (index !== undefined) row[index] = (row[index] ?? 0) + sign;
    }
    if (row.every((value) => value === 0)) continue;
    equations.push(row);
    yield* combination(row, ids);
  }
  for (const row of reduced(equations)) yield* combination(row, ids);
}

function combination(row: readonly number[], ids: readonly string[]): readonly (readonly string[])[] {
  const used = row.flatMap((value, index) =>
    Math.abs(value) > zero ? [{ id: ids[index] ?? '', value }] : [],
  );
  const sign = Math.sign(used[0]?.value ?? 0);
  const isSum = used.length > 0 && used.every(({ value }) => Math.abs(value - sign) < zero);
  return isSum ? [used.map(({ id }) => id)] : [];
}

/** Row echelon form, each pivot alone in its column. */
function reduced(equations: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const rows = equations.map((row) => [...row]);
  const columns = rows[0]?.length ?? 0;
  let done = 0;
  for (let column = 0; column < columns && done < rows.length; column += 1) {
    const found = rows.findIndex((row, index) => index >= done && Math.abs(row[column] ?? 0) > zero);
    if (found === -1) continue;
    const pivot = rows[found] ?? [];
    rows[found] = rows[done] ?? [];
    const lead = pivot[column] ?? 1;
    rows[done] = pivot.map((value) => value / lead);
    for (const [index, row] of rows.entries()) {
      const factor = row[column] ?? 0;
      if (index === done || Math.abs(factor) <= zero) continue;
      rows[index] = row.map((value, place) => value - factor * (rows[done]?.[place] ?? 0));
    }
    done += 1;
  }
  return rows;
}
