import { z } from 'zod';
import { type ExitCode, exit } from '../exit.ts';
import { type Loop, loopSchema, placeOf, whoOf } from '../loop-shapes.ts';
import { line, next, note, plural, table, writeJson } from '../output.ts';
import { type StoreFlags, withSession } from '../session.ts';

export type ListFlags = StoreFlags & {
  readonly state?: string;
  readonly behaviour?: string;
  readonly team?: string;
  readonly owner?: string;
  readonly repository?: string;
  readonly needs?: string;
  readonly limit: string;
  readonly after?: string;
  readonly json?: boolean;
};

const pageSchema = z.object({ items: z.array(loopSchema), next: z.string().optional() });

export async function loopsListCommand(flags: ListFlags): Promise<ExitCode> {
  const { state, behaviour, team, owner, repository, needs, limit, after } = flags;
  const page = await withSession(flags, (session) =>
    session.ask(
      {
        method: 'GET',
        path: '/v1/loops',
        query: { state, behaviour, team, owner, repository, needs, limit, after },
      },
      pageSchema,
    ),
  );
  if (flags.json === true) {
    for (const loop of page.items) writeJson(loop);
  } else if (page.items.length > 0) {
    line(table(['case', 'state', 'owner', 'where', 'what'], page.items.map(rowOf)));
  }
  note(page.items.length === 0 ? 'No loop fits.' : plural(page.items.length, 'loop'));
  const [first] = page.items;
  if (page.next !== undefined) next(`npx foldback loops list --after ${page.next}   for the next page`);
  else if (first !== undefined) next(`npx foldback loops show ${first.caseCode}`);
  else next('npx foldback import <file>');
  return exit.ok;
}

const needSays: Readonly<Record<string, string>> = {
  danger: 'an answer at once',
  risk: 'a decision on its risk',
  help: 'help',
  owner: 'an owner',
};

function rowOf(loop: Loop): readonly string[] {
  return [
    loop.caseCode,
    [
      loop.state,
      ...(loop.rung === 'none' || loop.rung === loop.state ? [] : [loop.rung]),
      ...(loop.needs === undefined ? [] : [`needs ${needSays[loop.needs] ?? loop.needs}`]),
    ].join(', '),
    whoOf(loop.owner),
    placeOf(loop.where),
    loop.secret?.mask ?? loop.behaviour,
  ];
}
