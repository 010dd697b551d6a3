import { z } from 'zod';
import { type ExitCode, exit } from '../exit.ts';
import { line, next, note, table, writeJson } from '../output.ts';
import { type StoreFlags, withSession } from '../session.ts';

const coverageSchema = z.looseObject({
  n: z.number(),
  person: z.number(),
  team: z.number(),
  unknown: z.number(),
  identities: z
    .array(
      z.looseObject({
        type: z.string(),
        n: z.number(),
        owned: z.number(),
        guessed: z.number(),
        orphaned: z.number(),
      }),
    )
    .default([]),
});

export async function ownersCoverageCommand(
  flags: StoreFlags & { readonly json?: boolean },
): Promise<ExitCode> {
  const coverage = await withSession(flags, (session) =>
    session.ask({ method: 'GET', path: '/v1/owners/coverage' }, coverageSchema),
  );
  const { n: total, person, team, unknown, identities } = coverage;
  if (flags.json === true) writeJson(coverage);
  else if (identities.length > 0) {
    const share = (n: number, all: number) => `${n} (${Math.round((100 * n) / all)} %)`;
    const rows = identities.map(({ type, n, owned, guessed, orphaned }) => {
      return [type, String(n), share(owned, n), share(guessed, n), share(orphaned, n)];
    });
    line(table(['identity', 'n', 'owned', 'guessed', 'orphaned'], rows));
    line('');
  }
  if (flags.json !== true && total > 0) {
    const rows = Object.entries({ person, team, unknown }).map(([kind, n]) => {
      return [kind, String(n), `${Math.round((100 * n) / total)} %`];
    });
    line(table(['owner', 'loops', 'share'], rows));
  }
  note(total === 0 ? 'No loop yet.' : `Of ${total} loops.`);
  if (identities.length > 0) {
    note(
      'owned: somebody answers for it; guessed: too little to tell them; orphaned: nobody is named, or they left.',
    );
  }
  next(
    'npx foldback owners list --standing orphaned   identities of nobody',
    'npx foldback loops list --state triage   loops without an owner',
  );
  return exit.ok;
}
