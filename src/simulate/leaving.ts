import { reportLeavers } from '../loop/leavers.ts';
import type { Member } from './organisation.ts';
import { loopsOf } from './outcome.ts';
import type { Stage } from './run-story.ts';
import { finding, openCase, type World } from './world.ts';

/**
 * How people leave during a story: the directory says so, and what was known to be theirs is their manager's case.
 *
 * @param note which events a finding is
 */
export function openLeaving(
  { parts, clock, mapContext, left }: Stage,
  world: World,
  note: (finding: string, events: readonly string[]) => void,
): (members: readonly Member[]) => Promise<void> {
  const orphans = () => loopsOf(parts, 'orphaned-identity');

  const report = async (member: Member) => {
    const person = parts.people.person(member.id);
    if (person === undefined) return;
    const before = new Set((await orphans()).map(({ id }) => id));
    await reportLeavers(parts, [{ person, at: clock.now() }], mapContext(clock.now()));
    for (const row of await orphans()) {
      if (before.has(row.id)) continue;
      const id = `orphan ${member.id} ${row.facts.identity?.id ?? row.id}`;
      const owner = member.manager ?? member.id;
      openCase(
        world,
        {
          id,
          behaviour: 'orphaned-identity',
          owner: { kind: 'person', id: owner },
          isMistake: true,
          isHistory: false,
          at: clock.now(),
          trace: 'manager of a leaver',
        },
        `identity ${row.facts.identity?.id ?? ''}`,
      );
      note(
        finding(world, { id, case: id, at: clock.now() }),
        row.facts.kept.map(({ event }) => event),
      );
    }
  };

  return async (members) => {
    for (const { id } of members) world.gone.add(id);
    left?.(members.map(({ id }) => id));
    for (const member of members) await report(member);
  };
}
