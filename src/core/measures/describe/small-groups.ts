import { knownCombinations } from './known-combinations.ts';

/** People in a group, and how many of them the figure is about (who failed, replied, …). */
export type Cohort = {
  readonly people: number;
  readonly affected: number;
  /** Fewer people than this are not shown, where it is more than usual: a sensitive team. */
  readonly least?: number;
};

/** A figure that is the sum of others: a department of its teams, all of the departments. Parts do not overlap. */
export type Sum = { readonly total: string; readonly parts: readonly string[] };

export const peopleMin = 5;
export const peopleMinSensitive = 10;
/** In fewer people, 0 % or 100 % says what each of them did. */
const uniformMin = 10;

/** May a group be shown by itself? Nobody at all is nobody's secret. */
export function mayShow(cohort: Cohort, usual: number = peopleMin): boolean {
  const { people, affected, least = usual } = cohort;
  if (people === 0) return true;
  if (people < least) return false;
  return people >= uniformMin || (affected > 0 && affected < people);
}

/**
 * Which groups to leave out: those too small to show, and as many more as it takes so that no small one follows from
 * what is shown by subtraction (complementary suppression; Cox, JASA 1980). What can be worked out about the hidden
 * ones together must itself be fit to show. A total of 0 % or 100 % is shown where its group is large, although it
 * speaks for the hidden parts, too: it is the total that says so.
 *
 * @param apart groups that are never shown by themselves, whatever their size
 */
export function hiddenGroups(
  cohorts: ReadonlyMap<string, Cohort>,
  sums: readonly Sum[],
  least: number = peopleMin,
  apart: readonly string[] = [],
): ReadonlySet<string> {
  const small = [...cohorts].filter(([, cohort]) => !mayShow(cohort, least)).map(([id]) => id);
  const hidden = new Set([...small, ...apart]);
  // Each turn hides one more, so there are no more turns than groups.
  for (let turn = 0; turn < cohorts.size; turn += 1) {
    const told = firstTold(cohorts, sums, hidden, least);
    if (told === undefined) break;
    const next = nextToHide(cohorts, sums, hidden, told);
    if (next === undefined) break;
    hidden.add(next);
  }
  return hidden;
}

/** The hidden groups about which what is shown says too much, together. */
function firstTold(
  cohorts: ReadonlyMap<string, Cohort>,
  sums: readonly Sum[],
  hidden: ReadonlySet<string>,
  least: number,
): readonly string[] | undefined {
  for (const ids of knownCombinations(sums, hidden)) {
    const together = { people: 0, affected: 0, least };
    for (const id of ids) {
      const cohort = cohorts.get(id);
      together.people += cohort?.people ?? 0;
      together.affected += cohort?.affected ?? 0;
      together.least = Math.max(together.least, cohort?.least ?? least);
    }
    if (!mayShow(together, least)) return ids;
  }
  return undefined;
}

/** The smallest shown group that stands in a sum with one of these, parts before totals, so that little is lost. */
function nextToHide(
  cohorts: ReadonlyMap<string, Cohort>,
  sums: readonly Sum[],
  hidden: ReadonlySet<string>,
  told: readonly string[],
): string | undefined {
  const touching = sums.filter(({ total, parts }) => told.some((id) => id === total || parts.includes(id)));
  const sizeOf = (id: string) => cohorts.get(id)?.people ?? 0;
  const smallest = (ids: readonly string[]) =>
    ids
      .filter((id) => !hidden.has(id) && sizeOf(id) > 0)
      .sort((a, b) => sizeOf(a) - sizeOf(b) || (a < b ? -1 : 1))[0];
  return (
    smallest(touching.flatMap(({ parts }) => parts)) ??
    smallest(touching.map(({ total }) => total)) ??
    smallest(sums.flatMap(({ total, parts }) => [total, ...parts]))
  );
}

/**
 * May this group be shown beside others that were? Not when two of them differ by a few people only, as by a filter or
 * a date: the difference would be a figure about those few.
 */
export function isSafeBeside(
  shown: readonly ReadonlySet<string>[],
  asked: ReadonlySet<string>,
  least: number = peopleMin,
): boolean {
  const isFew = (count: number) => count > 0 && count < least;
  return shown.every((group) => {
    const common = [...asked].filter((person) => group.has(person)).length;
    return !isFew(asked.size - common) && !isFew(group.size - common);
  });
}
