import { z } from 'zod';
import { type ExitCode, exit } from '../exit.ts';
import { line, next, note, table, writeJson } from '../output.ts';
import { type StoreFlags, withSession } from '../session.ts';

const coverageSchema = z.looseObject({
  n: z.number(),
  person: z.number(),
  team: z.number(),
  unknown: z.number(),
});

export async function ownersCoverageCommand(
  flags: StoreFlags & { readonly json?: boolean },
): Promise<ExitCode> {
  const coverage = await withSession(flags, (session) =>
    session.ask({ method: 'GET', path: '/v1/owners/coverage' }, coverageSchema),
  );
  const { n: total, person, team, unknown } = coverage;
  if (flags.json === true) writeJson(coverage);
  else if (total > 0) {
    const rows = Object.entries({ person, team, unknown }).map(([kind, n]) => {
      return [kind, String(n), `${Math.round((100 * n) / total)} %`];
    });
    line(table(['owner', 'loops', 'share'], rows));
  }
  note(total === 0 ? 'No loop yet.' : `Of ${total} loops.`);
  next('npx foldback loops list --state triage   loops without an owner');
  return exit.ok;
}
