import type { Packs } from './load.ts';

export type FrameworkCoverage = {
  readonly framework: string;
  readonly edition: string;
  readonly title: string;
  /** Sentences that belong beside it, such as where an id of an older edition went. */
  readonly notes: readonly string[];
  readonly items: readonly CoveredItem[];
  /** Ids of the items that no behaviour points to. */
  readonly gaps: readonly string[];
};

export type CoveredItem = {
  readonly id: string;
  readonly title: string;
  /** Ids of the behaviours that point to it. */
  readonly behaviours: readonly string[];
};

/** Which items of each framework the behaviours cover. Headings, which only hold others, are no items. */
export function coverageOf(packs: Pick<Packs, 'frameworks' | 'behaviours'>): readonly FrameworkCoverage[] {
  return packs.frameworks.map(({ id: framework, edition, title, notes, items }) => {
    const isHeading = (id: string) => items.some((other) => /^[.-]/u.test(restOf(other.id, id)));
    const covered = items
      .filter(({ id }) => !isHeading(id))
      .map(({ id, title: itemTitle }) => {
        const behaviours = [...packs.behaviours.values()].filter(({ frameworks }) =>
          frameworks.some((one) => one.framework === framework && one.edition === edition && one.id === id),
        );
        return { id, title: itemTitle, behaviours: behaviours.map(({ behaviour }) => behaviour.id).sort() };
      });
    const gaps = covered.filter(({ behaviours }) => behaviours.length === 0).map(({ id }) => id);
    return { framework, edition, title, notes, items: covered, gaps };
  });
}

/** What follows an id in another that begins with it: `.OC-01` of `GV.OC-01` after `GV`. */
function restOf(id: string, beginning: string): string {
  return id.startsWith(beginning) ? id.slice(beginning.length) : '';
}
