import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { armAt, assignmentText, unitInterval } from '../../../src/core/measures/experiment/allocation.ts';
import { permutationP, welch } from '../../../src/core/measures/experiment/clusters.ts';
import { isEquivalent } from '../../../src/core/measures/experiment/equivalence.ts';
import {
  benjaminiHochberg,
  eBenjaminiHochberg,
  holm,
} from '../../../src/core/measures/experiment/multiplicity.ts';
import * as plan from '../../../src/core/measures/experiment/plan.ts';
import { sampleRatio } from '../../../src/core/measures/experiment/sample-ratio.ts';
import { alwaysValidP, splitLogE, splitRiskRatio } from '../../../src/core/measures/experiment/split-test.ts';
import { wordLogOdds } from '../../../src/core/measures/mining/telling-words.ts';
import { seededRandom } from '../../../src/core/measures/numeric/seeded-random.ts';
import { fleschKincaidGrade, fleschReadingEase, smogGrade } from '../../../src/core/readability.ts';
import type { Check } from './check.ts';
import { crossingUnderNull, peekedZUnderNull } from './crossing.ts';

const number = z.number();
const numbers = z.array(number);
const twoArms = z.looseObject({ k: number, n: number, rho: number, mass: number });
const arms = z.looseObject({ counts: numbers, rho: numbers, mass: number });

const logE = ({ counts, rho, mass }: z.infer<typeof arms>) => splitLogE(counts, rho, mass);
const isRejected = (k: number, n: number) => splitLogE([k, n - k], [0.5, 0.5]) >= Math.log(20);

/** Midranks: ties share the mean of their places. */
const ranks = (values: readonly number[], all: readonly number[]) =>
  values.map((value) => {
    const below = all.filter((other) => other < value).length;
    return below + (all.filter((other) => other === value).length + 1) / 2;
  });

export const experimentChecks: Readonly<Record<string, Check>> = {
  'srm.chi2': ({ expected }) =>
    z
      .array(z.looseObject({ observed: numbers, rho: numbers }))
      .parse(expected)
      .map(({ observed, rho }) => ({ observed, rho, ...sampleRatio(observed, rho) })),
  multiplicity: ({ input }) => {
    const { p, alpha } = z.looseObject({ p: numbers, alpha: number }).parse(input);
    const [bh, strict] = [benjaminiHochberg(p), holm(p)];
    const kept = (adjusted: readonly number[]) => adjusted.filter((value) => value <= alpha).length;
    return { bh, holm: strict, bhRejected: kept(bh), holmRejected: kept(strict) };
  },
  clusters: ({ input }) => {
    const { x, y } = z.looseObject({ x: numbers, y: numbers }).parse(input);
    const { t, df, p, lower, upper } = welch(x, y);
    const found = permutationP(x, y, seededRandom(1));
    const all = [...x, ...y];
    return {
      welchT: t,
      welchDf: df,
      welchP: p,
      lower,
      upper,
      permutations: 924,
      asExtreme: found * 924,
      permutationP: found,
      wilcoxonExactP: permutationP(ranks(x, all), ranks(y, all), seededRandom(1)),
    };
  },
  'split.twoArms': ({ expected }) =>
    z
      .array(twoArms)
      .parse(expected)
      .map(({ k, n, rho, mass }) => {
        const lnE = splitLogE([k, n - k], [rho, 1 - rho], mass);
        const found = splitRiskRatio({ arm: k, usual: n - k }, rho, 20, mass);
        return {
          ...{ k, n, rho, mass, lnE },
          e: Math.exp(lnE),
          p: alwaysValidP(lnE),
          shareLower: found.shareLower,
          shareUpper: found.shareUpper,
          rr: found.value,
          rrLower: found.lower,
          rrUpper: found.upper,
        };
      }),
  'split.threeArms': ({ input }) => ({ lnE: logE(arms.parse(input)) }),
  'split.otherMass': ({ expected }) =>
    z
      .array(twoArms)
      .parse(expected)
      .map(({ k, n, rho, mass }) => ({
        ...{ k, n, rho, mass },
        e: Math.exp(splitLogE([k, n - k], [rho, 1 - rho], mass)),
      })),
  'split.onAssignment': ({ expected }) =>
    z
      .array(arms)
      .parse(expected)
      .map((row) => ({ ...row, lnE: sampleRatio(row.counts, row.rho).logE })),
  'split.crossingUnderNull': ({ expected }) =>
    z
      .array(z.looseObject({ rho: number, byEvent: number }))
      .parse(expected)
      .map(({ rho, byEvent }) => ({ rho, byEvent, probability: crossingUnderNull(byEvent, rho) })),
  'split.peekedZUnderNull': ({ expected }) =>
    z
      .array(z.looseObject({ byEvent: number }))
      .parse(expected)
      .map(({ byEvent }) => ({ byEvent, probability: peekedZUnderNull(byEvent) })),
  'split.mostEventsThatReject': ({ expected }) =>
    z
      .array(z.looseObject({ n: number }))
      .parse(expected)
      .map(({ n }) => {
        const even = Array.from({ length: Math.floor(n / 2) }, (_, k) => k);
        return { n, k: even.findLast((k) => isRejected(k, n)) };
      }),
  'split.equivalenceEvents': ({ expected }) =>
    z
      .array(z.looseObject({ rho: number }))
      .parse(expected)
      .map(({ rho }) => {
        const sizes = Array.from({ length: 200 }, (_, at) => 10 * (at + 1));
        const n = sizes.find((size) =>
          isEquivalent(splitRiskRatio({ arm: size * rho, usual: size * (1 - rho) }, rho)),
        );
        return { rho, n };
      }),
  ebh: ({ input }) => {
    const { e, alpha } = z.looseObject({ e: numbers, alpha: number }).parse(input);
    return { rejected: eBenjaminiHochberg(e, alpha).filter(Boolean).length };
  },
  'plan.detectableHazardRatio': ({ expected }) =>
    z
      .array(z.looseObject({ events: number, rho: number }))
      .parse(expected)
      .map(({ events, rho }) => ({ events, rho, hr: plan.detectableHazardRatio(events, rho) })),
  'plan.eventsNeeded': ({ expected }) =>
    z
      .array(z.looseObject({ hr: number, rho: number }))
      .parse(expected)
      .map(({ hr, rho }) => ({
        ...{ hr, rho },
        power80: plan.eventsNeeded(hr, rho),
        power90: plan.eventsNeeded(hr, rho, 0.9),
      })),
  'plan.unitsPerArm': ({ expected }) =>
    z
      .array(z.looseObject({ p1: number, p2: number }))
      .parse(expected)
      .map(({ p1, p2 }) => ({ p1, p2, n: plan.unitsPerArm(p1, p2) })),
  'plan.designEffect': ({ expected }) =>
    z
      .array(z.looseObject({ size: number, icc: number }))
      .parse(expected)
      .map(({ size, icc }) => ({ size, icc, effect: plan.designEffect(size, icc) })),
  'words.logOdds': ({ input }) => {
    const { y1, n1, y2, n2, a, a0 } = z
      .looseObject({ y1: number, n1: number, y2: number, n2: number, a: number, a0: number })
      .parse(input);
    return wordLogOdds({ count: y1, words: n1 }, { count: y2, words: n2 }, { count: a, words: a0 });
  },
  readability: ({ expected }) =>
    z
      .array(z.looseObject({ words: number, sentences: number, syllables: number, poly: number }))
      .parse(expected)
      .map(({ poly, ...counts }) => ({
        ...counts,
        poly,
        fkgl: fleschKincaidGrade(counts),
        fre: fleschReadingEase(counts),
        smog: smogGrade(poly, counts.sentences),
      })),
  'assign.hash': ({ input, expected }) => {
    const {
      keyHex,
      arms: names,
      rho,
    } = z.looseObject({ keyHex: z.string(), arms: z.array(z.string()), rho: numbers }).parse(input);
    return z
      .array(z.looseObject({ experiment: z.string(), unit: z.string() }))
      .parse(expected)
      .map(({ experiment, unit }) => {
        const hash = createHmac('sha256', Buffer.from(keyHex, 'hex'))
          .update(assignmentText(experiment, unit))
          .digest();
        const u = unitInterval(hash);
        return { experiment, unit, u, arm: names[armAt(u, rho)] };
      });
  },
};
