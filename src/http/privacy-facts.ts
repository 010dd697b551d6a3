import type { Principal } from '../access/principal.ts';
import { roles } from '../access/role.ts';
import { scopeCatalogue } from '../access/scope.ts';
import { hiddenGroups, peopleMin } from '../core/measures/describe/small-groups.ts';
import type { PrivacyReport } from '../pages/privacy-report-page.ts';
import type { Room } from './room.ts';

/** Exports and erasures that are counted. */
const rowsMax = 10_000;

/** What a works council asks, answered from the settings and the store: without anybody's name or rate in it. */
export async function privacyFacts(room: Room, caller: Principal): Promise<PrivacyReport> {
  const { given } = room;
  const { config, parts } = given;
  const { read } = parts.store;
  const [lastDays, exports, erasures, experiments] = await Promise.all([
    read.lastSourceDays(caller),
    read.exports(caller, rowsMax),
    read.erasures(caller, rowsMax),
    read.experiments(caller),
  ]);
  const { retention } = config.privacy;
  return {
    organisation: config.organisation.name,
    at: parts.clock.now(),
    mode: config.delivery.mode,
    groupsMin: peopleMin,
    teams: teamsOf(room),
    sources: [...lastDays].map(([id, lastDay]) => ({ id, lastDay })),
    behaviours: [...given.packs.behaviours.keys()].sort(),
    retention: Object.entries(retention).map(([name, days]) => ({ name, days })),
    roles: Object.entries(roles).map(([name, { sentence, scopes }]) => ({
      name,
      sentence,
      sees: scopes.map((scope) => scopeCatalogue[scope]),
    })),
    exports: [...Map.groupBy(exports, ({ report }) => report)].map(([report, rows]) => ({
      report,
      n: rows.length,
    })),
    erasures: erasures.length,
    experiments: experiments.map(({ id, behaviour, state, salt, forgottenAt }) => ({
      id,
      behaviour,
      state,
      pseudonyms: salt !== undefined ? 'in use' : forgottenAt !== undefined ? 'destroyed' : 'none',
    })),
  };
}

/** How many people each team has, as far as it may be said: also not by subtraction from the sum. */
function teamsOf(room: Room): PrivacyReport['teams'] {
  const { people } = room.given.parts;
  const active = people.all().filter(({ isActive }) => isActive);
  const sizes = Map.groupBy(active, ({ team }) => team ?? '');
  const cohorts = new Map([...sizes].map(([id, members]) => [id, cohortOf(members.length)]));
  const all = 'all of them';
  const sums = [{ total: all, parts: [...sizes.keys()] }];
  const hidden = hiddenGroups(new Map([...cohorts, [all, cohortOf(active.length)]]), sums);
  const shown = [...sizes].filter(([id]) => !hidden.has(id));
  return {
    ...(hidden.has(all) ? {} : { people: active.length }),
    groups: shown
      .map(([id, members]) => ({
        name: people.team(id)?.name ?? (id === '' ? '–' : id),
        people: members.length,
      }))
      .sort((left, right) => right.people - left.people || (left.name < right.name ? -1 : 1)),
    hidden: sizes.size - shown.length,
  };
}

/** A size says nothing of what anybody did. */
function cohortOf(people: number) {
  return { people, affected: Math.min(1, people) };
}
