import { z } from 'zod';
import type { ExitRow } from '../ports/store.ts';
import type { LoopParts } from './parts.ts';
import { type HabitParts, habitOfPerson } from './settle.ts';

const settingName = 'teams-of-people';
const teamsSchema = z.record(z.string(), z.string());

/**
 * Notes which team everybody belongs to, as keyed hashes, and who has come to another since the last look: their time in
 * the old one is over, and measures follow them no longer. The first look only notes.
 */
export async function noteMoves(
  parts: HabitParts & Pick<LoopParts, 'store' | 'clock' | 'people' | 'behaviours'>,
): Promise<number> {
  const at = parts.clock.now();
  const teams = new Map<string, { readonly person: string; readonly team: string }>();
  for (const { id, team, isActive } of parts.people.all()) {
    if (!isActive || team === undefined) continue;
    teams.set(parts.idOf(['team-of', id]), { person: id, team: parts.idOf(['team', team]) });
  }
  return parts.store.transaction(async (tx) => {
    await tx.lock(settingName);
    const parsed = teamsSchema.safeParse(await tx.setting(settingName));
    const known: Readonly<Record<string, string>> = parsed.success ? parsed.data : {};
    const moved = [...teams].flatMap(([key, { person, team }]) =>
      known[key] === undefined || known[key] === team ? [] : [person],
    );
    const isNews = [...teams].some(([key, { team }]) => known[key] !== team);
    if (!isNews) return 0;
    const exits = moved.flatMap((person) =>
      [...parts.behaviours.keys()].map((behaviour): ExitRow => {
        return { unit: habitOfPerson(parts, behaviour, person), at, reason: 'moved' };
      }),
    );
    await tx.addExits(exits);
    // Whoever is missing today, as when a list could not be read, is not forgotten.
    const now = Object.fromEntries([...teams].map(([key, { team }]) => [key, team]));
    await tx.saveSetting(settingName, { ...known, ...now });
    return moved.length;
  });
}
