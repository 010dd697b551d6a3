import type { Actor } from '../../src/core/event.ts';

const hour = 3_600_000;
const day = 24 * hour;
const horizon = 90 * day;

/** A case as a test wrote it down. Instants are epoch milliseconds. */
export type Case = {
  readonly id: number;
  readonly team: string;
  readonly kind: Actor['type'];
  readonly unit: string;
  readonly at: number;
  readonly toldAt: number;
  readonly answeredAt?: number;
  readonly verifiedAt?: number;
  readonly relapseOf?: number;
};
export type Chance = {
  readonly team: string;
  readonly day: string;
  readonly kind: Actor['type'];
  readonly n: number;
};
export type Gone = { readonly unit: string; readonly at: number; readonly reason: 'left' | 'moved' | 'gone' };
export type History = {
  readonly cases: readonly Case[];
  readonly chances: readonly Chance[];
  readonly exits: readonly Gone[];
  /** Cases of the same units in other teams, too: what comes again may come there. */
  readonly everywhere?: readonly Case[];
};

type Step = {
  readonly time: number;
  readonly atRisk: number;
  readonly events: number;
  readonly value: number;
};
type Sight = { readonly time: number; readonly cause: string | null };

/** Figures one case at a time, in the plainest way there is: what the fast ones are held against. */
export function slowFigures({ cases, chances, exits, everywhere = cases }: History, asOf: number) {
  const monthOf = (at: number) => new Date(at).toISOString().slice(0, 7);
  const isCounted = (one: Case) =>
    chances.some((chance) => chance.team === one.team && chance.day.startsWith(monthOf(one.at)));
  const firstExit = (unit: string, from: number) =>
    exits
      .filter((exit) => exit.unit === unit && exit.at >= from)
      .toSorted((a, b) => a.at - b.at || (a.reason < b.reason ? -1 : 1))[0];
  const sightOf = (unit: string, start: number, again: number | undefined): Sight => {
    const exit = firstExit(unit, start);
    const until = Math.min(exit?.at ?? Number.POSITIVE_INFINITY, asOf, start + horizon);
    if (again !== undefined && again <= until) return { time: held(again - start), cause: 'again' };
    return { time: held(until - start), cause: exit?.at === until ? exit.reason : null };
  };
  const followed: Sight[] = [];
  for (const unit of new Set(cases.map((one) => one.unit))) {
    const own = cases.filter((one) => one.unit === unit);
    const start = Math.min(...own.map(({ at }) => at));
    const later = everywhere.filter((one) => one.unit === unit && one.at > start + day).map(({ at }) => at);
    followed.push(sightOf(unit, start, later.length === 0 ? undefined : Math.min(...later)));
  }
  const fixed: Sight[] = [];
  for (const one of cases) {
    const { verifiedAt } = one;
    if (verifiedAt === undefined) continue;
    const again = everywhere.filter(({ relapseOf, at }) => relapseOf === one.id && at >= verifiedAt);
    const first = again.length === 0 ? undefined : Math.min(...again.map(({ at }) => at));
    fixed.push(sightOf(one.unit, verifiedAt, first));
  }
  const waited = (from: (one: Case) => number, to: (one: Case) => number | undefined) =>
    curveOf(
      cases.map((one): Sight => {
        const ms = (to(one) ?? asOf) - from(one);
        const isEvent = to(one) !== undefined && ms <= horizon;
        return { time: held(Math.min(ms, horizon)), cause: isEvent ? 'again' : null };
      }),
      'survival',
    );
  return {
    loops: cases.length,
    failures: cases.filter(isCounted).length,
    uncounted: cases.filter((one) => !isCounted(one)).length,
    opportunities: chances.reduce((sum, { n }) => sum + n, 0),
    recurrence: curveOf(followed, 'risk'),
    relapse: curveOf(fixed, 'risk'),
    reply: waited(
      ({ toldAt }) => toldAt,
      ({ answeredAt }) => answeredAt,
    ),
    fix: waited(
      ({ at }) => at,
      ({ verifiedAt }) => verifiedAt,
    ),
  };
}

function held(ms: number): number {
  return ms <= 72 * hour ? Math.floor(ms / hour) : Math.ceil(ms / day) * 24;
}

/** Aalen and Johansen, or Kaplan and Meier where there is one cause, counted anew at every time. */
function curveOf(rows: readonly Sight[], kind: 'risk' | 'survival'): readonly Step[] {
  const times = new Set(rows.flatMap(({ time, cause }) => (cause === null ? [] : [time])));
  let [survival, risk] = [1, 0];
  const steps: Step[] = [];
  for (const time of [...times].toSorted((a, b) => a - b)) {
    const atRisk = rows.filter((row) => row.time >= time).length;
    const ended = rows.filter((row) => row.time === time && row.cause !== null);
    const events = ended.filter(({ cause }) => cause === 'again').length;
    if (atRisk < 5) break;
    risk += (survival * events) / atRisk;
    survival *= 1 - ended.length / atRisk;
    if (events > 0) steps.push({ time, atRisk, events, value: kind === 'risk' ? risk : survival });
  }
  return steps;
}

/** Cases, relapses and chances of some teams in 90 days before a day, and from it on. */
export function slowAround({ cases, chances }: History, appliedDay: number, until: number) {
  const sum = (from: number, to: number) => {
    const own = cases.filter(({ at }) => at >= from && at < to);
    return {
      failures: own.length,
      relapses: own.filter(({ relapseOf }) => relapseOf !== undefined).length,
      opportunities: chances
        .filter((chance) => Date.parse(chance.day) >= from && Date.parse(chance.day) < to)
        .reduce((total, { n }) => total + n, 0),
    };
  };
  return { before: sum(appliedDay - 90 * day, appliedDay), since: sum(appliedDay, until) };
}
