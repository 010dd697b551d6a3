import { z } from 'zod';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { loopSchema } from '../loop-shapes.ts';
import { line, next, note, plural, writeJson } from '../output.ts';
import { type StoreFlags, withSession } from '../session.ts';

export type ReleaseFlags = StoreFlags & {
  readonly behaviour?: string;
  readonly team?: string;
  readonly id?: readonly string[];
  readonly json?: boolean;
};

/** Lets history be spoken of. Loops may be named by their code. */
export async function loopsReleaseCommand(flags: ReleaseFlags): Promise<ExitCode> {
  const { behaviour, team, id } = flags;
  if (behaviour === undefined && team === undefined && id === undefined)
    throw new CliError(
      'Name what to release: --behaviour, --team or --id. Everything at once is never released.',
    );
  const { released } = await withSession(flags, async (session) => {
    const ids: string[] = [];
    for (const reference of id ?? []) {
      if (/^[0-9a-f]{32}$/u.test(reference)) ids.push(reference);
      else {
        const path = `/v1/loops/${encodeURIComponent(reference)}`;
        ids.push((await session.ask({ method: 'GET', path }, loopSchema)).id);
      }
    }
    const body = { behaviour, team, ...(id === undefined ? {} : { ids }) };
    return session.ask(
      { method: 'POST', path: '/v1/loops/release', body },
      z.object({ released: z.number() }),
    );
  });
  if (flags.json === true) writeJson({ released });
  else line(`${plural(released, 'loop')} released.`);
  if (released === 0) {
    note('Nothing that fits is in the backlog.');
    next('npx foldback loops list --state backlog');
    return exit.ok;
  }
  note(
    'What is said now waits for working hours and keeps to the attention budget: one digest an owner and day.',
  );
  next('npx foldback loops list   then: read the messages under /outbox');
  return exit.ok;
}
