import { findMixture, type MixtureUnit } from '../measures/mining/mixture.ts';
import type { Random } from '../measures/numeric/seeded-random.ts';
import { wilson } from '../measures/rates/proportion.ts';
import { rateRatio } from '../measures/rates/rate-ratio.ts';
import type { Cause, Draft } from './proposal.ts';

export type BehaviourUnits = { readonly behaviour: string; readonly units: readonly MixtureUnit[] };

const setUp: ReadonlySet<string> = new Set(['source', 'tool', 'action', 'device', 'hour-band', 'repository']);

/** Behaviours that fall apart into kinds: the level that stands out most is proposed as one of its own. */
export function splitDrafts(
  all: readonly BehaviourUnits[],
  randomOf: (behaviour: string) => Random,
): readonly Draft[] {
  return all.flatMap(({ behaviour, units }): readonly Draft[] => {
    const mixture = findMixture(units, randomOf(behaviour));
    if (mixture === undefined) return [];
    const far = ({ lift }: { readonly lift: number }) => Math.abs(Math.log(Math.max(lift, Number.MIN_VALUE)));
    // Of two levels each stands out as far as the other: then the one that recurs more often is the new kind.
    const furthest = Math.max(...mixture.levels.map(far));
    const [level] = mixture.levels
      .filter((one) => far(one) > furthest - 1e-9)
      .toSorted((a, b) => b.lift - a.lift || (a.level < b.level ? -1 : 1));
    if (level === undefined) return [];
    const others = mixture.levels.filter((one) => one !== level);
    const sum = (of: 'units' | 'events') => others.reduce((total, one) => total + one[of], 0);
    const share = { x: level.events, n: level.units };
    const subject = `${mixture.feature}=${level.level}`;
    const cause: Cause = setUp.has(mixture.feature) ? 'opportunity' : 'capability';
    const against = sum('events') / sum('units');
    const evidence = [{ code: 'kinds', subject, ...share, ...wilson(share), against } as const];
    return [{ kind: 'split', behaviour, subject, evidence, cause, words: [] }];
  });
}

/** What two behaviours must have in common to be one. */
export type BehaviourProfile = { readonly behaviour: string; readonly profile: string };

const alike = { lower: 0.8, upper: 1.25 };

/** Behaviours with one fix and one profile that recur alike: the smaller joins the larger. */
export function mergeDrafts(
  all: readonly BehaviourUnits[],
  profiles: readonly BehaviourProfile[],
): readonly Draft[] {
  const profileOf = new Map(profiles.map(({ behaviour, profile }) => [behaviour, profile]));
  const counted = all
    .map(({ behaviour, units }) => ({
      behaviour,
      exposure: units.length,
      events: units.filter(({ isEvent }) => isEvent).length,
    }))
    .filter(({ events }) => events > 0)
    .toSorted((a, b) => b.exposure - a.exposure || (a.behaviour < b.behaviour ? -1 : 1));
  return counted.flatMap((one, at) =>
    counted.slice(at + 1).flatMap((other): readonly Draft[] => {
      const profile = profileOf.get(one.behaviour);
      if (profile === undefined || profile !== profileOf.get(other.behaviour)) return [];
      const { lower, upper } = rateRatio(other, one);
      if (lower < alike.lower || upper > alike.upper) return [];
      const share = { x: other.events, n: other.exposure };
      const subject = other.behaviour;
      const against = one.events / one.exposure;
      const evidence = [{ code: 'same-kind', subject, ...share, lower, upper, against } as const];
      return [{ kind: 'merge', behaviour: one.behaviour, subject, evidence, words: [] }];
    }),
  );
}
