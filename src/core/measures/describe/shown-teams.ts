import { type Cohort, hiddenGroups, mayShow, peopleMinSensitive } from './small-groups.ts';

export type TeamSize = {
  readonly team: string;
  /** Who belongs to it today, by the directories. */
  readonly people: number;
  /** Units with a case of the behaviour, ever. */
  readonly affected: number;
  readonly isSensitive: boolean;
};

export type Shown = { readonly teams: ReadonlySet<string>; readonly isWholeShown: boolean };

/** What belongs to no team is part of the whole and never shown by itself. */
const noTeam = '';
const whole = '*';

/**
 * Which teams may be shown, and whether the whole may. The same for everybody who asks: what two people with different
 * teams may see, laid side by side, must not show a small one. A narrowed figure (a kind, a period, one side of a
 * control) is shown of ten people or more only, whatever was counted: two of them may be subtracted from each other, and
 * under ten the difference could say of each person that nothing, or something, happened.
 */
export function shownTeams(sizes: readonly TeamSize[], isNarrowed: boolean): Shown {
  const least = isNarrowed ? peopleMinSensitive : undefined;
  const cohorts = new Map<string, Cohort>();
  for (const { team, people, affected, isSensitive } of sizes) {
    // Nobody is known of it: then nobody knows how few it speaks of. And more units than people are all of the people.
    const known = Math.max(1, people);
    const least = isSensitive || isNarrowed ? { least: peopleMinSensitive } : {};
    cohorts.set(team, { people: known, affected: isNarrowed ? 1 : Math.min(known, affected), ...least });
  }
  const teams = [...cohorts.keys()];
  const all = { people: 0, affected: 0 };
  for (const { people } of sizes) all.people += people;
  for (const { affected } of cohorts.values()) all.affected += affected;
  cohorts.set(whole, { people: all.people, affected: isNarrowed ? 1 : Math.min(all.people, all.affected) });
  const isWholeShown = all.people > 0 && mayShow(cohorts.get(whole) ?? all, least);
  const hidden = hiddenGroups(cohorts, isWholeShown ? [{ total: whole, parts: teams }] : [], least, [
    ...(cohorts.has(noTeam) ? [noTeam] : []),
  ]);
  return {
    teams: new Set(teams.filter((team) => team !== noTeam && !hidden.has(team))),
    isWholeShown: isWholeShown && !hidden.has(whole),
  };
}
