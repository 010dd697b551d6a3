import type { TeamSize } from '../core/measures/describe/shown-teams.ts';
import type { AffectedRow } from '../core/measures/measure-rows.ts';
import type { LoopParts } from './parts.ts';

/** How many people each team has today, and how many units of it had a case; also of teams that nobody lists. */
export function teamSizes(
  { people }: Pick<LoopParts, 'people'>,
  affected: readonly AffectedRow[],
  { sensitiveTeams }: { readonly sensitiveTeams: readonly string[] },
): readonly TeamSize[] {
  const sizes = new Map<string, number>();
  for (const { id } of people.teams()) sizes.set(id, 0);
  for (const { team = '', isActive } of people.all()) {
    if (isActive) sizes.set(team, (sizes.get(team) ?? 0) + 1);
  }
  const units = new Map(affected.map((row) => [row.team, row.units]));
  for (const team of units.keys()) if (!sizes.has(team)) sizes.set(team, 0);
  const sensitive = new Set(sensitiveTeams);
  return [...sizes].map(([team, size]) => ({
    team,
    people: size,
    affected: units.get(team) ?? 0,
    isSensitive: sensitive.has(team),
  }));
}
