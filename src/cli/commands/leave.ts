import { z } from 'zod';
import { type ExitCode, exit } from '../exit.ts';
import { line, next, note, plural, table, writeJson } from '../output.ts';
import { type StoreFlags, withSession } from '../session.ts';

type Flags = StoreFlags & { readonly json?: boolean };

const leaveSchema = z.looseObject({
  id: z.string().optional(),
  person: z.string(),
  name: z.string().optional(),
  from: z.string(),
  until: z.string(),
  standIn: z.string().optional(),
});

export async function leaveListCommand(flags: Flags): Promise<ExitCode> {
  const { items } = await withSession(flags, (session) =>
    session.ask({ method: 'GET', path: '/v1/leave' }, z.object({ items: z.array(leaveSchema) })),
  );
  if (flags.json === true) for (const item of items) writeJson(item);
  else if (items.length > 0)
    line(
      table(
        ['who', 'first day', 'last day', 'stands in', 'id'],
        items.map(({ person, from, until, standIn, id }) => [
          person,
          from,
          until,
          standIn ?? '–',
          id ?? 'in a directory',
        ]),
      ),
    );
  note(items.length === 0 ? 'Nobody is away.' : plural(items.length, 'leave'));
  next('npx foldback leave set ID --from DAY --until DAY --stand-in ID');
  return exit.ok;
}

export async function leaveSetCommand(
  person: string,
  flags: Flags & { readonly from: string; readonly until: string; readonly standIn?: string },
): Promise<ExitCode> {
  const { from, until, standIn } = flags;
  const leave = await withSession(flags, (session) =>
    session.ask({ method: 'POST', path: '/v1/leave', body: { person, from, until, standIn } }, leaveSchema),
  );
  if (flags.json === true) writeJson(leave);
  else {
    const who = leave.standIn === undefined ? '' : `, and ${leave.standIn} stands in`;
    line(`${leave.name ?? leave.person} is away from ${leave.from} to ${leave.until}${who}.`);
  }
  next(`npx foldback leave end ${leave.id ?? 'ID'}   when they are back early`);
  return exit.ok;
}

export async function leaveEndCommand(id: string, flags: Flags): Promise<ExitCode> {
  await withSession(flags, (session) =>
    session.text({ method: 'DELETE', path: `/v1/leave/${encodeURIComponent(id)}` }),
  );
  if (flags.json === true) writeJson({ id, ended: true });
  else line('It has ended: what waited for them is said.');
  next('npx foldback leave list');
  return exit.ok;
}
