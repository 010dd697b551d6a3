import { benjaminiHochberg } from '../experiment/multiplicity.ts';
import type { Random } from '../numeric/seeded-random.ts';
import { independence } from '../rates/contingency.ts';

/** One unit of a behaviour: what is known of it, whether it recurred, and a keyed half that nothing else decides. */
export type MixtureUnit = {
  readonly features: Readonly<Record<string, string>>;
  readonly isEvent: boolean;
  readonly half: 0 | 1;
};

export type MixtureLevel = {
  readonly level: string;
  readonly units: number;
  readonly events: number;
  /** Its risk over that of the other levels. */
  readonly lift: number;
};

/** A feature along which a behaviour falls apart into kinds: a proposal for a person, with its counts. */
export type Mixture = {
  readonly feature: string;
  readonly levels: readonly MixtureLevel[];
  readonly g: number;
  /** Held against the features tried, by Benjamini–Hochberg and by Bonferroni. */
  readonly q: number;
  readonly p: number;
};

const levelsMax = 8;
const unitsMin = 20;
const eventsMin = 5;
const qMax = 0.1;
const pMax = 0.05;
const lift = { lower: 0.67, upper: 1.5 };
const expectedMin = 5;
const drawn = 9_999;

/**
 * Is a behaviour a mixture? For each feature with two to eight levels of 20 units and 5 events: the likelihood ratio G,
 * by permutation where a cell expects fewer than five. The feature with the greatest G is returned if it passes both
 * corrections, lifts a level by half or more, and does so in the same direction in both halves of the units.
 */
export function findMixture(units: readonly MixtureUnit[], random: Random): Mixture | undefined {
  const tried = namesOf(units).flatMap((feature) => {
    const levels = levelsOf(units, feature);
    if (levels.length < 2 || levels.length > levelsMax) return [];
    return [{ feature, levels, ...testOf(levels, random) }];
  });
  const adjusted = benjaminiHochberg(tried.map(({ p }) => p));
  return tried
    .map((found, at) => ({ ...found, q: adjusted[at] ?? 1, p: Math.min(1, found.p * tried.length) }))
    .filter(({ q, p, feature, levels }) => q <= qMax && p <= pMax && isSteady(units, feature, levels))
    .sort((a, b) => b.g - a.g)[0];
}

function namesOf(units: readonly MixtureUnit[]): readonly string[] {
  return [...new Set(units.flatMap(({ features }) => Object.keys(features)))].sort();
}

function levelsOf(units: readonly MixtureUnit[], feature: string): readonly MixtureLevel[] {
  const counts = new Map<string, { units: number; events: number }>();
  for (const { features, isEvent } of units) {
    const level = features[feature];
    if (level === undefined) continue;
    const count = counts.get(level) ?? { units: 0, events: 0 };
    counts.set(level, { units: count.units + 1, events: count.events + (isEvent ? 1 : 0) });
  }
  const kept = [...counts].filter(([, count]) => count.units >= unitsMin && count.events >= eventsMin);
  const all = kept.reduce((sum, [, count]) => sum + count.units, 0);
  const events = kept.reduce((sum, [, count]) => sum + count.events, 0);
  return kept
    .map(([level, count]) => {
      const others = (events - count.events) / (all - count.units);
      return { level, ...count, lift: count.events / count.units / others };
    })
    .sort((a, b) => (a.level < b.level ? -1 : 1));
}

type Row = readonly [number, number];

function testOf(levels: readonly MixtureLevel[], random: Random): { readonly g: number; readonly p: number } {
  const table = levels.map(({ units, events }): Row => [events, units - events]);
  const { g, gP } = independence(table);
  const sizes = levels.map(({ units }) => units);
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const events = levels.reduce((sum, level) => sum + level.events, 0);
  const rarest = Math.min(events, all - events);
  if ((Math.min(...sizes) * rarest) / all >= expectedMin) return { g, p: gP };
  let asExtreme = 0;
  for (let turn = 0; turn < drawn; turn += 1) {
    if (independence(drawTable(sizes, events, random)).g >= g * (1 - 1e-12)) asExtreme += 1;
  }
  return { g, p: (1 + asExtreme) / (1 + drawn) };
}

/** The same events shared out over the same units by chance. */
function drawTable(sizes: readonly number[], events: number, random: Random): readonly Row[] {
  let units = sizes.reduce((sum, size) => sum + size, 0);
  let left = events;
  return sizes.map((size): Row => {
    let own = 0;
    for (let unit = 0; unit < size; unit += 1) {
      if (random() * units < left) {
        own += 1;
        left -= 1;
      }
      units -= 1;
    }
    return [own, size - own];
  });
}

/** A level that stands out, in the same direction in both halves. */
function isSteady(units: readonly MixtureUnit[], feature: string, levels: readonly MixtureLevel[]): boolean {
  const names = new Set(levels.map(({ level }) => level));
  return levels.some((level) => {
    if (level.lift > lift.lower && level.lift < lift.upper) return false;
    return ([0, 1] as const).every((half) => {
      const own = liftIn(units, feature, level.level, names, half);
      return level.lift > 1 ? own > 1 : own < 1;
    });
  });
}

function liftIn(
  units: readonly MixtureUnit[],
  feature: string,
  level: string,
  names: ReadonlySet<string>,
  half: 0 | 1,
): number {
  const [own, others] = [
    { units: 0, events: 0 },
    { units: 0, events: 0 },
  ];
  for (const unit of units) {
    const value = unit.features[feature];
    if (unit.half !== half || value === undefined || !names.has(value)) continue;
    const count = value === level ? own : others;
    count.units += 1;
    if (unit.isEvent) count.events += 1;
  }
  return own.events / own.units / (others.events / others.units);
}
