import { z } from 'zod';
import {
  expectedChange,
  expectedRate,
  shrunkRatio,
} from '../../../src/core/measures/describe/regression-to-mean.ts';
import * as distributions from '../../../src/core/measures/numeric/distributions.ts';
import { betaQuantile, betaTails } from '../../../src/core/measures/numeric/incomplete-beta.ts';
import { gammaQuantile, gammaTails } from '../../../src/core/measures/numeric/incomplete-gamma.ts';
import { logBeta, logGamma } from '../../../src/core/measures/numeric/log-gamma.ts';
import { normalQuantile, normalTails } from '../../../src/core/measures/numeric/normal.ts';
import { fisherOddsRatio, fisherP, independence } from '../../../src/core/measures/rates/contingency.ts';
import { dispersion } from '../../../src/core/measures/rates/dispersion.ts';
import type { Estimate } from '../../../src/core/measures/rates/interval.ts';
import { poissonRate, standardisedRatio } from '../../../src/core/measures/rates/poisson-rate.ts';
import { clopperPearson, newcombe, riskRatio, wilson } from '../../../src/core/measures/rates/proportion.ts';
import { rateRatio, stratifiedRateRatio } from '../../../src/core/measures/rates/rate-ratio.ts';
import { sumUnits } from '../../../src/core/measures/rates/unit-sums.ts';
import type { Check } from './check.ts';

const number = z.number();
const numbers = z.array(number);
const four = z.tuple([z.tuple([number, number]), z.tuple([number, number])]);
const fourShares = z.looseObject({ x1: number, n1: number, x2: number, n2: number });
const tables = z.array(z.looseObject({ table: four }));

/** An estimate under the anchor's name for it. */
const named = (name: string, { value, lower, upper }: Estimate) => ({ [name]: value, lower, upper });

export const rateChecks: Readonly<Record<string, Check>> = {
  special: () => ({
    'betaCdf(0.3; 2, 5)': betaTails(0.3, 2, 5).lower,
    'betaQuantile(0.025; 3.5, 17.5)': betaQuantile(0.025, 3.5, 17.5),
    'betaQuantile(0.5; 0.01, 5)': betaQuantile(0.5, 0.01, 5),
    'gammaCdf(2; shape 3)': gammaTails(3, 2).lower,
    'gammaQuantile(0.975; shape 11)': gammaQuantile(0.975, 11),
    'poissonCdf(3; 5)': distributions.poissonTails(3, 5).lower,
    'normalCdf(-8)': normalTails(-8).lower,
    'normalCdf(-1.96)': normalTails(-1.96).lower,
    'normalQuantile(1e-10)': normalQuantile(1e-10),
    'normalQuantile(0.975)': normalQuantile(0.975),
    'chi2Upper(60; 1)': distributions.chi2Tails(60, 1).upper,
    'chi2UpperQuantile(0.0001; 2)': distributions.chi2Quantile(0.0001, 2, 'upper'),
    'logGamma(100.5)': logGamma(100.5),
    'logGamma(0.5)': logGamma(0.5),
    'logBeta(0.5, 40.5)': logBeta(0.5, 40.5),
    'tCdf(-2.5; 7.3)': distributions.tTails(-2.5, 7.3).lower,
    'tQuantile(0.975; 9.99)': distributions.tQuantile(0.975, 9.99),
    'binomialCdf(2; 200, 0.01)': distributions.binomialTails(2, 200, 0.01).lower,
  }),
  garwood: ({ expected }) =>
    z
      .array(z.looseObject({ x: number, t: number }))
      .parse(expected)
      .map(({ x, t }) => ({ x, t, ...named('rate', poissonRate({ events: x, exposure: t })) })),
  'rateRatio.exact': ({ expected }) =>
    z
      .array(z.looseObject({ x1: number, t1: number, x2: number, t2: number }))
      .parse(expected)
      .map(({ x1, t1, x2, t2 }) => {
        const found = rateRatio({ events: x1, exposure: t1 }, { events: x2, exposure: t2 });
        return { x1, t1, x2, t2, ...named('rr', found), p: found.p };
      }),
  'rateRatio.mh': ({ input }) => {
    const { a, ta, b, tb } = z.looseObject({ a: numbers, ta: numbers, b: numbers, tb: numbers }).parse(input);
    const found = stratifiedRateRatio(
      a.map((events, at) => ({
        one: { events, exposure: ta[at] ?? 0 },
        other: { events: b[at] ?? 0, exposure: tb[at] ?? 0 },
      })),
    );
    return { ...named('rr', found), seLog: found.seLog };
  },
  sir: ({ input }) => {
    const { observed, expected } = z.looseObject({ observed: number, expected: number }).parse(input);
    return named('sir', standardisedRatio(observed, expected));
  },
  proportion: ({ expected }) =>
    z
      .array(z.looseObject({ x: number, n: number }))
      .parse(expected)
      .map((share) => {
        const [exact, score] = [clopperPearson(share), wilson(share)];
        return {
          ...share,
          cpLower: exact.lower,
          cpUpper: exact.upper,
          wilsonLower: score.lower,
          wilsonUpper: score.upper,
        };
      }),
  newcombe: ({ expected }) =>
    z
      .array(fourShares)
      .parse(expected)
      .map(({ x1, n1, x2, n2 }) => ({
        x1,
        n1,
        x2,
        n2,
        ...named('diff', newcombe({ x: x1, n: n1 }, { x: x2, n: n2 })),
      })),
  'riskRatio.katz': ({ input }) => {
    const { x1, n1, x2, n2 } = fourShares.parse(input);
    return named('rr', riskRatio({ x: x1, n: n1 }, { x: x2, n: n2 }));
  },
  'fisher.p': ({ expected }) => tables.parse(expected).map(({ table }) => ({ table, p: fisherP(table) })),
  'fisher.oddsRatio': ({ expected }) =>
    tables.parse(expected).map(({ table }) => ({ table, ...named('oddsRatio', fisherOddsRatio(table)) })),
  independence: ({ input }) => independence(z.looseObject({ table: z.array(numbers) }).parse(input).table),
  dispersion: ({ expected }) =>
    z
      .array(z.looseObject({ counts: numbers, exposure: numbers }))
      .parse(expected)
      .map(({ counts, exposure }) => ({
        counts,
        exposure,
        ...dispersion(sumUnits(counts.map((events, at) => ({ events, exposure: exposure[at] ?? 0 })))),
      })),
  shrink: ({ input }) => {
    const { rr, seLog, priorRr, priorSdLog } = z
      .looseObject({ rr: number, seLog: number, priorRr: number, priorSdLog: number })
      .parse(input);
    return named('rr', shrunkRatio(rr, seLog, { ratio: priorRr, sdLog: priorSdLog }));
  },
  regressionToMean: ({ expected }) =>
    z
      .array(z.looseObject({ m: number, k: number }))
      .parse(expected)
      .map(({ m, k }) => {
        const { any, before, after } = expectedChange({ mean: m, shape: k });
        return { m, k, pAny: any, before, after };
      }),
  empiricalBayes: ({ input, expected }) => {
    const { k, m, t } = z.looseObject({ k: number, m: number, t: number }).parse(input);
    return z
      .array(z.looseObject({ x: number }))
      .parse(expected)
      .map(({ x }) => ({ x, expected: expectedRate({ mean: m, shape: k }, x, t) }));
  },
};
