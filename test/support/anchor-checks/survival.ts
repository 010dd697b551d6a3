import { z } from 'zod';
import { aalenJohansen } from '../../../src/core/measures/survival/aalen-johansen.ts';
import {
  type Followed,
  kaplanMeier,
  medianTime,
  restrictedMean,
  type SurvivalStep,
  stepAt,
} from '../../../src/core/measures/survival/kaplan-meier.ts';
import { type Grouped, type LogRank, logRank } from '../../../src/core/measures/survival/log-rank.ts';
import { meanCumulative } from '../../../src/core/measures/survival/mean-cumulative.ts';
import { type Anchor, readRows } from '../anchors.ts';
import type { Check } from './check.ts';

const status = z.number().transform((value) => value === 1);
const twoGroups = z.looseObject({ time: z.number(), status, group: z.string() });
const lungRow = z.looseObject({
  time: z.number(),
  status,
  sex: z.number(),
  ecog: z.number().nullable(),
});
const interval = z.looseObject({
  id: z.number(),
  group: z.string(),
  start: z.number(),
  stop: z.number(),
  status,
});
const competing = z.looseObject({
  ptime: z.number(),
  pstat: z.number(),
  futime: z.number(),
  death: z.number(),
});

const followed = (row: { readonly time: number; readonly status: boolean }): Followed => ({
  time: row.time,
  isEvent: row.status,
});
const times = (anchor: Anchor) => z.looseObject({ time: z.array(z.number()) }).parse(anchor.expected).time;
const medians = (steps: readonly SurvivalStep[]) => {
  const { median, lower, upper } = medianTime(steps);
  return { median, medianLower: lower, medianUpper: upper };
};

function whole(data: string, group: string): Check {
  return () => {
    const rows = readRows(data, twoGroups).filter((row) => row.group === group);
    const steps = kaplanMeier(rows.map(followed));
    const column = <Key extends keyof SurvivalStep>(key: Key) => steps.map((step) => step[key]);
    return {
      time: column('time'),
      atRisk: column('atRisk'),
      events: column('events'),
      surv: column('survival'),
      se: column('se'),
      lower: column('lower'),
      upper: column('upper'),
      cumhaz: column('cumulativeHazard'),
      cumhazSe: column('cumulativeHazardSe'),
      ...medians(steps),
    };
  };
}

function lungAt(keep: (row: z.infer<typeof lungRow>) => boolean): Check {
  return (anchor) => {
    const rows = readRows('lung', lungRow).filter(keep);
    const steps = kaplanMeier(rows.map(followed));
    const at = times(anchor).map((time) => stepAt(steps, time));
    return {
      time: times(anchor),
      surv: at.map((step) => step?.survival),
      se: at.map((step) => step?.se),
      lower: at.map((step) => step?.lower),
      upper: at.map((step) => step?.upper),
      atRisk: times(anchor).map((time) => rows.filter((row) => row.time >= time).length),
      ...medians(steps),
    };
  };
}

const rankOf = (rows: readonly Grouped[], groups: readonly string[]) => {
  const { observed, expected, covariance, chi2, df, p }: LogRank = logRank(rows, groups);
  return { observed, expected, variance: covariance[0]?.[0], chi2, df, p };
};
const firstIntervals = (data: string, groups: readonly string[]): Check => {
  return () => {
    const firsts = [...Map.groupBy(readRows(data, interval), ({ id }) => id).values()].map((rows) => rows[0]);
    return rankOf(
      firsts.flatMap((row) =>
        row === undefined ? [] : [{ time: row.stop, isEvent: row.status, group: row.group }],
      ),
      groups,
    );
  };
};

function repeated(data: string, group: string): Check {
  return (anchor) => {
    const rows = readRows(data, interval).filter((row) => row.group === group);
    const units = [...Map.groupBy(rows, ({ id }) => id).values()].map((own) => ({
      until: Math.max(...own.map(({ stop }) => stop)),
      events: own.filter((row) => row.status).map(({ stop }) => stop),
    }));
    const steps = meanCumulative(units);
    const at = times(anchor).map((time) => stepAt(steps, time));
    return { time: times(anchor), mcf: at.map((step) => step?.mean), robustSe: at.map((step) => step?.se) };
  };
}

const lungBySex = (rows: readonly z.infer<typeof lungRow>[], stratum?: 'ecog') =>
  rankOf(
    rows.map((row) => ({
      ...followed(row),
      group: String(row.sex),
      ...(stratum === undefined ? {} : { stratum: String(row.ecog) }),
    })),
    ['1', '2'],
  );

export const survivalChecks: Readonly<Record<string, Check>> = {
  'km.aml.Maintained': whole('aml', 'Maintained'),
  'km.aml.Nonmaintained': whole('aml', 'Nonmaintained'),
  'km.gehan.6-MP': whole('gehan', '6-MP'),
  'km.gehan.control': whole('gehan', 'control'),
  'km.lung.all': lungAt(() => true),
  'km.lung.sex1': lungAt(({ sex }) => sex === 1),
  'km.lung.sex2': lungAt(({ sex }) => sex === 2),
  'rmst.lung.365': () => {
    const of = (sex: number) =>
      restrictedMean(
        kaplanMeier(
          readRows('lung', lungRow)
            .filter((row) => row.sex === sex)
            .map(followed),
        ),
        365,
      );
    return { sex1: of(1).mean, sex2: of(2).mean, se1: of(1).se, se2: of(2).se };
  },
  'logrank.aml': () =>
    rankOf(
      readRows('aml', twoGroups).map((row) => ({ ...followed(row), group: row.group })),
      ['Maintained', 'Nonmaintained'],
    ),
  'logrank.gehan': () =>
    rankOf(
      readRows('gehan', twoGroups).map((row) => ({ ...followed(row), group: row.group })),
      ['6-MP', 'control'],
    ),
  'logrank.lung.sex': () => lungBySex(readRows('lung', lungRow)),
  'logrank.lung.sex.stratified': () =>
    lungBySex(
      readRows('lung', lungRow).filter(({ ecog }) => ecog !== null),
      'ecog',
    ),
  'logrank.lung.ecog012': () =>
    rankOf(
      readRows('lung', lungRow).map((row) => ({ ...followed(row), group: String(row.ecog) })),
      ['0', '1', '2'],
    ),
  'logrank.bladder1.first': firstIntervals('bladder1', ['placebo', 'thiotepa']),
  'logrank.cgd.first': firstIntervals('cgd', ['placebo', 'rIFN-g']),
  'aj.mgus2': (anchor) => {
    const rows = readRows('mgus2', competing).map(({ ptime, pstat, futime, death }) =>
      pstat === 1 ? { time: ptime, cause: 'pcm' } : { time: futime, cause: death === 1 ? 'death' : null },
    );
    const steps = aalenJohansen(rows, ['pcm', 'death']);
    const naive = kaplanMeier(rows.map(({ time, cause }) => ({ time, isEvent: cause === 'pcm' })));
    const at = times(anchor).map((time) => stepAt(steps, time));
    return {
      time: times(anchor),
      cifPcm: at.map((step) => step?.incidences[0]?.risk),
      cifDeath: at.map((step) => step?.incidences[1]?.risk),
      eventFree: at.map((step) => step?.survival),
      oneMinusKmPcm: times(anchor).map((time) => 1 - (stepAt(naive, time)?.survival ?? 1)),
    };
  },
  'aj.tiny': (anchor) => {
    const { time, cause } = z
      .looseObject({ time: z.array(z.number()), cause: z.array(z.string()) })
      .parse(anchor.input);
    const rows = time.map((at, index) => {
      const of = cause[index] ?? 'censored';
      return { time: at, cause: of === 'censored' ? null : of };
    });
    const steps = aalenJohansen(rows, ['rec', 'left']);
    const naive = kaplanMeier(rows.map((row) => ({ time: row.time, isEvent: row.cause === 'rec' })));
    // The anchor also lists the times at which units were only lost from sight.
    const at = times(anchor).map((now) => stepAt(steps, now));
    return {
      time: [...new Set(time)],
      surv: at.map((step) => step?.survival),
      cifRec: at.map((step) => step?.incidences[0]?.risk),
      cifLeft: at.map((step) => step?.incidences[1]?.risk),
      oneMinusKmRec: times(anchor).map((now) => 1 - (stepAt(naive, now)?.survival ?? 1)),
    };
  },
  'mcf.cgd.placebo': repeated('cgd', 'placebo'),
  'mcf.cgd.rIFN-g': repeated('cgd', 'rIFN-g'),
  'mcf.bladder1.placebo': repeated('bladder1', 'placebo'),
  'mcf.bladder1.thiotepa': repeated('bladder1', 'thiotepa'),
  'totals.cgd': () => {
    const rows = readRows('cgd', interval);
    const of = (group: string) => rows.filter((row) => row.group === group);
    const events = (group: string) => of(group).filter((row) => row.status).length;
    const days = (group: string) => of(group).reduce((sum, row) => sum + row.stop - row.start, 0);
    return {
      eventsPlacebo: events('placebo'),
      eventsTreated: events('rIFN-g'),
      daysPlacebo: days('placebo'),
      daysTreated: days('rIFN-g'),
    };
  },
};
