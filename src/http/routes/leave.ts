import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { leavesOf } from '../../loop/leaves.ts';
import { endLeave, leavesSeen, noteLeave } from '../../loop/note-leave.ts';
import type { LeaveRow } from '../../ports/store.ts';
import { id32, instant, iso, known } from '../json/shapes.ts';
import type { Room } from '../room.ts';
import { acting, changing, noQuery, type Operations, pathPart, reading } from '../table/operation.ts';

const day = z.iso.date().describe('A day of their own calendar, such as 2026-12-21.');
const personId = z.string().trim().min(1).max(300);

const leaveSchema = z.object({
  id: id32.exactOptional().describe('Left out of what stands in a directory: it is changed there.'),
  person: z.string(),
  name: z.string().exactOptional(),
  from: z.string(),
  until: z.string(),
  standIn: z.string().exactOptional(),
  by: z.string().exactOptional(),
  at: instant.exactOptional(),
});

type Keys = 'GET /v1/leave' | 'POST /v1/leave' | 'DELETE /v1/leave/{id}';

/** Who is away and who stands in, as operators note it beside the directories. */
export function leaveRoutes(room: Room): Pick<Operations, Keys> {
  const { parts } = room.given;
  const json = ({ id, person, from, until, standIn, by, at }: LeaveRow) => ({
    id,
    person,
    ...known('name', parts.people.person(person)?.name),
    from,
    until,
    ...known('standIn', standIn),
    by,
    at: iso(at),
  });
  return {
    'GET /v1/leave': reading({
      summary: 'Who is away now or later, and who stands in.',
      query: noQuery,
      answers: {
        200: { description: 'The earliest first.', schema: z.object({ items: z.array(leaveSchema) }) },
      },
      handle: async ({ c, caller }) => {
        const noted = await leavesSeen(parts, caller);
        const today = new Date(parts.clock.now()).toISOString().slice(0, 10);
        const seen = parts.people
          .all()
          .filter(
            ({ team }) => caller.teams === 'all' || (team !== undefined && caller.teams.includes(team)),
          );
        const ours = new Set(noted.map((row) => keyOf(row)));
        const listed = seen.flatMap((person) =>
          leavesOf(parts, person)
            .filter((leave) => leave.until >= today && !ours.has(keyOf({ ...leave, person: person.id })))
            .map(({ from, until, standIn }) => ({
              person: person.id,
              name: person.name,
              from,
              until,
              ...known('standIn', standIn),
            })),
        );
        const items = [...noted.map(json), ...listed].toSorted((a, b) => (a.from < b.from ? -1 : 1));
        return c.json({ items });
      },
    }),
    'POST /v1/leave': changing({
      summary: 'Notes that somebody is away, and who stands in. Their cases are looked at anew.',
      body: z.strictObject({
        person: personId.describe('Id of a person of the directory.'),
        from: day,
        until: day.describe('The last day, included.'),
        standIn: personId.exactOptional().describe('Id of a person of the directory.'),
      }),
      answers: { 201: { description: 'It is noted.', schema: leaveSchema } },
      handle: async ({ c, caller, body }) => {
        const noted = await noteLeave(parts, caller, body);
        if (noted.kind === 'not-found') throw new AppError('not-found', 'The directory does not know them.');
        if (noted.kind === 'refused')
          throw new AppError(
            'conflict',
            `${noted.reason.slice(0, 1).toUpperCase()}${noted.reason.slice(1)}.`,
          );
        return c.json(json(noted.leave), 201);
      },
    }),
    'DELETE /v1/leave/{id}': acting({
      summary: 'Takes a leave back that an operator noted: whoever is back hears what waited.',
      answers: { 204: { description: 'It is gone.' } },
      handle: async ({ c, caller }) => {
        const id = pathPart(c, 'id');
        if (!id32.safeParse(id).success || !(await endLeave(parts, caller, id)))
          throw new AppError('not-found', 'No leave has this id.');
        return c.body(null, 204);
      },
    }),
  };
}

function keyOf({
  person,
  from,
  until,
  standIn = '',
}: Pick<LeaveRow, 'person' | 'from' | 'until' | 'standIn'>) {
  return `${person} ${from} ${until} ${standIn}`;
}
